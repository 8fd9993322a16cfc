#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/recovery/laws.hpp"
#include "planner/lower.hpp"

namespace haplan::planner {

/// How one failure mode's recovery, or a component's failover, is distributed. Times [s].
struct Recovery {
  std::string component;
  std::string mode;                        ///< of the failure, or "failover"
  std::vector<model::RecoveryStep> steps;  ///< of a failure mode that is not repaired by hand
  double rate = 0.0;  ///< [1/s] of one replica while it serves; 0 for failovers
  double mean = 0.0;
  std::optional<double>
      worst;  ///< without back-off; none where nothing is automatic, and for spurious kills
  model::Estimate p50;
  model::Estimate p90;
  model::Estimate p99;
  model::Estimate p999;
  std::optional<double>
      target;  ///< the strictest recoveryTime (failover: loss.primary or loss.node) that it counts for
  std::optional<double> within_target;  ///< P(over by then)
};

/// Every mode of every component that some service can depend on, then its failover if it has one and standbys.
std::vector<Recovery> recoveries(const Lowered& lowered, const model::Deployment& deployment);

}  // namespace haplan::planner
