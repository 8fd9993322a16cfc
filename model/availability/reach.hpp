#pragma once

#include <compare>
#include <map>
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

/// A system given which of its domains are down.
struct Condition {
  double mass = 0.0;  ///< probability
  System system;
  Cluster cluster;
};

/// No domain down, then each one as the only one that is (but for those that always are). The mass that is missing to 1
/// is that of several at once. Only the first of them when there are too many domains.
std::vector<Condition> conditions(const System& system);

/// Reaches of placements, each computed once for all components to which the same nodes are allowed.
class Reaches {
 public:
  explicit Reaches(const System& system);

  [[nodiscard]] const std::vector<Condition>& given() const { return conditions_; }

  /// In the system itself.
  const Reach& whole(const Cluster& cluster, ComponentId component,
                     const std::vector<NodeId>& nodes);
  /// Under one of the conditions.
  const Reach& under(std::size_t condition, ComponentId component,
                     const std::vector<NodeId>& nodes);

 private:
  struct Key {
    std::size_t condition;
    std::size_t group;
    std::vector<NodeId> nodes;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  const System& system_;
  std::vector<Condition> conditions_;
  std::vector<std::size_t> group_;  ///< per component: the first that moves alike
  std::map<Key, Reach> known_;
};

/// P(component down and the world is not the calm one), as far as nothing is drained and during drains.
struct Outside {
  double quiet = 0.0;
  double drained = 0.0;
};

///   down    by k
///   safe    true: drained replicas fare badly; false: well
Outside outside_parts(const System& system, const Reach& reach, const std::vector<double>& down,
                      const Delays& delays, bool safe);

/// Their sum.
double outside(const System& system, const Reach& reach, const std::vector<double>& down,
               const Delays& delays, bool safe);

}  // namespace haplan::model
