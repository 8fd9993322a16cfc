#pragma once

#include "model/base/stop.hpp"
#include "solver/verify/choices.hpp"

namespace haplan::solver {

/// Proved: the fewest replicas of a box cannot be placed under the rules of the spec at some load level. Fewer replicas
/// of a component fit wherever more do: without one of its fullest domain no rule is broken.
///   stop  then no
bool fewest_do_not_fit(Choices& choices, const Box& box, const model::Stop& stop = {});

}  // namespace haplan::solver
