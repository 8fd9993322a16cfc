#include "solver/verify/stand_in.hpp"

#include <algorithm>
#include <utility>

#include "model/recovery/domain.hpp"

namespace haplan::solver {

using namespace model;

void make_external(Component& component, ComponentPlan& plan, double unavailability) {
  component.type = ComponentType::external;
  component.external = External{};
  component.external->unavailability = unavailability;
  component.modes.clear();
  component.replica_unavailability.reset();
  component.common_causes.clear();
  component.failover.reset();
  component.replication.reset();
  component.storage = {};
  component.requests.clear();
  component.movable = component.pinned = false;
  plan = {};
}

void idealise(Component& component, ComponentPlan& plan, const BestSettings& best,
              bool keep_modes) {
  if (!component.replica_unavailability) {
    component.modes.clear();
    if (keep_modes)
      component.modes = best.modes;
    else
      component.replica_unavailability = best.unavailability;
  }
  component.probe_latency.reset();
  component.false_failure.reset();
  constexpr double kReadyWithoutProbe =
      0.5;  // [s] MODEL 1, at least what any readiness probe takes
  component.start = std::max(0.0, best.restart - kReadyWithoutProbe);
  plan.probes = {};
  plan.failover = best.quickest;
}

System system_of_one(const System& system, Component component, int need) {
  component.need = {need};
  component.throughput.reset();
  component.depends_on = {};
  System one;
  one.name = system.name;
  one.domains = system.domains;
  one.nodes = system.nodes;
  one.node_detection = system.node_detection;
  one.drain = system.drain;
  one.propagation = system.propagation;
  one.claims = system.claims;
  one.levels = {{.name = "always"}};
  one.components = {std::move(component)};
  one.services = {{"alone",
                   {.kind = Requirement::Kind::all, .of = {{.kind = Requirement::Kind::component}}},
                   {}}};
  return one;
}

TableNumbers best_table(const System& system, const Choices& choices, const BestSettings& best,
                        const Counts& counts, ComponentId c, LevelId level,
                        std::vector<NodeId> nodes) {
  ComponentNumbers numbers;
  numbers.replicas.resize(system.components.size());
  ReplicaModel& replica = numbers.replicas[c];
  replica.unavailability = best.unavailability;
  replica.start = best.restart;
  for (const FailureMode& mode : best.modes)
    replica.modes.push_back(
        {mode.name, mode.rate, *mode.repair, std::nullopt, mode.detection, false});
  Deployment deployment;
  deployment.components.resize(system.components.size());
  ComponentPlan& plan = deployment.components[c];
  plan = counts.plan;
  plan.failover = best.quickest;
  plan.nodes = std::move(nodes);
  const int n = counts.replicas[level];
  return table_numbers(system, deployment, choices.load, numbers,
                       {c, n, needed(system, choices.load, c, level, n), level});
}

double without_drains(const System& system) {
  if (!system.drain) return 1.0;
  return 1.0 -
         static_cast<double>(system.nodes.size()) * system.drain->per_node / system.drain->every;
}

double weighted(const System& system, const std::vector<double>& by_level) {
  double sum = 0.0;
  for (LevelId l = 0; l < by_level.size(); ++l) sum += system.levels[l].share * by_level[l];
  return sum;
}

double calm_share(const System& system) {
  double share = without_drains(system);
  for (const Node& node : system.nodes)
    if (!node.down) share *= 1.0 - down_probability(node.modes, false);
  for (const Domain& domain : system.domains)
    if (!domain.down) share *= 1.0 - down_probability(domain.modes, false);
  return share;
}

void remove_cluster(System& system) {
  system.nodes.clear();
  system.domains.clear();
  system.claims.clear();
  system.drain.reset();
}

void set_count(ComponentPlan& plan, int n) {
  plan.autoscale.reset();
  plan.replicas = n;
}

}  // namespace haplan::solver
