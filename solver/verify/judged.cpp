#include "solver/verify/judged.hpp"

#include <algorithm>

#include "solver/objectives.hpp"

namespace haplan::solver {

using namespace model;

Result<std::vector<ObjectiveCheck>> judged(const Problem& problem, const Deployment& deployment,
                                           const model::Stop& stop) {
  const auto evaluation = evaluate(problem.system, deployment, {.stop = stop});
  if (!evaluation) return tl::unexpected(evaluation.error());
  std::vector<Estimate> guaranteed;
  if (std::ranges::any_of(problem.objectives,
                          [](const Objective& o) { return o.max_unavailability.has_value(); })) {
    auto figures =
        guaranteed_unavailability(problem.system, deployment, problem.rules, {.stop = stop});
    if (!figures) return tl::unexpected(figures.error());
    guaranteed = std::move(*figures);
  }
  return checks_of(problem, *evaluation, guaranteed);
}

}  // namespace haplan::solver
