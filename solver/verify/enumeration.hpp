#pragma once

#include <optional>

#include "model/base/stop.hpp"
#include "solver/verify/choices.hpp"

namespace haplan::solver {

/// Placements of the one deployment that a box leaves (but for its nodes), each of which was evaluated and misses an
/// objective. Nothing: the box leaves more, some placement meets them all, there are more than a thousand combinations, or
/// it was stopped.
std::optional<std::size_t> all_placements_miss(Choices& choices, const Box& box,
                                               const model::Stop& stop = {});

}  // namespace haplan::solver
