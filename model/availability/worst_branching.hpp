#pragma once

#include "model/availability/placement_space.hpp"
#include "model/availability/worst_placement.hpp"

/// The worst placement when placements are many: branch and bound over components.
namespace haplan::model {

/// Equal nodes are told apart only by what they carry already; a branch is bounded by the sum of the remaining
/// components' own worst contributions given what is placed. From below: the deployment's own placement and those
/// found on the way, where capacity allows them.
WorstPlacement worst_branched(const PlacementQuestion& question,
                              const WorstPlacementOptions& options);

}  // namespace haplan::model
