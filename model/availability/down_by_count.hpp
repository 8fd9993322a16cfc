#pragma once

#include <vector>

#include "model/availability/numbers.hpp"
#include "model/system/load.hpp"

namespace haplan::model {

/// P(component down | k of its replicas reachable) per level, k = 0 .. replicas at the level.
///   deployment  on whose nodes the rate of failovers depends
std::vector<std::vector<double>> down_by_count(const System& system, const Deployment& deployment,
                                               const LoadTable& load,
                                               const ComponentNumbers& numbers,
                                               ComponentId component);

}  // namespace haplan::model
