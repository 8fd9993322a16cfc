#pragma once

#include "solver/solve.hpp"

/// Which variant of each component runs, where the spec leaves it open: problems without variants, one for each way.
namespace haplan::solver {

/// The best deployment over all choices, by the preference; proved when every choice is.
///   problem  has choices, none of which mixes
model::Result<Outcome> solve_variants(const Problem& problem, const SolveOptions& options);

}  // namespace haplan::solver
