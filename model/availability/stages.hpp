#pragma once

#include <vector>

#include "model/recovery/replica.hpp"
#include "model/system/deployment.hpp"

/// How the time a node is out is cut into stages, and where replicas are meanwhile. MODEL 2.
namespace haplan::model {

inline constexpr NodeId kOut = static_cast<NodeId>(-1);  ///< nowhere: does not serve

/// Stages 0 .. bounds.size() of a node's outage; stage i covers ages (bounds[i-1], bounds[i]].
struct NodeStages {
  std::vector<double> bounds;  ///< [s] ascending, distinct
  /// Per component: the first stage in which its replicas of this node serve again; larger than any stage: never.
  std::vector<std::size_t> serves_from;

  [[nodiscard]] std::size_t count() const { return bounds.size() + 1; }
};

/// Delay until a movable component's replicas serve again after their node went down: detection, toleration,
/// start, mean (or worst) ready, reattach with network storage. [s]
double reschedule_delay(const System& system, const Deployment& deployment, ComponentId component,
                        const ReplicaModel& replica);
double reschedule_delay_worst(const System& system, const Deployment& deployment,
                              ComponentId component, const ReplicaModel& replica);

/// Per node: stages of its own failure, when it is the only unreachable one.
///   headroom  false: one stage, nothing serves again
///   cost      O(nodes * components), replicas counted
///   source    MODEL 2, rescheduling
std::vector<NodeStages> reschedule_stages(const System& system, const Deployment& deployment,
                                          const std::vector<ReplicaModel>& replicas, bool headroom);

/// Delay until a movable component's replicas serve again after their node was drained: how they end, start and mean ready. [s]
double drain_delay(const Component& component, const ReplicaModel& replica);

/// Per node: stages of its drain; bounds below perNode only.
std::vector<NodeStages> drain_stages(const System& system, const Deployment& deployment,
                                     const std::vector<ReplicaModel>& replicas);

/// Where each replica of a component runs while `drained` is drained: replicas elsewhere stay; those on it are out
/// (kOut) unless `moved`, which sends them one after another in placement order to the allowed node with the fewest
/// replicas of the component, first in node order; components on a ReadWriteOnce claim go together to the first
/// node allowed to all its users.
///   nodes   of the replicas at this level
std::vector<NodeId> nodes_during_drain(const System& system, ComponentId component,
                                       const std::vector<NodeId>& nodes, NodeId drained,
                                       bool moved);

}  // namespace haplan::model
