#pragma once

#include "solver/solve.hpp"

/// Why there is no plan.
namespace haplan::solver {

struct Explanation {
  Infeasibility why;
  model::Deployment
      closest;  ///< misses the fewest objectives, by the least, of all deployments that were looked at
};

/// Explains that no deployment meets every objective: what each objective could reach alone, the smallest set that no
/// plan keeps together, the causes that alone break a budget, and what would have to change.
///   problem  proved to have no plan
///   options  of a run, whose limits end the explanation; what is missing then was not looked for
///   cost     tens of searches, each of limited work
Explanation explain_infeasible(const Problem& problem, const SolveOptions& options);

}  // namespace haplan::solver
