#include "planner/render/recoveries.hpp"

#include <algorithm>
#include <set>

#include "model/system/load.hpp"

namespace haplan::planner {
namespace {

void lower(std::optional<double>& to, const std::optional<double>& value) {
  if (value) to = to ? std::min(*to, *value) : *value;
}

/// What objectives ask of a component's own recoveries, and of its failovers.
struct Targets {
  std::optional<double> recovery;
  std::optional<double> failover;
};

Targets targets_of(const solver::Problem& problem, model::ComponentId component) {
  Targets targets;
  for (const solver::Objective& objective : problem.objectives) {
    const auto reach = model::reach_of(problem.system, objective.service);
    if (!std::ranges::binary_search(reach, component)) continue;
    lower(targets.recovery, objective.max_recovery_time);
    lower(targets.failover, objective.max_primary_loss);
    lower(targets.failover, objective.max_node_loss);
  }
  return targets;
}

void describe(Recovery& recovery, const model::DelayMixture& law) {
  recovery.p50 = law.quantile(0.5);
  recovery.p90 = law.quantile(0.9);
  recovery.p99 = law.quantile(0.99);
  recovery.p999 = law.quantile(0.999);
  if (recovery.target) recovery.within_target = law.at_most(*recovery.target).value;
}

/// Every way in which one replica fails and comes back.
///   component  whose variant `body` is, or empty
void add_modes(const model::Component& body, const model::Probes& probes,
               const std::string& component, const Targets& targets, std::vector<Recovery>& all) {
  const auto replica = model::replica_model(body, probes);
  for (std::size_t m = 0; replica && m < replica->modes.size(); ++m) {
    const model::ModeOutage& mode = replica->modes[m];
    const model::ModeLaw law = model::mode_law(body, probes, *replica, m);
    Recovery one{.component = component.empty() ? body.name : component,
                 .mode = component.empty() ? mode.name : body.name + "/" + mode.name,
                 .steps = law.steps};
    one.rate = mode.rate;
    one.mean = mode.mean;
    one.worst = mode.worst;
    one.target = targets.recovery;
    describe(one, law.law);
    all.push_back(std::move(one));
  }
}

}  // namespace

std::vector<Recovery> recoveries(const Lowered& lowered, const model::Deployment& deployment) {
  const solver::Problem& problem = lowered.problem;
  const model::System& system = problem.system;
  std::set<model::ComponentId> reach;
  for (model::ServiceId s = 0; s < system.services.size(); ++s)
    for (const model::ComponentId c : model::reach_of(system, s)) reach.insert(c);
  std::vector<Recovery> all;
  for (const model::ComponentId c : reach) {
    const model::Component& component = system.components[c];
    if (!component.replicated()) continue;
    const model::ComponentPlan& plan = deployment.components[c];
    const Targets targets = targets_of(problem, c);
    if (component.variants.empty()) add_modes(component, plan.probes, "", targets, all);
    for (std::size_t v = 0; v < component.variants.size(); ++v)
      if (plan.variants[v].replicas > 0)
        add_modes(component.variants[v], plan.variants[v].probes, component.name, targets, all);
    if (!component.failover || model::largest_replicas(system, plan, c) < 2) continue;
    const auto time =
        model::failover_time(component.failover->controller, plan.failover, system.node_detection);
    Recovery one{.component = component.name, .mode = "failover", .steps = {}};
    one.mean = time.mean;
    one.worst = time.worst;
    one.target = targets.failover;
    describe(one, model::failover_time_law(component.failover->controller, plan.failover,
                                           system.node_detection));
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace haplan::planner
