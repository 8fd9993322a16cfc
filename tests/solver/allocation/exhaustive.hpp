#pragma once

#include <optional>

#include "solver/allocation/problem.hpp"

namespace haplan::test {

/// The best choice by listing all of them, stage after stage; none when no choice keeps the limits. Unavailability is
/// summed over all states of the subsystems, by another way than the search's: a structure is asked state by state.
///   cost  product of the numbers of columns, times 2^subsystems
std::optional<solver::allocation::Choice> exhaustive(const solver::allocation::Problem& problem);

}  // namespace haplan::test
