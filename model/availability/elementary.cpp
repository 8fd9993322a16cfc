#include "model/availability/elementary.hpp"

#include <algorithm>
#include <functional>

#include "model/availability/stages.hpp"

namespace haplan::model {

namespace {

std::vector<double> two_values(double down) { return {1.0 - down, down}; }

CauseKind kind_of(const Component& component) {
  return component.replicated() ? CauseKind::replica
         : component.chain      ? CauseKind::chain
                                : CauseKind::external;
}

}  // namespace

Elementary::Elementary(const System& system, const Deployment& deployment, const Compiled& compiled,
                       const Numbers& numbers, std::size_t node_limit)
    : system_(system), deployment_(deployment), compiled_(compiled) {
  diagram_.limit_size(node_limit);
  auto structure = make_structure(system, diagram_, {node_limit, kAllFailures});
  too_large_ = !structure;
  if (too_large_) return;
  structure_ = std::move(*structure);
  add_structure(numbers);
  add_domains(numbers);
  replica_.resize(system.components.size());
  factors_.resize(compiled.tables.size());
  mixes_.resize(compiled.tables.size());
  for (std::size_t t = 0; t < compiled.tables.size(); ++t) {
    mixes_[t].need = numbers.tables[t].mixed_need;
    for (const MixedReplicas& group : numbers.tables[t].mixed)
      mixes_[t].weight.insert(mixes_[t].weight.end(), static_cast<std::size_t>(group.count),
                              group.weight);
  }
  for (ComponentId c = 0; c < system.components.size(); ++c)
    if (structure_.component[c] != kNone) add_component(c, numbers);
}

/// The variables that the structure function has already.
void Elementary::add_structure(const Numbers& numbers) {
  const auto enter = [&](CauseKind kind, const std::string& name, std::size_t variable, double u) {
    if (variable == kNone) return;
    variables_[{kind, name, ""}].push_back(variable);
    distribution_.emplace_back(variable, two_values(u));
  };
  for (std::size_t v = 0; v < diagram_.variable_count(); ++v) {
    badness_.emplace_back(static_cast<std::size_t>(diagram_.arity(v)), 0);
    badness_.back().back() = 1;
  }
  for (ClaimId c = 0; c < system_.claims.size(); ++c)
    enter(CauseKind::claim, system_.claims[c].name, structure_.claim[c], numbers.claim_down[c]);
  for (std::size_t s = 0; s < structure_.switchovers.size(); ++s)
    enter(CauseKind::switchover, structure_.switchovers[s].gate, structure_.switchovers[s].variable,
          numbers.switchover[s]);
  const Network& network = system_.network;
  for (VertexId v = 0; v < network.vertices.size(); ++v)
    enter(CauseKind::vertex, network.vertices[v].name, structure_.network.vertex[v],
          numbers.vertex_down[v]);
  for (std::size_t l = 0; l < network.links.size(); ++l)
    enter(CauseKind::link, network.links[l].name, structure_.network.link[l], numbers.link_down[l]);
}

std::size_t Elementary::add(const Key& key, const std::vector<double>& distribution) {
  const std::size_t variable = diagram_.add_variable(static_cast<int>(distribution.size()));
  variables_[key].push_back(variable);
  distribution_.emplace_back(variable, distribution);
  // Among the stages of an outage the first is the worst: replicas that can move are back in later ones.
  std::vector<int> rank(distribution.size(), 0);
  for (std::size_t x = 1; x < rank.size(); ++x) rank[x] = static_cast<int>(rank.size() - x);
  badness_.push_back(std::move(rank));
  return variable;
}

void Elementary::add_domains(const Numbers& numbers) {
  for (DomainId d = 0; d < system_.domains.size(); ++d)
    domain_.push_back(
        add({CauseKind::domain, system_.domains[d].name, ""}, two_values(numbers.domain_down[d])));
  for (NodeId n = 0; n < system_.nodes.size(); ++n) {
    std::vector<double> distribution{1.0};
    for (const double stage : numbers.node_stages[n]) {
      distribution[0] -= stage;
      distribution.push_back(stage);
    }
    node_.push_back(add({CauseKind::node, system_.nodes[n].name, ""}, distribution));
  }
}

void Elementary::add_component(ComponentId c, const Numbers& numbers) {
  const Component& component = system_.components[c];
  int most = 1;
  for (LevelId level = 0; level < system_.levels.size(); ++level)
    most = std::max(most, component.replicated() ? replicas(level, c) : 1);
  std::map<std::tuple<CauseKind, std::string, double>, std::size_t> known;
  for (std::size_t t = 0; t < compiled_.tables.size(); ++t) {
    if (compiled_.tables[t].component != c) continue;
    const TableNumbers& table = numbers.tables[t];
    for (const Factor& factor : table.factors) {
      const auto [found, fresh] =
          known.try_emplace({factor.kind, factor.mode, factor.unavailability}, std::size_t{0});
      if (fresh)
        found->second =
            add({factor.kind, component.name, factor.mode}, two_values(factor.unavailability));
      factors_[t].push_back(found->second);
    }
    if (!table.mixed.empty() && replica_[c].empty())
      for (const MixedReplicas& group : table.mixed)
        for (int i = 0; i < group.count; ++i)
          replica_[c].push_back(
              add({CauseKind::replica, component.name, component.variants[group.variant].name},
                  two_values(group.core)));
    while (std::ssize(replica_[c]) < most)
      replica_[c].push_back(add({kind_of(component), component.name, ""}, two_values(table.core)));
  }
}

int Elementary::replicas(LevelId level, ComponentId component) const {
  return compiled_.tables[compiled_.table_of[level][component]].replicas;
}

Diagram::Ref Elementary::down_at_all(std::size_t variable) {
  const auto values = static_cast<std::uint32_t>(diagram_.arity(variable));
  return diagram_.literal(variable, (1U << values) - 2U);
}

Diagram::Ref Elementary::ancestors_down(NodeId node) {
  Diagram::Ref result = Diagram::kFalse;
  for (auto parent = system_.nodes[node].parent; parent; parent = system_.domains[*parent].parent)
    result = diagram_.disjunction(result, down_at_all(domain_[*parent]));
  return result;
}

Diagram::Ref Elementary::another_unreachable(NodeId node) {
  Diagram::Ref result = Diagram::kFalse;
  for (NodeId n = system_.nodes.size(); n-- > 0;)
    if (n != node)
      result = diagram_.disjunction(result,
                                    diagram_.disjunction(ancestors_down(n), down_at_all(node_[n])));
  return result;
}

/// A replica on this node does not serve, whatever its own state. MODEL 2.
Diagram::Ref Elementary::replica_out(const Situation& world, ComponentId component, NodeId node) {
  if (node == kOut) return Diagram::kTrue;
  const Diagram::Ref above = ancestors_down(node);
  if (node == world.drained) return above;
  Diagram::Ref own = down_at_all(node_[node]);
  const NodeStages& stages = compiled_.failure_stages[node];
  const bool moves = world.drained == kOut && compiled_.headroom &&
                     system_.components[component].movable &&
                     stages.serves_from[component] < stages.count();
  if (moves) {
    const std::uint32_t early = (1U << (stages.serves_from[component] + 1)) - 2U;
    own = diagram_.disjunction(diagram_.literal(node_[node], early),
                               diagram_.conjunction(own, another_unreachable(node)));
  }
  return diagram_.disjunction(above, own);
}

Diagram::Ref Elementary::component_down(const Situation& world, ComponentId c) {
  const Component& component = system_.components[c];
  const TableKey& key = compiled_.tables[compiled_.table_of[world.level][c]];
  Diagram::Ref result = Diagram::kFalse;
  if (component.replicated()) {
    std::vector<NodeId> nodes(deployment_.components[c].nodes);
    if (!system_.nodes.empty()) {
      nodes.resize(static_cast<std::size_t>(key.replicas));
      if (world.drained != kOut)
        nodes =
            nodes_during_drain(system_, c, nodes, world.drained,
                               world.stage >= compiled_.drain_stages[world.drained].serves_from[c]);
    }
    std::vector<Diagram::Ref> out;
    for (std::size_t i = 0; i < static_cast<std::size_t>(key.replicas); ++i) {
      out.push_back(diagram_.literal(replica_[c][i], 0b10));
      if (!system_.nodes.empty())
        out[i] = diagram_.disjunction(out[i], replica_out(world, c, nodes[i]));
    }
    const Mix& mix = mixes_[compiled_.table_of[world.level][c]];
    result = mix.weight.empty() ? diagram_.at_least(key.replicas - key.need + 1, out)
                                : weigh_less(mix, out);
  } else if (!replica_[c].empty()) {
    result = diagram_.literal(replica_[c].front(), 0b10);
  }
  for (const std::size_t factor : factors_[compiled_.table_of[world.level][c]])
    result = diagram_.disjunction(result, diagram_.literal(factor, 0b10));
  return result;
}

/// What serves weighs less than the need. From the last replica up: with the first i decided, `rest` is lacking.
Diagram::Ref Elementary::weigh_less(const Mix& mix, const std::vector<Diagram::Ref>& out) {
  std::map<std::pair<std::size_t, std::int64_t>, Diagram::Ref> known;
  const std::function<Diagram::Ref(std::size_t, std::int64_t)> lacks = [&](std::size_t i,
                                                                           std::int64_t rest) {
    if (rest <= 0) return Diagram::kFalse;
    if (i == out.size()) return Diagram::kTrue;
    if (const auto found = known.find({i, rest}); found != known.end()) return found->second;
    const Diagram::Ref with = lacks(i + 1, rest - mix.weight[i]);
    const Diagram::Ref without = lacks(i + 1, rest);
    return known[{i, rest}] = diagram_.disjunction(with, diagram_.conjunction(out[i], without));
  };
  return lacks(0, mix.need);
}

Diagram::Ref Elementary::down(const Situation& world, ServiceId service) {
  return service_down(system_, structure_, diagram_, service,
                      [&](ComponentId c) { return component_down(world, c); });
}

Diagram::Ref Elementary::cut_with(Diagram::Ref down, const std::vector<std::size_t>& variables) {
  Diagram::Ref critical = Diagram::kFalse;
  for (const std::size_t variable : variables)
    critical = diagram_.disjunction(
        critical,
        diagram_.conjunction(down, diagram_.negation(diagram_.restricted(down, variable, 0))));
  return closure(critical);
}

std::vector<std::size_t> Elementary::variables_of(const Key& key) const {
  const auto found = variables_.find(key);
  return found == variables_.end() ? std::vector<std::size_t>{} : found->second;
}

std::vector<double> Elementary::probabilities(double unknown) const {
  std::vector<double> p(diagram_.probability_count(), 0.0);
  for (const auto& [variable, values] : distribution_)
    std::copy(values.begin(), values.end(),
              p.begin() + static_cast<std::ptrdiff_t>(diagram_.first_probability(variable)));
  std::vector<double> value;
  diagram_.probability(p, unknown, value);
  return value;
}

}  // namespace haplan::model
