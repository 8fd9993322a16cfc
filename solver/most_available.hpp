#pragma once

#include "solver/succession.hpp"

namespace haplan::solver {

/// The deployment with the largest least availability of the services with objectives, as they are judged, that keeps
/// all limits; of equal ones the one that the preference wants. Found by searches for plans that keep a limit that
/// halves what is left between the best found and the best that is excluded, on the scale of orders of magnitude; the
/// last search excludes everything better than what was found.
///   problem  maximises availability
///   search   answers it with limits on availability instead; solve() where no variants are open
model::Result<Outcome> most_available(const Problem& problem, const SolveOptions& options,
                                      const Searcher& search = solve);

}  // namespace haplan::solver
