#pragma once

#include <cstdint>
#include <vector>

#include "model/system/deployment.hpp"

/// What replicas of several variants serve together.
namespace haplan::model {

/// A component whose variants mix serves at a level when the weights of its serving replicas sum to the need. A replica
/// weighs throughput times maxUtilization and the need is the rate; or it weighs 1 and the need is a number of replicas,
/// where that is given or nothing has a throughput. Whole numbers without common divisor.
struct MixedCapacity {
  std::vector<std::int64_t> weight;  ///< per variant, > 0
  std::int64_t need = 1;             ///< >= 1: some replica must serve
};

/// By exact rational arithmetic; where whole numbers pass 62 bits weights are rounded down and the need up.
///   component  whose variants mix
MixedCapacity mixed_capacity(const System& system, ComponentId component, LevelId level);

}  // namespace haplan::model
