#include "planner/session/session.hpp"

namespace haplan::planner {

model::Result<FrontReport> front_report(Lowered lowered, const solver::SolveOptions& options,
                                        const std::function<void(const FrontReport&)>& so_far) {
  std::function<void(const solver::Front&)> tell;
  if (so_far)
    tell = [&](const solver::Front& known) {
      FrontReport now{lowered, known};
      now.front.unproved = "the search was interrupted";
      so_far(now);
    };
  auto front = solver::availability_front(lowered.problem, options, tell);
  if (!front) return tl::make_unexpected(front.error());
  return FrontReport{std::move(lowered), std::move(*front)};
}

}  // namespace haplan::planner
