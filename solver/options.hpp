#pragma once

#include <memory>
#include <vector>

#include "model/base/result.hpp"
#include "model/recovery/failover.hpp"
#include "model/recovery/replica.hpp"
#include "solver/space.hpp"

/// What a component's settings do, without its counts: every combination of probe and controller settings collapsed
/// into numbers, dominated ones left out.
namespace haplan::solver {

/// One choice of probe settings.
struct ProbeOption {
  model::Probes probes;
  model::ReplicaModel replica;
  double checks = 0.0;  ///< [1/s] of one pod
  double exposure =
      0.0;  ///< share of requests that meet a replica failed by itself, before retries are taken off
  double recovery = 0.0;  ///< [s] worst automatic recovery
  /// Everything through which the option can matter, checks first; smaller is better in each entry.
  std::vector<double> effects;
};

/// One choice of controller settings.
struct ControllerOption {
  model::FailoverSettings settings;
  model::FailoverTime time;
};

struct SettingOptions {
  std::vector<ProbeOption> probes;            ///< ascending checks
  std::vector<ControllerOption> controllers;  ///< at least one when any choice keeps the floors
};

/// Options of a component within the allowed values.
///   most_recovery  [s] slower options are left out
///   fails          invalid_input as model::replica_model
model::Result<SettingOptions> setting_options(const Problem& problem, const Space& space,
                                              model::ComponentId component, const Allowed& allowed,
                                              double most_recovery);

/// Every number of probes and controller settings: equal keys are equal settings.
std::vector<double> settings_key(const model::Probes& probes,
                                 const model::FailoverSettings& failover);

/// A replica that is as good as the best option in everything, which no option need be.
model::ReplicaModel ideal_replica(const std::vector<ProbeOption>& options);

/// Share of requests that meet a replica of the component that failed by itself: sum over modes of rate times the
/// time until traffic avoids it. MODEL 5, error ratio, without the domains and before retries.
double own_exposure(const model::System& system, const model::ReplicaModel& replica,
                    const model::Probes& probes);

}  // namespace haplan::solver
