#pragma once

#include <vector>

#include "model/availability/numbers.hpp"
#include "model/availability/placement_space.hpp"
#include "model/availability/service_functions.hpp"
#include "model/base/stop.hpp"
#include "model/system/load.hpp"

/// Guaranteed figures bounded by components one by one: polynomial in nodes, whatever their number.
namespace haplan::model {

/// Upper bound on each function's unavailability over all placements of the space: while all nodes are reachable the
/// joint figure; else, given that no domain is down or just one of them, the sum over minimal cuts of what each component is down in its
/// worst placement.
///   returns  one per function of `functions`
///   cost     per component and placement that is told apart O(domains * nodes^2)
///   stop     then 1
std::vector<double> sum_bounds(const System& system, const Deployment& deployment,
                               const LoadTable& load, const ComponentNumbers& numbers,
                               const PlacementSpace& space, const ServiceFunctions& functions,
                               const Stop& stop = {});

}  // namespace haplan::model
