#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/base/result.hpp"
#include "model/system/deployment.hpp"

/// From probe settings to the rates and outage times of one replica. MODEL section 1.
namespace haplan::model {

/// One failure mode with its outage, all steps summed.
struct ModeOutage {
  std::string name;   ///< "spurious-kill" for kills of the healthy
  double rate = 0.0;  ///< [1/s] while serving
  double mean = 0.0;  ///< [s] D_m, back-off included
  std::optional<double>
      worst;  ///< [s] without back-off; none for manual, given repair, and spurious kills
  Detection detection = Detection::exit;
  bool spurious = false;
};

struct ReplicaModel {
  std::vector<ModeOutage>
      modes;  ///< in the component's order, then the spurious kill if its rate > 0
  double unavailability = 0.0;  ///< u of one replica on a reachable node
  double start = 0.0;           ///< [s] max(start, readiness initialDelaySeconds)
  double ready_mean = 0.0;      ///< [s]
  double ready_worst = 0.0;     ///< [s]
};

/// A mode with `repair` has it as mean; its worst is none. `availability` given: no modes but its
/// unavailability.
///   fails   invalid_input for a liveness-detected mode without liveness probe and without repair
///   error   sums of non-negative terms: a few roundings, relative however small
///   cost    O(modes + failure threshold)
///   source  MODEL 1
Result<ReplicaModel> replica_model(const Component& component, const Probes& probes);

/// Mean wait of a restart of the component's exits, over all of them: sum over i >= 1 of (1-q) q^i min(10 2^(i-1), 300),
/// q = 1 - exp(-600 exit rate). [s]
double back_off_mean(const Component& component);

/// Mean and worst case until a liveness probe has seen a hang: U(0,P) + (F-1) max(P,T) + T.
double detection_mean(const Probe& liveness);
double detection_worst(const Probe& liveness);

/// P(one probe of a healthy replica fails): `falseFailure`, or the lognormal tail beyond the
/// timeout, or 0.
///   returns in [0, 1], relative accuracy of normal_tail(): 1e-20 keeps its digits
double false_failure_probability(const Component& component, const Probe& liveness);

}  // namespace haplan::model
