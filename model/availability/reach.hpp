#pragma once

#include <limits>
#include <vector>

#include "model/system/deployment.hpp"

/// How many replicas of one placement are reachable, as a distribution: what bounds need, without joint worlds.
namespace haplan::model {

/// What placements share.
struct Cluster {
  double calm = 1.0;     ///< mass of the world in which every node is reachable and none is drained
  double drained = 0.0;  ///< probability that a given node is drained
  /// Per node: mass of the worlds without a drain in which it alone is unreachable, down itself
  /// below ancestors that are up.
  std::vector<double> lost_alone;
  /// Per node: the first node with equal modes, state and parent.
  std::vector<NodeId> kind;
};

Cluster make_cluster(const System& system);

/// Masses of worlds other than the calm one, by the number k of reachable replicas (0 .. n).
struct Reach {
  std::vector<double> other;         ///< no drain, and not a single lost node
  std::vector<double> drain_before;  ///< during a drain, before the replicas moved
  std::vector<double> drain_fewest;  ///< after, if equally empty nodes are chosen badly
  std::vector<double> drain_most;    ///< after, if they are chosen well
  struct Lost {
    NodeId node = 0;    ///< one of its kind
    double mass = 0.0;  ///< of all nodes of that kind with as many replicas
    int hit = 0;        ///< replicas there
  };
  std::vector<Lost> lost;  ///< nodes that can be lost alone
  /// After the replicas moved, drained nodes of one kind in turn: by k, for every kind of place that they may land on.
  /// The place does not depend on what else fails, so that the worst of them bounds the figure. Empty: nothing is drained.
  std::vector<std::vector<std::vector<double>>> landings;
};

/// Exact: every state of nodes and domains counts.
///   nodes  one per replica
///   cost   O(nodes^2 (n + 1) h^2) with h the replicas on one node
///   source MODEL 2: nodes and domains fail independently, so the number of reachable replicas is a
///          sum over the domain tree, formed by convolution from its leaves
Reach reach_of_placement(const System& system, const Cluster& cluster, ComponentId component,
                         const std::vector<NodeId>& nodes);

/// When replicas serve again after their node was lost or drained; infinite: not before it is back.
struct Delays {
  double reschedule = 0.0;  ///< [s]
  double settle = 0.0;      ///< [s]
};

/// What delays mean for lost and drained nodes, worked out once for all placements.
struct Timing {
  double reschedule = std::numeric_limits<double>::infinity();  ///< [s] as in Delays
  /// Shares of the time in which a node is lost; meaningful for nodes that are the first of their kind.
  struct Shares {
    double before = 1.0;  ///< its replicas do not serve
    double after = 0.0;   ///< they serve elsewhere
  };
  std::vector<Shares> lost;  ///< per node; empty: nothing is rescheduled
  bool drains = false;
  double unsettled = 0.0;  ///< share of a drain before the replicas serve elsewhere
};

///   system  conditions on its domains have the same timing: it depends on nodes alone
Timing timing_of(const System& system, const Cluster& cluster, const Delays& delays);

/// P(component down and the world is not the calm one) while nothing is drained.
///   down  by k
double outside_quiet(const Timing& timing, const Reach& reach, const std::vector<double>& down);
/// The same if nothing were rescheduled.
double outside_quiet(const Reach& reach, const std::vector<double>& down);

/// The same during drains.
///   safe  true: drained replicas fare badly; false: well
double outside_drained(const Timing& timing, const Reach& reach, const std::vector<double>& down,
                       bool safe);

/// Both.
double outside(const Timing& timing, const Reach& reach, const std::vector<double>& down,
               bool safe);

}  // namespace haplan::model
