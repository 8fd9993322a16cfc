#include "planner/session/session.hpp"
#include "solver/kind.hpp"

namespace haplan::planner {

model::Result<FrontReport> front_report(Lowered lowered, const solver::SolveOptions& options) {
  if (!solver::counts_replicas_only(lowered.problem))
    return tl::make_unexpected(
        model::Error{model::Fault::invalid_input,
                     "no front: replicas and availability alone are compared, but the spec "
                     "has variants, budgets, a cost or a goal of its own",
                     ""});
  auto front = solver::availability_front(lowered.problem, options);
  if (!front) return tl::make_unexpected(front.error());
  return FrontReport{std::move(lowered), std::move(*front)};
}

}  // namespace haplan::planner
