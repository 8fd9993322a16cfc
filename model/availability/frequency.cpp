#include <map>
#include <tuple>

#include "model/availability/causes.hpp"
#include "model/availability/elements.hpp"

namespace haplan::model {

namespace {

/// Events of elements per unit time, times the probability that they take the service down. An element that fails
/// enters its first state (the youngest stage of a node's outage).
class Flows {
 public:
  Flows(const System& system, const Compiled& compiled, const Numbers& numbers,
        const ComponentNumbers& components, bool by_cause)
      : system_(system),
        compiled_(compiled),
        numbers_(numbers),
        components_(components),
        by_cause_(by_cause) {}

  void add_variable(const VariableInfo& info, const double* p, const double* dp) {
    using Kind = VariableInfo::Kind;
    const double critical = p[0] * (dp[1] - dp[0]);
    const std::size_t id = info.subject;
    switch (info.kind) {
      case Kind::domain: {
        const Domain& domain = system_.domains[id];
        add_modes(CauseKind::domain, domain.name, domain.modes, domain.down, critical);
        return;
      }
      case Kind::node: {
        const Node& node = system_.nodes[id];
        add_modes(CauseKind::node, node.name, node.modes, node.down, critical);
        return;
      }
      case Kind::claim:
        add_modes(CauseKind::claim, system_.claims[id].name, system_.claims[id].modes, false,
                  critical);
        return;
      case Kind::vertex: {
        const Vertex& vertex = system_.network.vertices[id];
        add_modes(CauseKind::vertex, vertex.name, vertex.modes, false, critical);
        return;
      }
      case Kind::link: {
        const Link& link = system_.network.links[id];
        add_modes(CauseKind::link, link.name, link.modes, false, critical);
        return;
      }
      case Kind::switchover: {
        const SwitchoverFactor& factor = compiled_.structure.switchovers[id];
        add(CauseKind::switchover, factor.gate, "", factor.rate * critical);
        return;
      }
      case Kind::component:
      case Kind::replicas: add_component(info, dp[1] - dp[0]); return;
      case Kind::pair:
      case Kind::entry: return;
    }
  }

  void add(CauseKind kind, const std::string& subject, const std::string& mode, double flow) {
    total_ += flow;
    if (by_cause_ && flow != 0.0) flows_[{kind, subject, mode}] += flow;
  }

  [[nodiscard]] double total() const { return total_; }

  [[nodiscard]] std::vector<Cause> causes() const {
    std::vector<Cause> result;
    for (const auto& [key, flow] : flows_)
      result.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), 0.0, flow});
    return result;
  }

 private:
  void add_modes(CauseKind kind, const std::string& subject, const std::vector<DomainMode>& modes,
                 bool down, double critical) {
    for (const DomainMode& mode : modes)
      if (!down) add(kind, subject, mode.name, mode.rate * critical);
  }

  void add_component(const VariableInfo& info, double critical) {
    if (critical == 0.0) return;
    const TableNumbers& table = numbers_.tables[info.table];
    const ComponentId c = compiled_.tables[info.table].component;
    const Component& component = system_.components[c];
    const ElementDerivatives chain = element_derivatives(table, info.reachable[0], 1.0);
    const double core = table.core_flow * chain.core * critical;
    if (!component.replicated())
      add(component.chain ? CauseKind::chain : CauseKind::external, component.name, "", core);
    else if (table.mixed.empty())
      add_replicas(component.name, components_.replicas[c], core, nullptr);
    for (std::size_t g = 0; g < table.mixed.size(); ++g) {
      const MixedReplicas& group = table.mixed[g];
      add_replicas(component.name, components_.variants[c][group.variant],
                   group.core_flow * chain.mixed[g] * critical, &component.variants[group.variant]);
    }
    for (std::size_t i = 0; i < table.factors.size(); ++i)
      add(table.factors[i].kind, component.name, table.factors[i].mode,
          table.factors[i].flow * chain.factors[i] * critical);
  }

  /// Replicas of one kind, their flow split over their modes by rate.
  ///   variant  null: of a component whose replicas are all alike
  void add_replicas(const std::string& subject, const ReplicaModel& replica, double flow,
                    const Component* variant) {
    const auto named = [variant](const std::string& mode) {
      return variant == nullptr ? mode : mixed_mode(*variant, mode);
    };
    double rates = 0.0;
    for (const ModeOutage& mode : replica.modes) rates += mode.rate;
    if (rates == 0.0) add(CauseKind::replica, subject, named(""), flow);
    for (const ModeOutage& mode : replica.modes)
      if (rates > 0.0)
        add(CauseKind::replica, subject, named(mode.name), flow * (mode.rate / rates));
  }

  const System& system_;
  const Compiled& compiled_;
  const Numbers& numbers_;
  const ComponentNumbers& components_;
  bool by_cause_;
  double total_ = 0.0;
  std::map<std::tuple<CauseKind, std::string, std::string>, double> flows_;
};

}  // namespace

OutageFlows outage_flows(const System& system, const Compiled& compiled, const Numbers& numbers,
                         const ComponentNumbers& components, const std::vector<double>& p,
                         const std::vector<double>& value, ServiceId service, bool by_cause) {
  const Sensitivity at = sensitivity(system, compiled, numbers, p, value, service, 1.0);
  Flows flows(system, compiled, numbers, components, by_cause);
  for (std::size_t v = 0; v < compiled.variables.size(); ++v) {
    const std::size_t first = compiled.diagram.first_probability(v);
    flows.add_variable(compiled.variables[v], p.data() + first, at.dp.data() + first);
  }
  std::vector<double> undrained(system.levels.size(), 0.0);
  std::vector<double> entries(system.levels.size(), 0.0);
  double entered = 0.0;
  for (const Situation& world : compiled.worlds) {
    const double down = value[world.service_down[service]];
    const Level& level = system.levels[world.level];
    if (world.before) {
      const double flow = drain_weight(numbers, world, 1.0) * down / level.every;
      entries[world.level] += flow;
      entered += flow;
    } else if (world.drained == kOut) {
      undrained[world.level] = down;
    } else if (world.stage == 0) {  // the start of a drain: down then and not before
      flows.add(CauseKind::drain, system.nodes[world.drained].name, "",
                level.share * (down - undrained[world.level]) / system.drain->every);
    }
  }
  return {flows.total() + entered, flows.causes(), std::move(entries)};
}

}  // namespace haplan::model
