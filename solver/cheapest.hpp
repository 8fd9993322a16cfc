#pragma once

#include "solver/solve.hpp"

namespace haplan::solver {

/// The deployment with the least cost where `minimize` asks for it, before replicas or after them, then the rest of the
/// preference (replicas always before CPU and memory). Cost is found by searches within budgets of it that halve what
/// is left between the least found and what is excluded.
///   problem  has prices and no variants, and does not maximise
model::Result<Outcome> cheapest(const Problem& problem, const SolveOptions& options);

}  // namespace haplan::solver
