#pragma once

#include <string>
#include <vector>

#include "model/numerics/mixture.hpp"
#include "model/recovery/failover.hpp"
#include "model/recovery/replica.hpp"

/// How long recoveries take, as distributions: what replica.hpp, failover.hpp and domain.hpp give as a mean and a worst
/// case. MODEL 1, "Distributions". Times in seconds. Mixtures are made in O(stages * alternatives); what asking them
/// costs and how far they are right stands in model/numerics/delay.hpp and mixture.hpp: all are exact but sums with two or
/// more exponential or lognormal stages, or one beside a uniform one, which are intervals.
namespace haplan::model {

/// One step of a replica's recovery, in order: detect, stop, start, ready (or repair alone).
struct RecoveryStep {
  std::string name;
  std::vector<Stage> stages;  ///< their sum
};

/// The recovery of one failure mode.
struct ModeLaw {
  std::vector<RecoveryStep> steps;
  /// All steps, and the back-off that some restarts meet on top. Its mean is ModeOutage::mean; without the back-off
  /// its end is ModeOutage::worst.
  DelayMixture law;
};

/// Law of a mode of replica_model(component, probes).
///   detection  exit U(0,1); liveness U(0,P) + (F-1) max(P,T) + T; a spurious kill none
///   ready      U(0,R) + (S-1) R, R of the startup probe where there is one; without probes U(0,1)
///   the rest   fixed; a mode with a given repair is fixed altogether
///   mode       index into ReplicaModel::modes
ModeLaw mode_law(const Component& component, const Probes& probes, const ReplicaModel& replica,
                 std::size_t mode);

/// U(0,R) + (S-1) R and so on: the last step of every start.
std::vector<Stage> ready_stages(const Probes& probes);

/// From a node's failure until it counts as not ready: grace - age of the last renewal, U(0, 10.4) by default, + the
/// monitor's next pass, U(0, 5); here these two in the same ratio between 2 mean - worst and the worst case.
DelayMixture node_detection_law(const NodeDetection& detection);

/// A failover, cut where a dependence runs through it.
struct FailoverLaw {
  bool after_node_detection = false;  ///< starts only when the node counts as not ready
  DelayMixture law;                   ///< without the node's detection then
};

/// Law of failover_time: the same mean and the same worst case.
///   patroni         U(ttl - loopWait, ttl) + U(0, loopWait) + U(0,2) peers + U(0,2) promote + 3 + U(0,3) check
///   cloudnative-pg  node detection + failoverDelay + lease + U(0, retryPeriod) + other
///   redis-sentinel  downAfter + 4 U(0,1) ping, ask, vote, seen + other
///   redis-cluster   U(nodeTimeout, 1.5 nodeTimeout) + 0.5 + U(0,0.5) delay + U(0,1)
///   repmgr          attempts (interval + U(0, connectTimeout)) + other
///   none            detect + promote
/// "other" and what is given by its mean m and its worst case w alone is U(2m - w, w); where that would begin
/// before 0, U(0, w) with probability 2m/w, else nothing.
FailoverLaw failover_law(Controller controller, const FailoverSettings& settings);

/// Law of the whole failover, node detection included.
DelayMixture failover_time_law(Controller controller, const FailoverSettings& settings,
                               const NodeDetection& detection);

/// Law of a domain's or node's repair, its modes weighted by their rates.
///   modes  at least one with a rate above 0
DelayMixture repair_law(const std::vector<DomainMode>& modes);

/// Law of the sum of independent times.
DelayMixture sum_of(const DelayMixture& a, const DelayMixture& b);

}  // namespace haplan::model
