#pragma once

#include <optional>
#include <vector>

/// Whether a rolling update of a Deployment comes to its end.
namespace haplan::planner {

/// A node that pods of the Deployment may use.
struct RollingNode {
  int room = 0;              ///< more pods of it that fit beside all that is planned
  int old = 0;               ///< pods of the version that runs
  std::vector<int> domains;  ///< its domain for each rule of spreading, from 0; -1: it has none
};

/// One pod at a time goes over to a new version; a pod that has a node is ready.
struct Rolling {
  std::vector<RollingNode> nodes;
  std::vector<int> skews;  ///< maxSkew of each hard rule of spreading, which counts new pods only
  bool alone = false;      ///< required anti-affinity: no pod beside another, new or old
  bool surge = true;       ///< a new pod first, else an old one goes first
};

/// Whether the update ends, whichever of the allowed nodes the scheduler takes for a new pod and
/// whichever old pod goes next. Found by looking at all that can happen; nodes that are alike count
/// as one.
///   returns  nothing: not known after a thousand states
std::optional<bool> always_ends(const Rolling& rolling);

}  // namespace haplan::planner
