#pragma once

#include <string>
#include <vector>

#include "solver/solve.hpp"

/// Plans that differ little from one that is running.
namespace haplan::solver {

/// One sentence per change: a decision with another value, or a replica that moves. Replicas that are added or taken away
/// because of their count's change do not move.
std::vector<std::string> changes_between(const Problem& problem, const model::Deployment& running,
                                         const model::Deployment& plan);

/// The best plan within so many changes: fewest replicas and resources (criteria 1 and 2), then fewest changes, then the
/// rest of the preference. Replicas stay where they are as long as every objective is met so.
///   running  its decisions within their ranges
///   returns  `optimal` when nothing within the changes has fewer replicas or resources; `infeasible` when nothing
///            within them meets every objective; its reason says how many changes the best plan without a limit makes
///   fails    as solve
///   cost     a search for each choice of decisions that bounds do not exclude
model::Result<Outcome> solve_near(const Problem& problem, const model::Deployment& running,
                                  int most_changes, const SolveOptions& options = {});

}  // namespace haplan::solver
