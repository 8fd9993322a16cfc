#pragma once

#include <vector>

#include "model/availability/drill.hpp"
#include "solver/solve.hpp"

/// Whether objectives survive a single loss.
namespace haplan::solver {

/// The objectives of one service after one loss; fields as in the spec.
///   loss.*        time until up, for losses of that kind (a zone's for domains that count as zones)
///   recoveryTime  time until up after a replica's own failure
///   availability  the outage alone as a share of the objective's window, against the unavailability allowed
///   errorRate     failed requests of this loss alone as a share of the window's: all while the service is down, the share
///                 that meets what is lost until traffic avoids it
///   responseTime  with what is left; not judged where some level has less than it needs
///   dataLoss      of the failover
/// An infinite share (nothing brings it back) is one.
std::vector<ObjectiveCheck> survivals(const Problem& problem, const Objective& objective,
                                      const model::Loss& loss, const model::ServiceDrill& drill);

}  // namespace haplan::solver
