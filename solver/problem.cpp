#include "solver/problem.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/contract.hpp"
#include "model/system/load.hpp"

namespace haplan::solver {

namespace {

model::ComponentPlan& plan_of(model::Deployment& deployment, const Decision& decision) {
  HAPLAN_EXPECTS(decision.component.has_value());
  HAPLAN_EXPECTS(*decision.component < deployment.components.size());
  model::ComponentPlan& plan = deployment.components[*decision.component];
  if (decision.variants.empty()) return plan;
  HAPLAN_EXPECTS(decision.variants.back() < plan.variants.size());
  // The variant that runs, if it is one of them.
  for (const std::size_t v : decision.variants)
    if (plan.variants[v].replicas > 0) return plan.variants[v];
  return plan.variants[decision.variants.front()];
}

int whole(double value) { return static_cast<int>(std::lround(value)); }

/// The probe a decision speaks of; present because lowering creates a probe for every written one.
model::Probe& probe_of(model::ComponentPlan& plan, ProbeKind kind) {
  std::optional<model::Probe>* probe = nullptr;
  switch (kind) {
    case ProbeKind::liveness: probe = &plan.probes.liveness; break;
    case ProbeKind::readiness: probe = &plan.probes.readiness; break;
    case ProbeKind::startup: probe = &plan.probes.startup; break;
    case ProbeKind::none: break;
  }
  HAPLAN_EXPECTS(probe != nullptr && probe->has_value());
  return **probe;
}

model::Autoscale& autoscale_of(model::ComponentPlan& plan) {
  HAPLAN_EXPECTS(plan.autoscale.has_value());
  return *plan.autoscale;
}

/// The integer a setting is stored in, or nullptr when it is stored as a double or is the probe's grace.
int* integer_slot(model::Deployment& deployment, const Decision& decision) {
  switch (decision.setting) {
    case Setting::toleration_seconds: return &deployment.toleration_seconds;
    case Setting::replicas: return &plan_of(deployment, decision).replicas;
    case Setting::autoscale_min: return &autoscale_of(plan_of(deployment, decision)).min;
    case Setting::autoscale_max: return &autoscale_of(plan_of(deployment, decision)).max;
    case Setting::autoscale_target: return &autoscale_of(plan_of(deployment, decision)).target;
    case Setting::initial_delay:
      return &probe_of(plan_of(deployment, decision), decision.probe).initial_delay;
    case Setting::period: return &probe_of(plan_of(deployment, decision), decision.probe).period;
    case Setting::timeout: return &probe_of(plan_of(deployment, decision), decision.probe).timeout;
    case Setting::failure_threshold:
      return &probe_of(plan_of(deployment, decision), decision.probe).failure_threshold;
    case Setting::success_threshold:
      return &probe_of(plan_of(deployment, decision), decision.probe).success_threshold;
    default: return nullptr;
  }
}

double* controller_slot(model::Deployment& deployment, const Decision& decision) {
  model::FailoverSettings& settings = plan_of(deployment, decision).failover;
  switch (decision.setting) {
    case Setting::ttl: return &settings.ttl;
    case Setting::loop_wait: return &settings.loop_wait;
    case Setting::retry_timeout: return &settings.retry_timeout;
    case Setting::failover_delay: return &settings.failover_delay;
    case Setting::lease: return &settings.lease;
    case Setting::retry_period: return &settings.retry_period;
    case Setting::down_after: return &settings.down_after;
    case Setting::node_timeout: return &settings.node_timeout;
    case Setting::reconnect_attempts: return &settings.reconnect_attempts;
    case Setting::reconnect_interval: return &settings.reconnect_interval;
    case Setting::connect_timeout: return &settings.connect_timeout;
    default: return nullptr;
  }
}

/// Components tied to one node with this one: users of the same ReadWriteOnce claim, itself included.
std::vector<model::ComponentId> claim_mates(const model::System& system,
                                            model::ComponentId component) {
  const auto& claim = system.components[component].storage.claim;
  if (!claim || !system.claims[*claim].read_write_once) return {component};
  std::vector<model::ComponentId> mates;
  for (model::ComponentId c = 0; c < system.components.size(); ++c) {
    if (system.components[c].storage.claim == claim) mates.push_back(c);
  }
  return mates;
}

void assign_one(model::Deployment& deployment, const Decision& decision, double value) {
  if (int* slot = integer_slot(deployment, decision)) {
    *slot = whole(value);
  } else if (decision.setting == Setting::grace) {
    probe_of(plan_of(deployment, decision), decision.probe).grace = whole(value);
  } else {
    double* controller = controller_slot(deployment, decision);
    HAPLAN_EXPECTS(controller != nullptr);
    *controller = value;
  }
}

}  // namespace

std::optional<double> max_loss(const Objective& objective, model::LossKind kind) {
  switch (kind) {
    case model::LossKind::node: return objective.max_node_loss;
    case model::LossKind::domain: return objective.max_zone_loss;
    case model::LossKind::replica: return objective.max_replica_loss;
    case model::LossKind::primary: return objective.max_primary_loss;
    case model::LossKind::external: break;
  }
  return std::nullopt;
}

void assign(model::Deployment& deployment, const Decision& decision, double value) {
  if (decision.variants.empty()) {
    assign_one(deployment, decision, value);
    return;
  }
  model::ComponentPlan& plan = deployment.components[*decision.component];
  for (const std::size_t v : decision.variants) {
    Decision one = decision;
    one.variants = {v};
    // How many replicas a variant has that does not run means nothing.
    if (decision.setting == Setting::replicas && plan.variants[v].replicas == 0) continue;
    assign_one(deployment, one, value);
    if (decision.setting == Setting::replicas) plan.replicas = whole(value);
  }
}

double assigned(const model::Deployment& deployment, const Decision& decision) {
  // The slots are found on a mutable deployment; reading them changes nothing.
  auto& readable = const_cast<model::Deployment&>(deployment);
  if (const int* slot = integer_slot(readable, decision)) return *slot;
  if (decision.setting == Setting::grace) {
    const auto& grace = probe_of(plan_of(readable, decision), decision.probe).grace;
    HAPLAN_EXPECTS(grace.has_value());
    return *grace;
  }
  const double* controller = controller_slot(readable, decision);
  HAPLAN_EXPECTS(controller != nullptr);
  return *controller;
}

void place_round_robin(const model::System& system, model::Deployment& deployment,
                       model::ComponentId component) {
  HAPLAN_EXPECTS(component < system.components.size());
  model::ComponentPlan& plan = deployment.components[component];
  plan.nodes.clear();
  if (system.nodes.empty() || !system.components[component].replicated()) return;
  const auto& allowed = system.components[component].allowed;
  HAPLAN_EXPECTS(!allowed.empty());
  const auto count = static_cast<std::size_t>(model::largest_replicas(system, plan, component));
  const auto& claim = system.components[component].storage.claim;
  if (claim && system.claims[*claim].read_write_once) {
    std::vector<model::NodeId> common = allowed;
    for (const model::ComponentId mate : claim_mates(system, component)) {
      const auto& other = system.components[mate].allowed;
      std::erase_if(common, [&](model::NodeId node) {
        return std::find(other.begin(), other.end(), node) == other.end();
      });
    }
    // Without a common node there is no valid placement; the placement check says so.
    plan.nodes.assign(count, common.empty() ? allowed.front() : common.front());
    return;
  }
  for (std::size_t i = 0; i < count; ++i) plan.nodes.push_back(allowed[i % allowed.size()]);
}

}  // namespace haplan::solver
