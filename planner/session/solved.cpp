#include <utility>

#include "model/base/parallel.hpp"
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
  const bool drawn = needs_draws(lowered);
  Lowered at_first = settled(lowered, lowered.problem.before);
  // What runs is assessed beside the search, most of which is one thread.
  model::Result<Assessment> before;
  model::Result<solver::Outcome> outcome;
  model::in_parallel(2, threads, [&](std::size_t which) {
    if (which == 0)
      outcome = drawn
                    ? solver::solve_confident(lowered.problem, how, confidence_of(lowered, drawing))
                    : solver::solve(lowered.problem, how);
    else
      before = assess(at_first, at_first.problem.before, threads);
  });
  if (!outcome) return tl::make_unexpected(outcome.error());
  if (searched) searched(*outcome);
  const bool has_variants = model::has_variants(lowered.problem.system);
  std::optional<Searched> open;
  if (has_variants) open = {lowered.problem, outcome->deployment};
  // Without a plan only the closest attempt of a proved infeasible problem says more than `before`.
  const bool shown = outcome->has_plan || outcome->status == solver::Status::infeasible;
  Lowered plain = shown ? settled(std::move(lowered), outcome->deployment) : at_first;
  outcome->deployment = std::exchange(plain.problem.before, at_first.problem.before);
  // Those of a system with variants, or of limits that were tightened, are of another problem.
  if (has_variants || drawn) outcome->guaranteed.clear();
  model::Result<Assessment> after;
  if (shown)
    after = outcome->has_plan
                ? assess_with_causes(plain, outcome->deployment, threads, outcome->guaranteed)
                : assess(plain, outcome->deployment, threads);
  if (!before) return tl::make_unexpected(before.error());
  if (!after) return tl::make_unexpected(after.error());
  Plan plan{.lowered = std::move(plain),
            .outcome = std::move(*outcome),
            .before = std::move(*before),
            .start = has_variants ? std::optional(std::move(at_first)) : std::nullopt,
            .after = shown ? std::optional(std::move(*after)) : std::nullopt,
            .uncertainty = std::nullopt,
            .provenance = {},
            .warnings = {},
            .searched = std::move(open)};
  if (plan.after) plan.provenance = provenance_of(plan.lowered, *plan.after);
  plan.warnings = warnings_for(plan.lowered, plan.after ? *plan.after : *plan.before);
  return plan;
}

}  // namespace haplan::planner
