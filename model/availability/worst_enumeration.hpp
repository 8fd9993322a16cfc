#pragma once

#include "model/availability/down_cache.hpp"
#include "model/availability/placement_space.hpp"
#include "model/availability/worst_placement.hpp"

/// The worst placement when placements are few: every one of them, one by one.
namespace haplan::model {

/// Nothing when there are too many; else every end of the interval that the listed worlds leave.
std::optional<WorstPlacement> worst_enumerated(const PlacementQuestion& question,
                                               const WorstPlacementOptions& options);

}  // namespace haplan::model
