#include <algorithm>
#include <map>

#include "model/availability/compiled.hpp"
#include "model/availability/frontier.hpp"
#include "model/availability/headroom.hpp"
#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

class Compiler {
 public:
  ///   network_failures  in, out: most failures of network elements that are followed; lowered until the structure
  ///                     function fits
  Compiler(const System& system, const Deployment& deployment, const ComponentNumbers& numbers,
           bool headroom, StopMeter& meter, std::size_t node_limit, int& network_failures)
      : system_(system), deployment_(deployment), meter_(meter) {
    compiled_.load = load_table(system);
    compiled_.headroom = headroom;
    compiled_.failure_stages =
        reschedule_stages(system, deployment, numbers.replicas, compiled_.headroom);
    if (system.drain) compiled_.drain_stages = drain_stages(system, deployment, numbers.replicas);
    make_tables();
    make_structure_function(node_limit, network_failures);
    make_variables();
  }

  /// Everything, with at most `failure_limit` failed domains; false when the work limit was hit.
  bool run(bool entries, int failure_limit, std::size_t work_limit) {
    if (exhausted_) return false;
    failure_limit_ = failure_limit;
    work_limit_ = work_limit;
    for (LevelId level = 0; level < system_.levels.size(); ++level) {
      for (const auto& [node, stage] : drain_states()) {
        Situation world{level, std::nullopt, node, stage, {}};
        for (ServiceId s = 0; s < system_.services.size(); ++s)
          world.service_down.push_back(extend(world, compiled_.structure_down[s]));
        if (exhausted_) return false;
        compiled_.worlds.push_back(std::move(world));
      }
    }
    if (entries) add_entries();
    compiled_.truncated = compiled_.truncated || failure_limit < kAllFailures;
    return !exhausted_;
  }

  Compiled take() { return std::move(compiled_); }

 private:
  void make_tables() {
    std::map<TableKey, std::size_t> known;
    compiled_.table_of.assign(system_.levels.size(),
                              std::vector<std::size_t>(system_.components.size(), kNone));
    for (LevelId level = 0; level < system_.levels.size(); ++level)
      for (ComponentId c = 0; c < system_.components.size(); ++c) {
        const Component& component = system_.components[c];
        const ComponentPlan& plan = deployment_.components[c];
        if (component.type == ComponentType::gate) continue;
        TableKey key{c, 0, 0, 0};
        if (component.replicated()) {
          key.replicas = replicas_at(system_, compiled_.load, plan, c, level);
          key.need = needed(system_, compiled_.load, c, level, key.replicas);
          if (plan.autoscale) key.level = level;
          if (is_mixed(component, plan)) key = {c, key.replicas, 0, level};
        }
        const auto [at, added] = known.try_emplace(key, compiled_.tables.size());
        if (added) compiled_.tables.push_back(key);
        compiled_.table_of[level][c] = at->second;
      }
  }

  void describe(std::size_t variable, VariableInfo info) {
    if (compiled_.variables.size() <= variable) compiled_.variables.resize(variable + 1);
    compiled_.variables[variable] = info;
  }

  /// Only a network can make the structure function itself too large.
  void make_structure_function(std::size_t node_limit, int& network_failures) {
    for (;; network_failures = fewer_failures(network_failures)) {
      compiled_.diagram = Diagram();
      compiled_.structure_down.clear();
      if (!system_.network.links.empty()) compiled_.diagram.limit_size(node_limit);
      auto structure = make_structure(system_, compiled_.diagram, {node_limit, network_failures});
      for (ServiceId s = 0; structure && s < system_.services.size(); ++s)
        compiled_.structure_down.push_back(
            service_down(system_, *structure, compiled_.diagram, s, Instant::single));
      if (!structure || compiled_.diagram.exhausted()) {
        if (network_failures > 0) continue;
        exhausted_ = true;
        return;
      }
      compiled_.structure = std::move(*structure);
      compiled_.network_bounded = compiled_.truncated = network_failures < kAllFailures;
      compiled_.diagram.limit_size(static_cast<std::size_t>(-1));
      return;
    }
  }

  void make_variables() {
    if (exhausted_) return;
    using Kind = VariableInfo::Kind;
    Diagram& diagram = compiled_.diagram;
    const Structure& structure = compiled_.structure;
    compiled_.variables.resize(diagram.variable_count());
    for (ComponentId c = 0; c < system_.components.size(); ++c)
      if (structure.component[c] != kNone)
        describe(structure.component[c], {Kind::component, c, compiled_.table_of[0][c]});
    for (ComponentId c = 0; c < system_.components.size(); ++c)
      if (structure.component_pair[c] != kNone)
        describe(structure.component_pair[c], {Kind::pair, c});
    for (ClaimId c = 0; c < system_.claims.size(); ++c)
      if (structure.claim[c] != kNone) describe(structure.claim[c], {Kind::claim, c});
    for (std::size_t s = 0; s < structure.switchovers.size(); ++s)
      describe(structure.switchovers[s].variable, {Kind::switchover, s});
    for (VertexId v = 0; v < system_.network.vertices.size(); ++v)
      if (structure.network.vertex[v] != kNone)
        describe(structure.network.vertex[v], {Kind::vertex, v});
    for (std::size_t l = 0; l < system_.network.links.size(); ++l)
      if (structure.network.link[l] != kNone) describe(structure.network.link[l], {Kind::link, l});
    for (DomainId d = 0; d < system_.domains.size(); ++d) {
      compiled_.domain_variable.push_back(diagram.add_variable(2));
      describe(compiled_.domain_variable[d], {Kind::domain, d});
    }
    for (NodeId n = 0; n < system_.nodes.size(); ++n) {
      const int arity = 1 + static_cast<int>(compiled_.failure_stages[n].count());
      compiled_.node_variable.push_back(diagram.add_variable(arity));
      describe(compiled_.node_variable[n], {Kind::node, n});
    }
  }

  /// "No drain", then every node with every stage of its drain.
  [[nodiscard]] std::vector<std::pair<NodeId, std::size_t>> drain_states() const {
    std::vector<std::pair<NodeId, std::size_t>> states{{kOut, 0}};
    for (NodeId n = 0; n < compiled_.drain_stages.size(); ++n)
      for (std::size_t stage = 0; stage < compiled_.drain_stages[n].count(); ++stage)
        states.emplace_back(n, stage);
    return states;
  }

  void add_entries() {
    std::map<std::pair<LevelId, LevelId>, std::vector<ServiceId>> wanted;
    for (ServiceId s = 0; s < system_.services.size(); ++s) {
      std::vector<double> rate;
      for (const auto& rates : compiled_.load.service_rate) rate.push_back(rates[s]);
      for (LevelId level = 0; level < system_.levels.size(); ++level)
        if (const auto lower = next_lower(rate, level)) wanted[{level, *lower}].push_back(s);
    }
    Diagram& diagram = compiled_.diagram;
    for (const auto& [levels, services] : wanted)
      for (const auto& [node, stage] : drain_states()) {
        Situation world{levels.first, levels.second, node, stage, {}};
        world.service_down.assign(system_.services.size(), Diagram::kFalse);
        for (const ServiceId s : services) {
          const auto down = [&](Instant instant) {
            return service_down(system_, compiled_.structure, diagram, s, instant);
          };
          world.service_down[s] = extend(
              world,
              diagram.conjunction(diagram.negation(down(Instant::before)), down(Instant::after)));
        }
        if (exhausted_) return;
        compiled_.worlds.push_back(std::move(world));
      }
  }

  [[nodiscard]] std::vector<NodeId> slots_at(const Situation& world, LevelId level,
                                             ComponentId c) const {
    const int n = compiled_.tables[compiled_.table_of[level][c]].replicas;
    const std::vector<NodeId>& nodes = deployment_.components[c].nodes;
    HAPLAN_EXPECTS(system_.nodes.empty() || std::ssize(nodes) >= n);
    if (system_.nodes.empty()) return std::vector<NodeId>(static_cast<std::size_t>(n), 0);
    std::vector<NodeId> used(nodes.begin(), nodes.begin() + n);
    if (world.drained == kOut) return used;
    const bool moved = world.stage >= compiled_.drain_stages[world.drained].serves_from[c];
    return nodes_during_drain(system_, c, used, world.drained, moved);
  }

  Atom make_atom(const Situation& world, ComponentId c) {
    Atom atom;
    atom.component = c;
    atom.everywhere = system_.nodes.empty();
    atom.table = compiled_.table_of[world.level][c];
    const std::vector<NodeId> after = slots_at(world, world.level, c);
    if (!world.before) {
      atom.variable = compiled_.structure.component[c];
      for (const NodeId node : after) atom.slots.push_back({node, node});
      return atom;
    }
    atom.pair = true;
    atom.variable = compiled_.structure.component_pair[c];
    atom.table_before = compiled_.table_of[*world.before][c];
    const std::vector<NodeId> before = slots_at(world, *world.before, c);
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i)
      atom.slots.push_back(
          {i < before.size() ? before[i] : kOut, i < after.size() ? after[i] : kOut});
    return atom;
  }

  Diagram::Ref extend(const Situation& world, Diagram::Ref structure) {
    if (exhausted_) return Diagram::kUnknown;
    FrontierInput input;
    input.system = &system_;
    input.meter = &meter_;
    input.drained = world.drained;
    input.reschedule = world.drained == kOut && compiled_.headroom;
    input.failure_limit = failure_limit_;
    for (const std::size_t variable : compiled_.diagram.support(structure)) {
      const VariableInfo& info = compiled_.variables[variable];
      const bool single = info.kind == VariableInfo::Kind::component &&
                          system_.components[info.subject].replicated();
      if (single || info.kind == VariableInfo::Kind::pair)
        input.atoms.push_back(make_atom(world, info.subject));
    }
    const std::vector<std::size_t> key = signature(input, structure);
    if (const auto found = extended_.find(key); found != extended_.end()) return found->second;
    input.work_limit = work_limit_ - std::min(work_limit_ - 1, compiled_.domain_states);
    const FrontierResult result = extend_over_domains(
        compiled_, input, structure, [this](const Atom& atom, const std::array<int, 3>& reachable) {
          return variable_of(atom, reachable);
        });
    compiled_.domain_states += result.states;
    exhausted_ = exhausted_ || result.exhausted;
    return extended_[key] = result.function;
  }

  /// Equal signatures give equal functions: levels and drains that look alike are compiled once.
  static std::vector<std::size_t> signature(const FrontierInput& input, Diagram::Ref structure) {
    std::vector<std::size_t> key{structure, input.reschedule ? 1U : 0U};
    for (const Atom& atom : input.atoms) {
      key.insert(key.end(), {atom.variable, atom.table, atom.table_before, atom.slots.size()});
      for (const Slot& slot : atom.slots) key.insert(key.end(), {slot.before, slot.after});
    }
    return key;
  }

  std::size_t variable_of(const Atom& atom, const std::array<int, 3>& reachable) {
    using Kind = VariableInfo::Kind;
    const std::array<std::size_t, 5> key{
        atom.table, atom.table_before, static_cast<std::size_t>(reachable[0]),
        static_cast<std::size_t>(reachable[1]), static_cast<std::size_t>(reachable[2])};
    const auto [at, added] = reachable_variables_.try_emplace(key, 0);
    if (added) {
      at->second = compiled_.diagram.add_variable(atom.pair ? 4 : 2);
      describe(at->second, {atom.pair ? Kind::entry : Kind::replicas, atom.component, atom.table,
                            atom.table_before, reachable});
    }
    return at->second;
  }

  const System& system_;
  const Deployment& deployment_;
  StopMeter& meter_;
  Compiled compiled_;
  int failure_limit_ = 0;
  std::size_t work_limit_ = 0;
  bool exhausted_ = false;
  std::map<std::vector<std::size_t>, Diagram::Ref> extended_;
  std::map<std::array<std::size_t, 5>, std::size_t> reachable_variables_;
};

}  // namespace

Result<Compiled> compile(const System& system, const Deployment& deployment,
                         const ComponentNumbers& numbers, bool entries,
                         const EvaluateOptions& options) {
  HAPLAN_EXPECTS(deployment.components.size() == system.components.size());
  // Fewer simultaneous failures are followed until what is left out is the smallest that can be afforded.
  StopMeter meter(options.stop);
  const bool headroom = has_headroom(system, load_table(system), deployment, options.stop);
  int network_failures = kAllFailures;
  for (int failures = kAllFailures; failures >= 0; failures = fewer_failures(failures)) {
    if (options.stop && options.stop())
      return tl::unexpected(Error{Fault::budget_exhausted, "the evaluation was stopped", ""});
    Compiler compiler(system, deployment, numbers, headroom, meter, options.node_limit,
                      network_failures);
    if (compiler.run(entries, failures, options.node_limit)) return compiler.take();
  }
  return tl::unexpected(Error{Fault::budget_exhausted,
                              "the system is too large even for the state without failures", ""});
}

}  // namespace haplan::model
