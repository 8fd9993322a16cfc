#pragma once

#include <optional>

#include "solver/verify/choices.hpp"

namespace haplan::solver {

/// Placements of the one deployment that a box leaves (but for its nodes), each of which was evaluated and misses an
/// objective. Nothing: the box leaves more, some placement meets them all, or there are more than a thousand combinations.
std::optional<std::size_t> all_placements_miss(Choices& choices, const Box& box);

}  // namespace haplan::solver
