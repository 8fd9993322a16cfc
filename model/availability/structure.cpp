#include "model/availability/structure.hpp"

#include <optional>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

/// The first member's failures cost the switchover only when it is an external service.
double first_member_rate(const System& system, const Requirement& gate) {
  if (gate.of.empty() || gate.of.front().kind != Requirement::Kind::component) return 0.0;
  const Component& first = system.components[gate.of.front().component];
  return first.external ? first.external->rate : 0.0;
}

class Allocator {
 public:
  Allocator(const System& system, Diagram& diagram, Structure& structure)
      : system_(system), diagram_(diagram), structure_(structure) {}

  void visit(const Requirement& requirement) {
    if (requirement.kind == Requirement::Kind::component) {
      visit(requirement.component);
      return;
    }
    if (requirement.kind == Requirement::Kind::connected) gates_.push_back(requirement.terminals);
    for (const Requirement& member : requirement.of) visit(member);
    const double rate = requirement.switchover ? first_member_rate(system_, requirement) : 0.0;
    if (rate > 0.0 && !structure_.switchover_of.contains(&requirement)) {
      structure_.switchover_of[&requirement] = structure_.switchovers.size();
      structure_.switchovers.push_back(
          {requirement.name, rate, *requirement.switchover, diagram_.add_variable(2)});
    }
  }

  [[nodiscard]] const std::vector<std::vector<VertexId>>& gates() const { return gates_; }

 private:
  void visit(ComponentId id) {
    if (seen_.size() < system_.components.size()) seen_.resize(system_.components.size());
    if (seen_[id]) return;
    seen_[id] = true;
    const Component& component = system_.components[id];
    visit(component.depends_on);
    if (component.type == ComponentType::gate) {
      visit(component.gate);
      return;
    }
    structure_.component[id] = diagram_.add_variable(2);
    if (component.replicated()) structure_.component_pair[id] = diagram_.add_variable(4);
    if (component.storage.claim && structure_.claim[*component.storage.claim] == kNone)
      structure_.claim[*component.storage.claim] = diagram_.add_variable(2);
  }

  const System& system_;
  Diagram& diagram_;
  Structure& structure_;
  std::vector<bool> seen_;
  std::vector<std::vector<VertexId>> gates_;  ///< terminals of every `connected`
};

class Builder {
 public:
  Builder(const System& system, const Structure& structure, Diagram& diagram,
          const std::function<Diagram::Ref(ComponentId)>& own)
      : system_(system),
        structure_(structure),
        diagram_(diagram),
        own_(own),
        memo_(system.components.size()) {}

  Diagram::Ref down(const Requirement& requirement) {
    using Kind = Requirement::Kind;
    if (requirement.kind == Kind::component) return down(requirement.component);
    if (requirement.kind == Kind::connected)
      return structure_.network.apart.at(requirement.terminals);
    std::vector<Diagram::Ref> members;
    members.reserve(requirement.of.size());
    for (const Requirement& member : requirement.of) members.push_back(down(member));
    const int count = static_cast<int>(members.size());
    // A gate that needs n of m is down when at least m - n + 1 are.
    const int needed = requirement.kind == Kind::all   ? count
                       : requirement.kind == Kind::any ? 1
                                                       : requirement.n;
    Diagram::Ref result =
        count == 0 ? Diagram::kFalse : diagram_.at_least(count - needed + 1, members);
    if (const auto found = structure_.switchover_of.find(&requirement);
        found != structure_.switchover_of.end())
      result = diagram_.disjunction(
          result, diagram_.literal(structure_.switchovers[found->second].variable, 0b10));
    return result;
  }

 private:
  Diagram::Ref down(ComponentId id) {
    if (memo_[id]) return *memo_[id];
    const Component& component = system_.components[id];
    Diagram::Ref result = down(component.depends_on);
    if (component.type == ComponentType::gate)
      result = diagram_.disjunction(result, down(component.gate));
    else
      result = diagram_.disjunction(result, own_(id));
    if (component.storage.claim)
      result = diagram_.disjunction(
          result, diagram_.literal(structure_.claim[*component.storage.claim], 0b10));
    memo_[id] = result;
    return result;
  }

  const System& system_;
  const Structure& structure_;
  Diagram& diagram_;
  const std::function<Diagram::Ref(ComponentId)>& own_;
  std::vector<std::optional<Diagram::Ref>> memo_;
};

}  // namespace

Result<Structure> make_structure(const System& system, Diagram& diagram,
                                 const FrontierLimits& network) {
  Structure structure;
  structure.component.assign(system.components.size(), kNone);
  structure.component_pair.assign(system.components.size(), kNone);
  structure.claim.assign(system.claims.size(), kNone);
  Allocator allocator(system, diagram, structure);
  for (const Service& service : system.services) allocator.visit(service.requires_);
  auto functions = network_functions(system.network, allocator.gates(), diagram, network);
  if (!functions) return tl::unexpected(functions.error());
  structure.network = std::move(*functions);
  return structure;
}

Diagram::Ref service_down(const System& system, const Structure& structure, Diagram& diagram,
                          ServiceId service, Instant instant) {
  return service_down(system, structure, diagram, service, [&](ComponentId id) {
    if (instant == Instant::single || structure.component_pair[id] == kNone)
      return diagram.literal(structure.component[id], 0b10);
    return diagram.literal(structure.component_pair[id],
                           instant == Instant::before ? 0b1010 : 0b1100);
  });
}

Diagram::Ref service_down(const System& system, const Structure& structure, Diagram& diagram,
                          ServiceId service,
                          const std::function<Diagram::Ref(ComponentId)>& own_failure) {
  HAPLAN_EXPECTS(service < system.services.size());
  return Builder(system, structure, diagram, own_failure).down(system.services[service].requires_);
}

}  // namespace haplan::model
