#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "solver/problem.hpp"

namespace haplan::test {

/// A problem with a choice of variants, and the two problems that it is with the choice made.
struct Choosing {
  solver::Problem open;
  std::vector<solver::Problem> plain;
};

/// random_problem with budgets, costs, or availability to be maximised, and two variants of one component.
///   returns  nothing where no component can have variants
std::optional<Choosing> random_goals(std::uint64_t seed);

}  // namespace haplan::test
