#include "model/availability/worst_placement.hpp"

#include <algorithm>

#include "model/availability/down_cache.hpp"
#include "model/availability/worst_branching.hpp"
#include "model/availability/worst_enumeration.hpp"

namespace haplan::model {

std::vector<double> worst_alone(const WorldFigures& figures, const PlacementSpace& space,
                                bool credit, const Stop& stop) {
  StopMeter meter(stop);
  const DownVector mass(figures.mass().begin(), figures.mass().end());
  std::vector<double> worst;
  for (std::size_t i = 0; i < figures.placed().size(); ++i) {
    const PlacementList list =
        allowed_placements(space.rules[figures.placed()[i]], space.cell, kMostListed);
    double most = list.complete ? 0.0 : 1.0;
    for (const auto& placement : list.placements) {
      if (meter.spend(DownCache::kOperationsPerWorld * static_cast<double>(figures.size())))
        most = 1.0;
      if (most >= 1.0) break;
      most = std::max(most, dot(mass, figures.down(i, placement, credit, Moves::fewest)));
    }
    worst.push_back(most);
  }
  return worst;
}

WorstPlacement worst_placement(const PlacementQuestion& question,
                               const WorstPlacementOptions& options) {
  if (const auto all = worst_enumerated(question, options)) return *all;
  return worst_branched(question, options);
}

}  // namespace haplan::model
