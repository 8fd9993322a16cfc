#pragma once

#include "solver/solve.hpp"
#include "solver/translation.hpp"

/// Redundancy allocation: which variants run in how many replicas, where nothing is placed and nothing else is open.
namespace haplan::solver {

/// The best deployment by the preference of MODEL 6, after the least availability where that is maximised, proved.
///   problem  is_redundancy
///   near     if given, within so many changes to what runs
///   none     more ways to equip a component than can be listed, or a network too large to follow exactly
///   fails    as evaluate
std::optional<model::Result<Outcome>> solve_redundancy(const Problem& problem,
                                                       const SolveOptions& options,
                                                       const Nearness* near = nullptr);

}  // namespace haplan::solver
