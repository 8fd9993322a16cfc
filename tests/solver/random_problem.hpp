#pragma once

#include <cstdint>

#include "solver/problem.hpp"

/// Small problems for comparison with exhaustive search: 2 to 4 components on at most 4 nodes, a few decisions with two
/// or three values each. The same seed gives the same problem everywhere.
namespace haplan::test {

///   down  the last node, where there are nodes, is down for good
solver::Problem random_problem(std::uint64_t seed, bool down = false);

}  // namespace haplan::test
