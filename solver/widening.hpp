#pragma once

#include "solver/solve.hpp"

/// Whether wider ranges, or more room, would give a plan.
namespace haplan::solver {

/// Changes that together give a plan, none of which can be left out, one phrase each; empty: none was found.
///   problem  without a plan
std::vector<std::string> widening(const Problem& problem, const SolveOptions& options);

}  // namespace haplan::solver
