#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "model/availability/placement_space.hpp"
#include "model/availability/world_figures.hpp"

/// The largest unavailability of a service over a space of placements.
namespace haplan::model {

/// lower <= the largest figure <= upper.
struct WorstPlacement {
  double lower = 0.0;
  double upper = 1.0;
  std::size_t visited = 0;  ///< placements looked at
  /// Per component, a placement whose figure is `lower`; empty where none is known.
  std::vector<std::vector<NodeId>> nodes = {};
};

/// Which placements of what, and the figure that is made worst. Refers to all five.
struct PlacementQuestion {
  const System& system;
  const Deployment& deployment;
  const WorldFigures& figures;
  const PlacementSpace& space;
  const ServiceFunction& function;
};

struct WorstPlacementOptions {
  std::size_t work_limit = 2'000'000;  ///< placements of single components looked at
  double operations = 1e8;             ///< additions: what bounds the time whatever the size
  /// Only whether the figure exceeds this is asked: the search ends when either end of the interval tells.
  std::optional<double> limit;
  /// Branches that could raise the figure by at most this much, relative, are left out.
  double tolerance = 1e-10;
  Stop stop;                         ///< cuts the search
  std::vector<double> alone;         ///< of worst_alone, if known already
  double most_combinations = 1'000;  ///< enumerated one by one
};

/// By enumeration of every combination when they are few (then lower = upper but for the worlds left out), else by
/// branch and bound.
WorstPlacement worst_placement(const PlacementQuestion& question,
                               const WorstPlacementOptions& options = {});

/// Per placed component of `figures`: an upper bound on its own P(down) in every placement of the space.
///   stop  the bounds are 1 from then on
std::vector<double> worst_alone(const WorldFigures& figures, const PlacementSpace& space,
                                bool credit, const Stop& stop = {});

}  // namespace haplan::model
