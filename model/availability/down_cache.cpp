#include "model/availability/down_cache.hpp"

#include <algorithm>

#include "model/base/abandon.hpp"

namespace haplan::model {

std::size_t placed_index(const WorldFigures& figures, ComponentId component) {
  const auto& placed = figures.placed();
  const auto found = std::ranges::lower_bound(placed, component);
  return found != placed.end() && *found == component
             ? static_cast<std::size_t>(found - placed.begin())
             : placed.size();
}

DownCache::DownCache(const WorldFigures& figures, bool credit, Moves moves, StopMeter& meter)
    : figures_(figures),
      credit_(credit),
      moves_(moves),
      meter_(meter),
      known_(figures.placed().size()) {}

const DownVector& DownCache::at(std::size_t placed, const std::vector<NodeId>& nodes) {
  auto& known = known_[placed];
  if (const auto found = known.find(nodes); found != known.end()) return found->second;
  constexpr std::size_t kMostNumbers = 4'000'000;  // of each component
  if ((known.size() + 1) * figures_.size() > kMostNumbers) known.clear();
  const double work = kOperationsPerWorld * static_cast<double>(figures_.size());
  operations_ += work;
  may_abandon();
  meter_.spend(work);
  return known[nodes] = figures_.down(placed, nodes, credit_, moves_);
}

}  // namespace haplan::model
