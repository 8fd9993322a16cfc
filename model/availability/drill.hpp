#pragma once

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "model/availability/curve.hpp"

/// The loss drill: for every single loss what happens when. MODEL 5.
namespace haplan::model {

/// A component that loses replicas, or had too few before, at the level at which least is left over.
struct Hit {
  ComponentId component = 0;
  LevelId level = 0;
  Toll toll;
};

struct CurvePoint {
  double time = 0.0;  ///< [s] after the loss
  double up = 0.0;    ///< P(service up)
};

/// Times that people ask about. [s]
inline constexpr std::array<double, 7> kCheckpoints{1, 5, 10, 30, 60, 300, 1800};

/// One loss, one service.
struct ServiceDrill {
  LossFigures figures;
  LevelId level = 0;  ///< the first one in which figures.until_up is reached, or it is down before
  std::vector<Hit> hits;
  double median = 0.0;  ///< [s] of the time until the service is up; 0 when it never goes down
  double p90 = 0.0;
  double p99 = 0.0;
  double p999 = 0.0;
  std::optional<double> within_target;  ///< P(up at the time asked for)
  /// Twenty steps to the worst case (or to p99, where that is but a mean), and p99.9; empty when the service never
  /// goes down, or is down before.
  std::vector<CurvePoint> curve;
  std::vector<CurvePoint> checkpoints;  ///< at kCheckpoints
  /// [s] worst over the levels with what is left, once failovers are done; infinite: saturated. Nothing where some
  /// level has less than it needs.
  std::optional<double> response_time;
  double data_loss = 0.0;  ///< [s]
};

struct LossDrill {
  Loss loss;
  std::vector<ServiceDrill> services;  ///< one per System::services
};

/// A time by which a service shall be up again after a loss of this kind, or none.
using RecoveryTarget = std::function<std::optional<double>(ServiceId, LossKind)>;

/// Every node, domain, replica of a component, primary and external service, in this order; what no service can depend on
/// is left out, but for nodes and domains.
///   fails  as evaluate
Result<std::vector<LossDrill>> drill(const System& system, const Deployment& deployment,
                                     const RecoveryTarget& target);

/// One loss.
Result<LossDrill> drill_one(const System& system, const Deployment& deployment, const Loss& loss,
                            const RecoveryTarget& target);

}  // namespace haplan::model
