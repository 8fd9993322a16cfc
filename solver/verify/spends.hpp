#pragma once

#include <optional>

#include "solver/verify/choices.hpp"

namespace haplan::solver {

/// What the fewest replicas of a box take of a budget at the level at which they take most, in exact arithmetic.
///   budget   index into Problem::budgets
///   returns  nothing when that is within the budget: then the box may hold deployments that keep it
std::optional<double> least_beyond(Choices& choices, const Box& box, std::size_t budget);

}  // namespace haplan::solver
