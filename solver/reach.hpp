#pragma once

#include <vector>

#include "model/system/deployment.hpp"

/// How many replicas of one placement are reachable, as a distribution: what bounds need, without joint worlds.
namespace haplan::solver {

/// What placements share.
struct Cluster {
  double calm = 1.0;     ///< mass of the world in which every node is reachable and none is drained
  double drained = 0.0;  ///< probability that a given node is drained
  /// Per node: mass of the worlds without a drain in which it alone is unreachable, down itself
  /// below ancestors that are up.
  std::vector<double> lost_alone;
  /// Per node: the first node with equal modes, state and parent.
  std::vector<model::NodeId> kind;
};

Cluster make_cluster(const model::System& system);

/// Masses of worlds other than the calm one, by the number k of reachable replicas (0 .. n).
struct Reach {
  std::vector<double> other;         ///< no drain, and not a single lost node
  std::vector<double> drain_before;  ///< during a drain, before the replicas moved
  std::vector<double> drain_fewest;  ///< after, if equally empty nodes are chosen badly
  std::vector<double> drain_most;    ///< after, if they are chosen well
  struct Lost {
    model::NodeId node = 0;  ///< one of its kind
    double mass = 0.0;       ///< of all nodes of that kind with as many replicas
    int hit = 0;             ///< replicas there
  };
  std::vector<Lost> lost;  ///< nodes that can be lost alone
};

/// Exact: every state of nodes and domains counts.
///   nodes  one per replica
///   cost   O(nodes^2 (n + 1) h^2) with h the replicas on one node
///   source MODEL 2: nodes and domains fail independently, so the number of reachable replicas is a
///          sum over the domain tree, formed by convolution from its leaves
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
