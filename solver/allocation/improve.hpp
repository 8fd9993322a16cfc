#pragma once

#include <optional>

#include "solver/allocation/problem.hpp"

namespace haplan::solver::allocation {

/// A good choice to start with: from the least amounts upwards, each time the step that gains most for what it uses.
///   amounts, goals  limits; goals without one count as they are
///   returns         one that keeps the limits of amounts, with goals as small as found; none when it finds none
///   cost            O(columns + steps * subsystems) for each step upwards
std::optional<Choice> improve(const Problem& problem, const std::vector<std::int64_t>& amounts,
                              const std::vector<double>& goals);

}  // namespace haplan::solver::allocation
