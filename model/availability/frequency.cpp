#include "model/availability/causes.hpp"
#include "model/availability/elements.hpp"

namespace haplan::model {

namespace {

/// Up-to-down events of a domain per unit of time in which it is up. [1/s]
double total_rate(const std::vector<DomainMode>& modes, bool down) {
  double rate = 0.0;
  for (const DomainMode& mode : modes) rate += down ? 0.0 : mode.rate;
  return rate;
}

/// Events of one variable's elements per unit time, times the probability that they take the service down.
/// An element that fails enters its first state (the youngest stage of a node's outage).
double flow_through(const System& system, const Compiled& compiled, const Numbers& numbers,
                    const VariableInfo& info, const double* p, const double* dp) {
  using Kind = VariableInfo::Kind;
  const double critical = dp[1] - dp[0];
  switch (info.kind) {
    case Kind::domain: {
      const Domain& domain = system.domains[info.subject];
      return total_rate(domain.modes, domain.down) * p[0] * critical;
    }
    case Kind::node: {
      const Node& node = system.nodes[info.subject];
      return total_rate(node.modes, node.down) * p[0] * critical;
    }
    case Kind::claim: return total_rate(system.claims[info.subject].modes, false) * p[0] * critical;
    case Kind::switchover:
      return compiled.structure.switchovers[info.subject].rate * p[0] * critical;
    case Kind::component:
    case Kind::replicas: {
      if (critical == 0.0) return 0.0;
      const TableNumbers& table = numbers.tables[info.table];
      const ElementDerivatives chain = element_derivatives(table, info.reachable[0], 1.0);
      double flow = table.core_flow * chain.core;
      for (std::size_t i = 0; i < table.factors.size(); ++i)
        flow += table.factors[i].flow * chain.factors[i];
      return flow * critical;
    }
    case Kind::pair:
    case Kind::entry: return 0.0;
  }
  return 0.0;
}

}  // namespace

double outage_frequency(const System& system, const Compiled& compiled, const Numbers& numbers,
                        const std::vector<double>& p, const std::vector<double>& value,
                        ServiceId service) {
  const Sensitivity at = sensitivity(system, compiled, numbers, p, value, service, 1.0);
  double frequency = 0.0;
  for (std::size_t v = 0; v < compiled.variables.size(); ++v) {
    const std::size_t first = compiled.diagram.first_probability(v);
    frequency += flow_through(system, compiled, numbers, compiled.variables[v], p.data() + first,
                              at.dp.data() + first);
  }
  std::vector<double> undrained(system.levels.size(), 0.0);
  for (const Situation& world : compiled.worlds) {
    const double down = value[world.service_down[service]];
    const Level& level = system.levels[world.level];
    if (world.before)
      frequency += drain_weight(numbers, world, 1.0) * down / level.every;
    else if (world.drained == kOut)
      undrained[world.level] = down;
    else if (world.stage == 0)  // the start of a drain: down then and not before
      frequency += level.share * (down - undrained[world.level]) / system.drain->every;
  }
  return frequency;
}

}  // namespace haplan::model
