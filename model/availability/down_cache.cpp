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

// Four running sums: independent additions.
double dot(const DownVector& a, const DownVector& b) {
  double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0;
  std::size_t i = 0;
  for (; i + 4 <= a.size(); i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < a.size(); ++i) s0 += a[i] * b[i];
  return (s0 + s1) + (s2 + s3);
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
