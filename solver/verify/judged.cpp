#include "solver/verify/judged.hpp"

#include <algorithm>
#include <limits>

#include "model/system/variants.hpp"
#include "solver/objectives.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Where a limit lies within the interval of a figure, and is proved to be kept, the interval ends there.
Result<void> end_at_limits(const Problem& problem, const Resolved& plain, const model::Stop& stop,
                           std::vector<Estimate>& figures) {
  for (const Objective& objective : problem.objectives) {
    Estimate& figure = figures[objective.service];
    const auto& most = objective.max_unavailability;
    if (!most || figure.upper <= *most || figure.lower > *most) continue;
    std::vector<double> asked(figures.size(), std::numeric_limits<double>::infinity());
    asked[objective.service] = *most;
    const auto kept =
        guaranteed_kept(plain.system, plain.deployment, problem.rules, asked, {.stop = stop});
    if (!kept) return tl::unexpected(kept.error());
    if (*kept == Kept::yes) figure.upper = *most;
  }
  return {};
}

}  // namespace

Result<std::vector<ObjectiveCheck>> judged(const Problem& problem, const Deployment& deployment,
                                           const model::Stop& stop) {
  const Resolved plain = resolve(problem.system, deployment);
  const auto evaluation = evaluate(plain.system, plain.deployment, {.stop = stop});
  if (!evaluation) return tl::unexpected(evaluation.error());
  std::vector<Estimate> guaranteed;
  if (std::ranges::any_of(problem.objectives,
                          [](const Objective& o) { return o.max_unavailability.has_value(); })) {
    auto figures =
        guaranteed_unavailability(plain.system, plain.deployment, problem.rules, {.stop = stop});
    if (!figures) return tl::unexpected(figures.error());
    guaranteed = std::move(*figures);
    if (const auto done = end_at_limits(problem, plain, stop, guaranteed); !done)
      return tl::unexpected(done.error());
  }
  return checks_of(problem, *evaluation, guaranteed);
}

}  // namespace haplan::solver
