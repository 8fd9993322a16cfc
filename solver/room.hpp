#pragma once

#include <algorithm>

/// Nodes that the scheduler may give to components one by one, on clusters of equal nodes in equal zones.
namespace haplan::solver {

/// Over zones nodes are dealt out evenly, each component's largest part to the emptiest zone, so that no zone gets more than its part
/// and what one component has; one node stays free.
struct Room {
  int zones = 1;
  int size = 0;  ///< nodes of the smallest zone
  int taken = 0;
  int largest = 0;

  /// False: they do not fit any more.
  bool take(int nodes) {
    const int most = std::max(largest, nodes);
    const int there = zones > 1 ? zones * (size - most) : size;
    if (taken + nodes > there - 1) return false;
    taken += nodes;
    largest = most;
    return true;
  }
};

}  // namespace haplan::solver
