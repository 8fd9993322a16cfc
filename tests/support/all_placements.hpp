#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "model/availability/guarantee.hpp"

namespace haplan::test {

/// Largest unavailability of each service over all placements that the rules allow, every one of
/// them evaluated by the oracle: per component every way to put the replicas of each level on nodes
/// (order within a level's replicas does not matter), hard spread kept at every level's count,
/// ReadWriteOnce claims on one node, capacities kept.
///   returns  nullopt when more than `limit` combinations would have to be looked at, or none is
///   allowed
std::optional<std::vector<double>> largest_unavailability(
    const model::System& system, const model::Deployment& deployment,
    const std::vector<model::CarriedRules>& rules, std::size_t limit);

}  // namespace haplan::test
