#pragma once

#include <vector>

#include "model/availability/world_figures.hpp"

/// How many replicas of one placement are reachable, as a distribution: what bounds need, without joint worlds.
namespace haplan::solver {

/// The worlds of a cluster, not cut into stages.
struct Cluster {
  model::Worlds worlds;
  double calm = 1.0;  ///< mass of the world in which every node is reachable and none is drained
};

Cluster make_cluster(const model::System& system);

/// Masses of worlds other than the calm one, by the number k of reachable replicas (0 .. n).
struct Reach {
  std::vector<double> other;         ///< no drain, and not a single lost node
  std::vector<double> drain_before;  ///< during a drain, before the replicas moved
  std::vector<double> drain_fewest;  ///< after, if equally empty nodes are chosen badly
  std::vector<double> drain_most;    ///< after, if they are chosen well
  struct Lost {
    model::NodeId node = 0;
    double mass = 0.0;
    int hit = 0;  ///< replicas there
  };
  std::vector<Lost> lost;  ///< nodes that can be lost alone
};

Reach reach_of_placement(const model::System& system, const Cluster& cluster,
                         model::ComponentId component, const std::vector<model::NodeId>& nodes);

/// When replicas serve again after their node was lost or drained; infinite: not before it is back.
struct Delays {
  double reschedule = 0.0;  ///< [s]
  double settle = 0.0;      ///< [s]
};

/// P(component down and the world is not the calm one).
///   down    by k
///   safe    true: drained replicas fare badly; false: well
double outside(const model::System& system, const Reach& reach, const std::vector<double>& down,
               const Delays& delays, bool safe);

}  // namespace haplan::solver
