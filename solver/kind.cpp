#include "solver/kind.hpp"

#include <algorithm>

namespace haplan::solver {

using namespace model;

namespace {

bool asks_for_availability_only(const Objective& objective) {
  return !objective.max_error_ratio && !objective.max_recovery_time &&
         !objective.max_response_time && !objective.max_node_loss && !objective.max_zone_loss &&
         !objective.max_replica_loss && !objective.max_primary_loss && !objective.max_data_loss &&
         !objective.max_window_miss && !objective.confidence;
}

bool has_switchover(const Requirement& requirement) {
  return requirement.switchover.has_value() || std::ranges::any_of(requirement.of, has_switchover);
}

/// Variants that differ in what other components, or the load, feel of them.
bool reaches_beyond(const System& system, const Component& component) {
  const bool closed = std::ranges::any_of(
      system.levels, [](const Level& level) { return level.users.has_value(); });
  for (const Component& variant : component.variants) {
    if (variant.type != component.type) return true;
    if (variant.storage.claim != component.variants.front().storage.claim) return true;
    if (closed && !(variant.service_time == component.variants.front().service_time)) return true;
  }
  return false;
}

}  // namespace

bool counts_replicas_only(const Problem& problem) {
  return problem.choices.empty() && problem.budgets.empty() && !problem.maximize_availability &&
         problem.minimize == std::vector{Preference::replicas};
}

bool is_redundancy(const Problem& problem) {
  const System& system = problem.system;
  if (!system.nodes.empty()) return false;
  if (counts_replicas_only(problem)) return false;
  for (const Decision& decision : problem.decisions)
    if (decision.setting != Setting::replicas || !decision.component) return false;
  if (!std::ranges::all_of(problem.objectives, asks_for_availability_only)) return false;
  bool switchover = false;
  bool open_external = false;
  for (ComponentId c = 0; c < system.components.size(); ++c) {
    const Component& component = system.components[c];
    const ComponentPlan& plan = problem.before.components[c];
    if (plan.autoscale || reaches_beyond(system, component)) return false;
    if (std::ranges::any_of(plan.variants,
                            [](const ComponentPlan& v) { return v.autoscale.has_value(); }))
      return false;
    switchover =
        switchover || has_switchover(component.gate) || has_switchover(component.depends_on);
    open_external = open_external || (!component.variants.empty() && !component.replicated());
  }
  for (const Service& service : system.services)
    switchover = switchover || has_switchover(service.requires_);
  // A switchover's share of time follows the first member's own failures.
  return !(switchover && open_external);
}

}  // namespace haplan::solver
