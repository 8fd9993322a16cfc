#include "solver/placement_namings.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

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

void PlacementNamings::add(const ValuedPlacement& one, std::vector<ValuedPlacement>& found) {
  const std::size_t nodes = search_.request.problem.system.nodes.size();
  one_ = &one;
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
  find_choices();
  rank_nodes();
  image_.assign(nodes, kOut);
  count_ = 0;
  name(0);
}

/// Which of equally empty nodes are taken, per component, level and drained node.
void PlacementNamings::find_choices() {
  choices_.clear();
  const System& system = search_.request.problem.system;
  for (const ComponentId c : search_.figures.placed()) {
    if (!system.components[c].movable || search_.space.rules[c].counts.empty()) continue;
    for (const int n : search_.space.rules[c].counts) {
      const std::vector<NodeId> nodes(one_->components[c].nodes.begin(),
                                      one_->components[c].nodes.begin() + n);
      for (NodeId drained = 0; drained < system.nodes.size(); ++drained)
        add_choice(c, nodes, drained);
    }
  }
}

void PlacementNamings::add_choice(ComponentId component, const std::vector<NodeId>& nodes,
                                  NodeId drained) {
  const System& system = search_.request.problem.system;
  auto moving = static_cast<std::size_t>(std::ranges::count(nodes, drained));
  if (moving == 0) return;
  std::vector<NodeId> may;
  for (const NodeId node : system.components[component].allowed)
    if (node != drained) may.push_back(node);
  if (search_.space.rules[component].together) {
    // All go to the first node that every user of the claim may use.
    for (const Component& user : system.components)
      if (user.storage.claim == system.components[component].storage.claim)
        std::erase_if(
            may, [&user](NodeId node) { return !std::ranges::binary_search(user.allowed, node); });
    if (may.size() > 1) choices_.push_back({may, 1});
    return;
  }
  std::vector<std::size_t> count(system.nodes.size(), 0);
  for (const NodeId node : nodes) ++count[node];
  while (moving > 0 && !may.empty()) {
    std::size_t least = nodes.size();
    for (const NodeId node : may) least = std::min(least, count[node]);
    std::vector<NodeId> emptiest;
    for (const NodeId node : may)
      if (count[node] == least) emptiest.push_back(node);
    if (moving < emptiest.size()) {
      choices_.push_back({std::move(emptiest), moving});
      return;
    }
    for (const NodeId node : emptiest) ++count[node];
    moving -= emptiest.size();
  }
}

/// Nodes with more replicas of the first component, of what its smaller levels use first, then of the second, ...
void PlacementNamings::rank_nodes() {
  std::vector<std::vector<int>> carried(after_.size());
  for (std::size_t c = 0; c < one_->components.size(); ++c) {
    std::ptrdiff_t begin = 0;
    for (const int end : search_.space.rules[c].counts) {
      for (std::size_t node = 0; node < carried.size(); ++node)
        carried[node].push_back(
            static_cast<int>(std::count(one_->components[c].nodes.begin() + begin,
                                        one_->components[c].nodes.begin() + end, node)));
      begin = end;
    }
  }
  std::vector<std::size_t> order(carried.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, [&carried](std::size_t a, std::size_t b) { return carried[a] > carried[b]; });
  rank_.assign(carried.size(), 0);
  for (std::size_t i = 0; i < order.size(); ++i) rank_[order[i]] = i;
}

/// Names are given in ascending order: nodes without one come after all others.
bool PlacementNamings::settled() const {
  return std::ranges::all_of(choices_, [this](const Choice& choice) {
    const auto known = static_cast<std::size_t>(std::ranges::count_if(
        choice.emptiest, [this](NodeId node) { return image_[node] != kOut; }));
    return known >= choice.picks;
  });
}

void PlacementNamings::give_remaining(NodeId next) {
  for (; next < image_.size(); ++next) {
    NodeId best = kOut;
    for (NodeId node = 0; node < image_.size(); ++node)
      if (image_[node] == kOut && search_.space.cell[node] == search_.space.cell[next] &&
          (best == kOut || rank_[node] < rank_[best]))
        best = node;
    image_[best] = next;
  }
}

void PlacementNamings::name(NodeId next) {
  constexpr std::size_t kMostNamings = 50'000;
  if (count_ > kMostNamings || search_.stopped(static_cast<double>(10 * named_.size()))) {
    complete_ = false;
    return;
  }
  if (next == image_.size() || settled()) {
    ++count_;
    const std::vector<NodeId> before = image_;
    give_remaining(next);
    consider();
    image_ = before;
    return;
  }
  // Of nodes that carry the same any one will do.
  std::vector<std::size_t> tried;
  for (NodeId node = 0; node < image_.size(); ++node) {
    if (image_[node] != kOut || search_.space.cell[node] != search_.space.cell[next]) continue;
    if (std::ranges::count(tried, after_[node]) > 0) continue;
    tried.push_back(after_[node]);
    image_[node] = next;
    name(next + 1);
    image_[node] = kOut;
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
  const auto best = search_.incumbent();
  if (best && low > *best * (1.0 + kRounding)) return;
  const double value = search_.exact();
  found_->push_back({value, search_.current.components});
  search_.offer(value);
}

}  // namespace haplan::solver
