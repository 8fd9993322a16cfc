#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/simulate/demand.hpp"
#include "model/system/deployment.hpp"

/// What nodes hold, and whether the replicas of any one of them fit on the others.
namespace haplan::model {

/// Amounts per resource that anything requests, pods among them, in one order.
struct RoomTable {
  std::vector<std::vector<std::int64_t>> request;   ///< [component][resource] of one replica
  std::vector<std::vector<std::int64_t>> capacity;  ///< [node][resource]
};
RoomTable room_table(const System& system);

/// The users of a claim that only one node can mount stand together.
bool stands_together(const System& system, const Component& component);

/// The spread domain of a node for a component, or nothing where the rule's level is missing.
std::optional<std::size_t> spread_place(const System& system, const Component& component,
                                        NodeId node);

/// MODEL 2, headroom: for every single node, its movable replicas at the level with most replicas fit on the others.
bool room_for_each_loss(const System& system, const Deployment& deployment, const Demand& demand);

}  // namespace haplan::model
