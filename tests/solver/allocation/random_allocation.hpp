#pragma once

#include <cstdint>

#include "solver/allocation/problem.hpp"

namespace haplan::test {

/// A small problem of any kind, the same for the same seed: series, k-of-n and nested structures with subsystems that occur
/// twice, one to three worlds, limits that are tight, loose or out of reach, columns that are equal, perfect or always down.
solver::allocation::Problem random_allocation(std::uint64_t seed);

}  // namespace haplan::test
