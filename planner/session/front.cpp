#include "planner/session/session.hpp"

namespace haplan::planner {

model::Result<FrontReport> front_report(Lowered lowered, const solver::SolveOptions& options) {
  auto front = solver::availability_front(lowered.problem, options);
  if (!front) return tl::make_unexpected(front.error());
  return FrontReport{std::move(lowered), std::move(*front)};
}

}  // namespace haplan::planner
