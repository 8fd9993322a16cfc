#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/availability/stages.hpp"
#include "model/base/stop.hpp"
#include "model/system/system.hpp"

/// Every joint state of nodes and drains as a list of disjoint worlds with their probabilities: what a search over
/// placements walks, because worlds do not depend on who runs where.
namespace haplan::model {

struct World {
  double mass = 0.0;              ///< probability
  std::uint64_t unreachable = 0;  ///< bit per node, then per group of bystanders: some of them
  NodeId lost = kOut;  ///< the only unreachable node, down itself below ancestors that are up
  NodeId drained = kOut;
  double age = 0.0;  ///< [s] how long at least `lost` has been down, or the drain has lasted
  double late =
      0.0;  ///< [s] the same of the last stage that counts here; above `age` where stages are merged
};

/// Nodes that host nothing in any placement looked at. Which of them is lost makes no difference: one of them takes
/// back the credit of another lost node, and replicas that leave a drained node may go there.
struct Bystanders {
  std::optional<DomainId> parent;
  double load = 0.0;  ///< P(none of them is down) = 1 / (1 + load), given what is above them
  bool down = false;  ///< one of them always is
  std::size_t count = 0;
  std::vector<bool> allowed;  ///< per component
};

/// Simultaneous failures of nodes and domains that are followed.
struct FailureLimits {
  int quiet = 0;       ///< while nothing is drained
  int drained = 0;     ///< while a node is
  bool merge = false;  ///< with failures during a drain, its stages are one world
};

struct Worlds {
  std::vector<World> worlds;
  double dropped = 0.0;  ///< upper bound on the mass of the states left out
  bool merged = false;   ///< some stages are
};

inline constexpr std::size_t kMostNodes = 64;  ///< a world keeps one bit per node

/// Worlds that so many simultaneous failures lead to at most.
///   reschedule  [s] ages that cut the outage of a lost node, ascending, distinct
///   drain       [s] ages that cut a drain, ascending, distinct; those beyond perNode are ignored
///   cost        O(2^nodes) without a limit, times nodes and stages with drains
///   beside      bystanders, at most one bit per node and group in all
///   stop        then nothing is listed and everything is left out
///   source      MODEL 2
Worlds make_worlds(const System& system, const std::vector<double>& reschedule,
                   const std::vector<double>& drain, FailureLimits most, const Stop& stop = {},
                   const std::vector<Bystanders>& beside = {});

/// Upper bound on the number of worlds that make_worlds would list; saturates at 1e18.
double world_count(const System& system, std::size_t reschedule_stages, std::size_t drain_stages,
                   FailureLimits most, std::size_t groups_beside = 0);

}  // namespace haplan::model
