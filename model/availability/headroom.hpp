#pragma once

#include "model/system/deployment.hpp"

namespace haplan::model {

/// Whether the replicas of a deployment (at the level with most replicas) fit their nodes' capacities,
/// and obey allowed nodes, hard spread rules and ReadWriteOnce claims. Reasons in `why` when not.
struct PlacementCheck {
  bool ok = true;
  std::vector<std::string> why;
};
PlacementCheck check_placement(const System& system, const Deployment& deployment);

/// Headroom: for every single node, all movable replicas on it fit on the other nodes together with what is
/// there, spread rules kept; one answer per deployment. MODEL 2. True without nodes or movable replicas.
bool has_headroom(const System& system, const Deployment& deployment);

}  // namespace haplan::model
