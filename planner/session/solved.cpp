#include <utility>

#include "model/system/variants.hpp"
#include "planner/session/confident.hpp"
#include "planner/session/settled.hpp"
#include "planner/warnings.hpp"

namespace haplan::planner {

model::Result<Plan> solved_plan(Lowered lowered, const solver::SolveOptions& options,
                                unsigned threads,
                                const std::function<void(const solver::Outcome&)>& searched) {
  solver::SolveOptions how = options;
  how.threads = threads;
  UncertaintyOptions drawing;
  drawing.threads = threads;
  auto outcome = needs_draws(lowered) ? solver::solve_confident(lowered.problem, how,
                                                                confidence_of(lowered, drawing))
                                      : solver::solve(lowered.problem, how);
  if (!outcome) return tl::make_unexpected(outcome.error());
  if (searched) searched(*outcome);
  const bool has_variants = model::has_variants(lowered.problem.system);
  Lowered at_first = settled(lowered, lowered.problem.before);
  auto before = assess(at_first, at_first.problem.before, threads);
  if (!before) return tl::make_unexpected(before.error());
  std::optional<Searched> open;
  if (has_variants) open = {lowered.problem, outcome->deployment};
  const bool shown = outcome->has_plan || outcome->status == solver::Status::infeasible;
  Lowered plain = shown ? settled(std::move(lowered), outcome->deployment) : at_first;
  outcome->deployment = std::exchange(plain.problem.before, before->deployment);
  Plan plan{.lowered = std::move(plain),
            .outcome = std::move(*outcome),
            .before = std::move(*before),
            .start = has_variants ? std::optional(std::move(at_first)) : std::nullopt,
            .after = std::nullopt,
            .uncertainty = std::nullopt,
            .provenance = {},
            .warnings = {},
            .searched = std::move(open)};
  // Without a plan only the closest attempt of a proved infeasible problem says more than `before`.
  if (plan.outcome.has_plan || plan.outcome.status == solver::Status::infeasible) {
    auto after = assess(plan.lowered, plan.outcome.deployment, threads);
    if (!after) return tl::make_unexpected(after.error());
    if (plan.outcome.has_plan) {
      const auto explained = explain_downtime(plan.lowered, *after);
      if (!explained) return tl::make_unexpected(explained.error());
    }
    plan.after = std::move(*after);
  }
  if (plan.after) plan.provenance = provenance_of(plan.lowered, *plan.after);
  plan.warnings = warnings_for(plan.lowered, plan.after ? *plan.after : *plan.before);
  return plan;
}

}  // namespace haplan::planner
