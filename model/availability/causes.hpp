#pragma once

#include <vector>

#include "model/availability/probabilities.hpp"

namespace haplan::model {

/// Derivatives of a service's unavailability with respect to what the diagram is filled with.
struct Sensitivity {
  std::vector<double> dp;            ///< per entry of the probability array
  std::vector<double> drained_node;  ///< per node: per unit of the probability that it is drained
};

/// One adjoint pass over the diagram.
///   p, value  of the diagram at this `scale`
Sensitivity sensitivity(const System& system, const Compiled& compiled, const Numbers& numbers,
                        const std::vector<double>& p, const std::vector<double>& value,
                        ServiceId service, double scale);

/// Downtime by cause: Aumann-Shapley shares, u_i times the integral over t in [0, 1] of dU/du_i at all
/// unavailabilities scaled by t. Shares of each service add up to its unavailability; what remains at t = 0 (more
/// replicas needed than there are) is the cause `capacity`.
///   returns  causes in descending share; none whose share is below a rounding of the unavailability
///   error    the quadrature is exact for structure functions of degree < 48
///   source   [AS74]
std::vector<Cause> downtime_by_cause(const System& system, const Compiled& compiled,
                                     const Numbers& numbers, const ComponentNumbers& components,
                                     ServiceId service);

/// Up-to-down events of a service per unit time. [1/s] MODEL 5.
struct OutageFlows {
  double total = 0.0;
  std::vector<Cause> causes;    ///< kind, subject, mode and frequency; unordered, distinct
  std::vector<double> entries;  ///< per level
};

///   by_cause  false: no causes, which takes a third of the time
OutageFlows outage_flows(const System& system, const Compiled& compiled, const Numbers& numbers,
                         const ComponentNumbers& components, const std::vector<double>& p,
                         const std::vector<double>& value, ServiceId service, bool by_cause = true);

}  // namespace haplan::model
