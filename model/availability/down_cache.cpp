#include "model/availability/down_cache.hpp"

#include <algorithm>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"

namespace haplan::model {

std::size_t placed_index(const WorldFigures& figures, ComponentId component) {
  const auto& placed = figures.placed();
  const auto found = std::ranges::lower_bound(placed, component);
  return found != placed.end() && *found == component
             ? static_cast<std::size_t>(found - placed.begin())
             : placed.size();
}

namespace {

void take_out(DownVector& down, double part) {
  if (part <= 0.0) return;
  for (double& q : down) q = std::max(0.0, (q - part) / (1.0 - part));
}

}  // namespace

DownCache::DownCache(const WorldFigures& figures, bool credit, Moves moves, StopMeter& meter)
    : figures_(figures),
      credit_(credit),
      moves_(moves),
      meter_(meter),
      apart_(figures.placed().size(), 0.0),
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
  DownVector& down = known[nodes] = figures_.down(placed, nodes, credit_, moves_);
  take_out(down, apart_[placed]);
  return down;
}

void DownCache::set_apart(std::vector<double> part) {
  HAPLAN_EXPECTS(part.size() == known_.size());
  apart_ = std::move(part);
  for (std::size_t placed = 0; placed < known_.size(); ++placed)
    for (auto& [nodes, down] : known_[placed]) take_out(down, apart_[placed]);
}

}  // namespace haplan::model
