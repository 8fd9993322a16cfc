#include "solver/placement_namings.hpp"

#include <algorithm>
#include <bit>

namespace haplan::solver {

using namespace model;

PlacementNamings::PlacementNamings(PlacementSearch& search) : search_(search) {
  const WorldFigures& figures = search.figures;
  const auto& worlds = figures.worlds().worlds;
  crowded_.assign(figures.size(), false);
  for (std::size_t w = 0; w < figures.size(); ++w) {
    const World& world = worlds[w % worlds.size()];
    if (world.drained == kOut || world.unreachable == 0) continue;
    if (std::popcount(world.unreachable) == 1)
      named_.push_back(w);
    else
      crowded_[w] = true;
  }
  const std::vector<const Vector*> none(figures.placed().size(), nullptr);
  for (const ServiceFunction& function : figures.functions()) {
    Vector& down = constant_down_.emplace_back();
    if (!function.gated.empty()) continue;
    const Vector full = figures.base(function, none);
    for (const std::size_t w : named_) down.push_back(full[w]);
  }
}

const PlacementSearch::Vector& PlacementNamings::named(std::size_t placed,
                                                       const std::vector<NodeId>& nodes) {
  auto [found, fresh] = known_.try_emplace({placed, nodes});
  if (fresh) {
    const Vector full = search_.figures.down(placed, nodes, credit_, Moves::exact);
    for (const std::size_t w : named_) found->second.push_back(full[w]);
  }
  return found->second;
}

/// States where names do not matter exactly, crowded ones from below. Gated functions as a whole from below.
double PlacementNamings::constant_part() {
  const WorldFigures& figures = search_.figures;
  std::vector<const Vector*> inputs;
  for (std::size_t i = 0; i < figures.placed().size(); ++i)
    inputs.push_back(
        &search_.down(i, one_->components[figures.placed()[i]].nodes, credit_, Moves::most));
  std::vector<bool> skip(figures.size(), false);
  for (const std::size_t w : named_) skip[w] = true;
  double sum = 0.0;
  for (std::size_t f = 0; f < search_.weight.size(); ++f) {
    if (search_.weight[f] == 0.0) continue;
    const ServiceFunction& function = figures.functions()[f];
    const Vector joint = figures.joint(function, inputs);
    double figure = 0.0;
    for (std::size_t w = 0; w < joint.size(); ++w)
      if (!skip[w] || !function.gated.empty()) figure += figures.mass()[w] * joint[w];
    sum += search_.weight[f] * figure;
  }
  return sum;
}

void PlacementNamings::add(const ValuedPlacement& one, double* incumbent,
                           std::vector<ValuedPlacement>& found) {
  const std::size_t nodes = search_.request.problem.system.nodes.size();
  one_ = &one;
  incumbent_ = incumbent;
  found_ = &found;
  search_.current.components = one.components;
  const bool credit = search_.credit();
  if (credit != credit_) known_.clear();
  credit_ = credit;
  constant_ = constant_part();
  after_ = search_.space.cell;
  for (const PlacementUnit& unit : search_.space.units) {
    UnitPlacement placement;
    for (const ComponentId c : unit) placement.push_back(one.components[c].nodes);
    after_ = refined(search_.space, unit, placement, after_);
  }
  image_.assign(nodes, kOut);
  used_.assign(nodes, false);
  count_ = 0;
  name(0);
}

/// Equal nodes that carry the same keep their order: exchanging them changes nothing.
void PlacementNamings::name(NodeId node) {
  constexpr std::size_t kMostNamings = 50'000;
  if (count_ > kMostNamings || search_.stopped()) {
    complete_ = false;
    return;
  }
  if (node == image_.size()) {
    ++count_;
    consider();
    return;
  }
  NodeId least = 0;
  for (NodeId before = 0; before < node; ++before)
    if (after_[before] == after_[node]) least = image_[before] + 1;
  for (NodeId to = least; to < image_.size(); ++to) {
    if (used_[to] || search_.space.cell[to] != search_.space.cell[node]) continue;
    used_[to] = true;
    image_[node] = to;
    name(node + 1);
    used_[to] = false;
  }
}

void PlacementNamings::relabel() {
  for (std::size_t c = 0; c < one_->components.size(); ++c) {
    const std::vector<int>& counts = search_.space.rules[c].counts;
    std::vector<NodeId>& to = search_.current.components[c].nodes;
    if (counts.empty()) continue;
    to = one_->components[c].nodes;
    for (NodeId& node : to) node = image_[node];
    // Replicas that a level adds are listed in node order.
    std::ptrdiff_t begin = 0;
    for (const int end : counts) {
      std::sort(to.begin() + begin, to.begin() + end);
      begin = end;
    }
  }
}

void PlacementNamings::consider() {
  relabel();
  const WorldFigures& figures = search_.figures;
  double low = constant_;
  for (std::size_t f = 0; f < search_.weight.size(); ++f) {
    const ServiceFunction& function = figures.functions()[f];
    if (search_.weight[f] == 0.0 || !function.gated.empty()) continue;
    Vector down = constant_down_[f];
    for (const std::size_t i : function.series) {
      const Vector& q = named(i, search_.current.components[figures.placed()[i]].nodes);
      for (std::size_t w = 0; w < down.size(); ++w) down[w] += q[w] * (1.0 - down[w]);
    }
    double figure = 0.0;
    for (std::size_t w = 0; w < down.size(); ++w) figure += figures.mass()[named_[w]] * down[w];
    low += search_.weight[f] * figure;
  }
  // Both are sums in different orders: a little more than a tie.
  constexpr double kRounding = 1e-11;
  if (incumbent_ && low > *incumbent_ * (1.0 + kRounding)) return;
  const double value = search_.exact();
  found_->push_back({value, search_.current.components});
  if (incumbent_ && value < *incumbent_ && search_.accepts_current()) *incumbent_ = value;
}

}  // namespace haplan::solver
