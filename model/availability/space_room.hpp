#pragma once

#include "model/availability/placement_space.hpp"

/// What capacity allows in whatever placement the scheduler chooses.
namespace haplan::model {

/// Sets capacity_never_binds, crowd and always_headroom of a space whose rules, replicas and units are known.
///
/// Headroom is proved in one of three ways. Every node has room for all that may be on it after a loss; or every node has an
/// empty twin; or pods that look for a node, one after another, always find one: a node turns one down only if what is
/// requested there leaves less than the pod needs, and all pods together request so much on so many nodes only.
void prove_room(const System& system, const std::vector<CarriedRules>& carried,
                PlacementSpace& space);

}  // namespace haplan::model
