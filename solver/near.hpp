#pragma once

#include "solver/changes.hpp"
#include "solver/solve.hpp"

/// Plans that differ little from one that is running.
namespace haplan::solver {

/// The best plan within so many changes (see changes_between): most available where that is asked for, then least of what
/// `minimize` names and fewest resources (criteria 1 and 2), then fewest changes, then the rest of the preference. Replicas
/// stay where they are as long as every objective is met so.
///   running  of the problem: runs variants that it has, its decisions within their ranges
///   returns  `optimal` when nothing within the changes is better in availability, what is minimised or resources;
///            `infeasible` when nothing within them meets every objective; its reason says how many changes the best plan
///            without a limit makes
///   fails    as solve
///   cost     a search for each choice of variants and decisions that bounds do not exclude; where availability is
///            maximised some tens of times that
model::Result<Outcome> solve_near(const Problem& problem, const model::Deployment& running,
                                  int most_changes, const SolveOptions& options = {});

}  // namespace haplan::solver
