#include <algorithm>

#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

std::optional<double> limit(const Value* map, const std::string& name) {
  const Value* value = field(map, name);
  return value ? std::optional<double>(value->value) : std::nullopt;
}

/// Compliance is that with a budget of downtime, so there must be one.
void check_compliance(Context& context, const Value& value, const solver::Objective& objective) {
  const Value* compliance = field(&value, "compliance");
  if (!compliance || objective.max_unavailability) return;
  report(context, "HA004", "\"compliance\" needs an availability to comply with", compliance->key,
         "add \"availability\" or \"maxDowntime\"");
}

solver::Objective objective_of(Context& context, const Value& value, model::ServiceId service) {
  solver::Objective objective;
  objective.service = service;
  const Value* availability = field(&value, "availability");
  const Value* downtime = field(&value, "maxDowntime");
  if (availability && downtime)
    report(context, "HA072", "\"availability\" and \"maxDowntime\" exclude each other",
           downtime->key, "they say the same in two ways: keep one");
  if (availability) objective.max_unavailability = availability->complement;
  if (downtime) objective.max_unavailability = downtime->value;
  objective.max_error_ratio = limit(&value, "errorRate");
  objective.max_recovery_time = limit(&value, "recoveryTime");
  objective.max_response_time = limit(&value, "responseTime");
  const Value* loss = field(&value, "loss");
  objective.max_node_loss = limit(loss, "node");
  objective.max_zone_loss = limit(loss, "zone");
  objective.max_replica_loss = limit(loss, "replica");
  objective.max_primary_loss = limit(loss, "primary");
  objective.max_data_loss = limit(&value, "dataLoss");
  if (const Value* window = field(&value, "window")) {
    require_positive(context, *window);
    objective.window = window->value;
  }
  if (const Value* compliance = field(&value, "compliance"))
    objective.max_window_miss = compliance->complement;
  objective.confidence = limit(&value, "confidence");
  check_compliance(context, value, objective);
  return objective;
}

}  // namespace

void lower_objectives(Context& context) {
  const Value* objectives = field(context.spec, "objectives");
  if (!objectives) return;
  for (const auto& [name, value] : objectives->fields) {
    const auto found = context.services.find(name);
    if (found == context.services.end()) {
      report(context, "HA071", "objective for unknown service \"" + name + "\"", value.key,
             suggest_word(name, names_of(context.services)));
      continue;
    }
    context.out.problem.objectives.push_back(objective_of(context, value, found->second));
  }
  std::sort(context.out.problem.objectives.begin(), context.out.problem.objectives.end(),
            [](const auto& a, const auto& b) { return a.service < b.service; });
}

}  // namespace haplan::planner::lowering
