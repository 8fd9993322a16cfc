#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "model/system/deployment.hpp"
#include "model/system/load.hpp"

/// Who is where, and what is left of the nodes: shared by the checks of placement and headroom.
namespace haplan::model {

/// Far above any amount, and far enough below the largest integer that sums do not overflow.
inline constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max() / 4;

/// Amounts of every resource that any component requests, and of pods, in one order.
struct Amounts {
  std::vector<std::string> resource;
  std::vector<std::vector<std::int64_t>> request;  ///< [component][resource] of one replica
  std::vector<std::vector<std::int64_t>>
      capacity;  ///< [node][resource], kUnlimited where nothing limits
};
Amounts amounts_of(const System& system);

/// Replicas per [component][node] at a level.
std::vector<std::vector<int>> replicas_per_node(const System& system, const LoadTable& table,
                                                const Deployment& deployment, LevelId level);

/// Spread domain of a node for a component: the node itself or its ancestor of the rule's level;
/// nullopt when it has none there.
std::optional<std::size_t> spread_domain(const System& system, const Spread& spread, NodeId node);

/// All replicas of the users of a ReadWriteOnce claim share one node.
bool shares_one_node(const System& system, const Component& component);

/// Its spread rule binds the scheduler.
bool spreads_hard(const System& system, const Component& component);

}  // namespace haplan::model
