#pragma once

#include <string>
#include <vector>

#include "model/recovery/replica.hpp"

/// Failover of a primary. MODEL section 3. Times [s], rates [1/s]; sums of non-negative terms, right to a few roundings.
namespace haplan::model {

struct FailoverTime {
  double mean = 0.0;   ///< [s] T_f
  double worst = 0.0;  ///< [s]
};

/// T_f of the controller with these settings (detect + promote for Controller::none).
///   settings  in seconds; floors are not looked at, see broken_floors()
///   cost      O(1)
///   source    MODEL 3, the table of controllers
FailoverTime failover_time(Controller controller, const FailoverSettings& settings,
                           const NodeDetection& node_detection);

/// The floors of the controller's settings that these break, one sentence each ("ttl must be at
/// least 20 s").
std::vector<std::string> broken_floors(Controller controller, const FailoverSettings& settings);

/// Success probability that counts: 0 for redis-sentinel with fewer than 3 sentinels
/// (default: one per replica), 1 for quorum, else Failover::success.
double effective_success(const Component& component, int replicas);

/// The same after a loss: 0 for redis-sentinel when no majority of all its sentinels is left.
///   replicas_out  of `replicas`; each takes a sentinel with it, as long as there are some (safe side)
///   nodes_out     without a replica; each takes one of those sentinels that are more than there are replicas
double success_after(const Component& component, int replicas, int replicas_out, int nodes_out);

/// One cause of losing the primary.
struct FailoverLoss {
  enum class Kind { mode, node, domain, drain } kind = Kind::mode;
  std::size_t index = 0;  ///< of the replica's mode, the NodeId or the DomainId; unused for drain
  std::size_t mode = 0;   ///< of the node's or domain's mode
  double rate = 0.0;      ///< [1/s] averaged over the instances
  double outage = 0.0;    ///< [s] mean c E[min(T_f, D)] + (1-c) E[min(T_m, D)], or switchover
};

/// All losses of the primary of a primary-replica or quorum component with n > 1 instances on
/// `nodes` (one entry per instance, empty without a cluster). Empty for n <= 1. Nodes and domains
/// with `down` set lose nothing.
///   replica   of the component, at the settings that count
///   returns   the replica's modes, then nodes and domains by id with their modes, then the drain
///   cost      O(modes + instances * levels of domains)
///   source    MODEL 3
std::vector<FailoverLoss> failover_losses(const System& system, const Component& component,
                                          const ReplicaModel& replica,
                                          const FailoverSettings& settings,
                                          const std::vector<NodeId>& nodes, int replicas);

/// Of a loss's outage what lies beyond t, on average: c E[max(min(T_f, D) - t, 0)] + (1-c) E[max(min(T_m, D) - t, 0)], or
/// max(switchover - t, 0). [s] At t = 0 its `outage`.
///   loss  of failover_losses() with the same arguments
///   t     >= 0
double failover_excess(const System& system, const Component& component,
                       const ReplicaModel& replica, const FailoverSettings& settings, int replicas,
                       const FailoverLoss& loss, double t);

/// u = nu O / (1 + nu O) of losses with total rate nu and rate-weighted mean outage O: the share of time, in [0, 1).
/// 0 of no losses. cost O(losses)
double failover_unavailability(const std::vector<FailoverLoss>& losses);

}  // namespace haplan::model
