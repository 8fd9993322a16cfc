#include "solver/survival.hpp"

#include <algorithm>
#include <cmath>

namespace haplan::solver {

using model::LossKind;

namespace {

bool counts_as_zone(const model::System& system, const model::Loss& loss) {
  if (loss.kind != LossKind::domain) return true;
  const auto zones = model::zones(system);
  return std::ranges::binary_search(zones, loss.subject);
}

const char* field_of(LossKind kind) {
  switch (kind) {
    case LossKind::node: return "loss.node";
    case LossKind::domain: return "loss.zone";
    case LossKind::replica: return "loss.replica";
    case LossKind::primary: return "loss.primary";
    case LossKind::external: break;
  }
  return "";
}

}  // namespace

std::vector<ObjectiveCheck> survivals(const Problem& problem, const Objective& objective,
                                      const model::Loss& loss, const model::ServiceDrill& drill) {
  const model::LossFigures& figures = drill.figures;
  std::vector<ObjectiveCheck> checks;
  const auto add = [&](const char* field, double target, double actual) {
    checks.push_back({.service = objective.service,
                      .field = field,
                      .target = target,
                      .actual = actual,
                      .met = within(actual, target),
                      .decided_by = figures.decided_by});
  };
  const auto part_of_window = [&](double seconds) {
    return std::isinf(seconds) ? 1.0 : std::min(1.0, seconds / objective.window);
  };
  if (objective.max_unavailability)
    add("availability", *objective.max_unavailability, part_of_window(figures.until_up));
  if (objective.max_error_ratio) {
    // Traffic may meet for ever what nothing asks for.
    const double partly = figures.failed_share > 0.0 && figures.until_avoided > figures.until_up
                              ? figures.failed_share * (figures.until_avoided - figures.until_up)
                              : 0.0;
    add("errorRate", *objective.max_error_ratio, part_of_window(figures.until_up + partly));
  }
  if (objective.max_recovery_time && loss.kind == LossKind::replica)
    add("recoveryTime", *objective.max_recovery_time, figures.until_up);
  if (objective.max_response_time && drill.response_time)
    add("responseTime", *objective.max_response_time, *drill.response_time);
  if (const auto limit = max_loss(objective, loss.kind);
      limit && counts_as_zone(problem.system, loss))
    add(field_of(loss.kind), *limit, figures.until_up);
  if (objective.max_data_loss) add("dataLoss", *objective.max_data_loss, drill.data_loss);
  return checks;
}

}  // namespace haplan::solver
