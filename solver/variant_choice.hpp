#pragma once

#include <vector>

#include "solver/solve.hpp"

/// Which variant of each component runs, where the spec leaves it open: problems without variants, one for each way.
namespace haplan::solver {

/// One variant per entry of Problem::choices.
using Picks = std::vector<std::size_t>;

/// The problem with the choices made: decisions are those of the variants that run.
///   problem  without components whose variants mix
Problem picked_problem(const Problem& problem, const Picks& picks);

/// A deployment of picked_problem as one of the problem.
model::Deployment in_variants(const Problem& problem, const Picks& picks,
                              const model::Deployment& plain);

/// The best deployment over all choices, by the preference; proved when every choice is.
///   problem  has choices, none of which mixes
model::Result<Outcome> solve_variants(const Problem& problem, const SolveOptions& options);

}  // namespace haplan::solver
