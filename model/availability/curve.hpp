#pragma once

#include <memory>
#include <vector>

#include "model/availability/losses.hpp"
#include "model/numerics/mixture.hpp"

/// The recovery curve: how likely a service is up again so long after a loss. MODEL 1 (distributions), 5 (loss drill).
namespace haplan::model {

/// P(service up t seconds after a loss), at one load level, everything else being up.
///   before  the service is up, without what is down for good; what is stays down
///   law     recoveries, failovers, detections and repairs as laws.hpp gives them; a failed failover (1 - success) ends
///           with the manual repair; whatever heals by itself first, wins: a node's or domain's repair, the mode's
///           own recovery beside a failover. The repair of an external service is exponential; a replica of which only the
///           availability is known is out for an hour.
///   shared  components that wait for the same node to count as not ready are evaluated together: the integral over
///           that time is cut at all kinks, where Gauss and Legendre's rule is exact for the polynomials between
///   error   rounding, but for repairs that are neither exponential, fixed nor lognormal, which there are none of
class RecoveryCurve {
 public:
  ///   fails  budget_exhausted for a network whose connectivity is too large even when nothing in it fails
  static Result<RecoveryCurve> make(const ServiceContext& context, const Loss& loss,
                                    ServiceId service, LevelId level);
  ~RecoveryCurve();
  RecoveryCurve(RecoveryCurve&&) noexcept;
  RecoveryCurve& operator=(RecoveryCurve&&) noexcept;

  /// Cost: one evaluation of the structure function, or one per node of the integral.
  [[nodiscard]] double up(double t) const;

  /// The earliest t with up(t) >= p, to nine digits; infinite when nothing brings the service back so surely.
  ///   p  in (0, 1)
  [[nodiscard]] double quantile(double p) const;

 private:
  struct State;
  explicit RecoveryCurve(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace haplan::model
