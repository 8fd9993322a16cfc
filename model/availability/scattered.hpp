#pragma once

#include <optional>
#include <vector>

#include "model/availability/numbers.hpp"
#include "model/availability/placement_space.hpp"
#include "model/availability/series_down.hpp"
#include "model/availability/service_functions.hpp"
#include "model/system/load.hpp"

/// Guaranteed figures bounded from below, on clusters too large to search: one unlucky placement, and its figure.
namespace haplan::model {

/// One function's components in series, in an unlucky placement of the space.
struct ScatteredPlacement {
  std::vector<SeriesPart> parts;
  std::vector<double> rest;     ///< per level: P(down by anything else), at least
  double unavailability = 0.0;  ///< of parts and rest
};

/// Components that a single lost node takes down get nodes of their own, as far as there are any, and each domain one that cannot do
/// without it; those that stand one loss go together with others as seldom as possible. Everything in series is counted exactly, the rest as
/// if all nodes were up.
///   limit    what exceeds it is enough: the figure may then be that without drains, which is known sooner
///   returns  nothing where nothing is known: no such placement fits, or undrained_down has no answer
///   cost     that of drained_down, and O(components * placements told apart * nodes), for components that two lost nodes take down times pairs of nodes
std::optional<ScatteredPlacement> scattered_placement(
    const System& system, const Deployment& deployment, const LoadTable& load,
    const ComponentNumbers& numbers, const PlacementSpace& space, const ServiceFunctions& functions,
    const ServiceFunction& function, std::optional<double> limit = std::nullopt);

/// Lower bound on the largest unavailability over all placements of the space: that of such a placement.
///   returns  one per function; 0 where nothing is known
std::vector<double> scattered_unavailability(const System& system, const Deployment& deployment,
                                             const LoadTable& load, const ComponentNumbers& numbers,
                                             const PlacementSpace& space,
                                             const ServiceFunctions& functions);

}  // namespace haplan::model
