#pragma once

#include "model/availability/probabilities.hpp"

namespace haplan::model {

/// The textbook figure that ignores sharing: in the exact structure function each component is one independent
/// variable with k-of-n over a * P(reachable) of its replicas, times its factors and its claim; no rescheduling, no
/// drains; weighted over levels. MODEL 4.
///   returns  a probability, relative accuracy but for the rounding of the sums; a gate's network as in the exact one
///   cost     one pass over the diagram per level, and O(replicas^2) per component
double independent_unavailability(const System& system, const Deployment& deployment,
                                  const Compiled& compiled, const Numbers& numbers,
                                  ServiceId service);

/// P(component down) that goes into it at a level: replicas with what is above them, factors, claim.
double independent_component(const System& system, const Deployment& deployment,
                             const Compiled& compiled, const Numbers& numbers, LevelId level,
                             ComponentId component);

}  // namespace haplan::model
