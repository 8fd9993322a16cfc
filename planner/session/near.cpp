#include "solver/near.hpp"

#include "model/system/variants.hpp"
#include "planner/session/session.hpp"
#include "planner/warnings.hpp"

namespace haplan::planner {

model::Result<Plan> near_plan(Lowered lowered, const model::Deployment& running, int most_changes,
                              const solver::SolveOptions& options) {
  if (model::has_variants(lowered.problem.system) || lowered.problem.maximize_availability)
    return tl::make_unexpected(model::Error{
        model::Fault::invalid_input,
        "--max-changes takes neither variants nor availability that is maximised", ""});
  auto outcome = solver::solve_near(lowered.problem, running, most_changes, options);
  if (!outcome) return tl::make_unexpected(outcome.error());
  auto before = assess(lowered, running);
  if (!before) return tl::make_unexpected(before.error());
  Plan plan;
  plan.lowered = std::move(lowered);
  plan.outcome = std::move(*outcome);
  plan.before = std::move(*before);
  plan.most_changes = most_changes;
  auto after = assess(plan.lowered, plan.outcome.deployment);
  if (!after) return tl::make_unexpected(after.error());
  if (plan.outcome.has_plan) {
    plan.changes = solver::changes_between(plan.lowered.problem, running, plan.outcome.deployment);
    for (const solver::Objective& objective : plan.lowered.problem.objectives)
      plan.outcome.criteria.unavailability +=
          after->evaluation.services[objective.service].unavailability.value;
    const auto explained = explain_downtime(plan.lowered, *after);
    if (!explained) return tl::make_unexpected(explained.error());
  }
  plan.after = std::move(*after);
  plan.provenance = provenance_of(plan.lowered, *plan.after);
  plan.warnings = warnings_for(plan.lowered, *plan.after);
  return plan;
}

}  // namespace haplan::planner
