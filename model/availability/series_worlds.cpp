#include "model/availability/series_worlds.hpp"

#include <algorithm>
#include <numeric>

#include "model/availability/stages.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

constexpr std::size_t kMostDomains = 6;

}  // namespace

SeriesWorlds::SeriesWorlds(const System& system, const std::vector<SeriesPart>& parts,
                           std::size_t most_states)
    : system_(system),
      parts_(parts),
      most_states_(most_states),
      reachable_(system.nodes.size(), true) {
  for (const Node& node : system.nodes) lost_.push_back(down_probability(node.modes, false));
  std::vector<bool> matters(system.domains.size(), false);  // some node is below it
  for (const Node& node : system.nodes)
    for (auto above = node.parent; above; above = system.domains[*above].parent)
      matters[*above] = true;
  for (DomainId d = 0; d < system.domains.size(); ++d)
    if (matters[d] && !system.domains[d].modes.empty()) may_fail_.push_back(d);
}

bool SeriesWorlds::possible() const {
  return may_fail_.size() <= kMostDomains && std::ranges::none_of(system_.nodes, &Node::down) &&
         std::ranges::none_of(system_.domains, &Domain::down);
}

double SeriesWorlds::enter(std::size_t domain_set) {
  const auto out = [&](std::size_t i) { return (domain_set >> i & 1) != 0; };
  double mass = 1.0;
  for (std::size_t i = 0; i < may_fail_.size(); ++i) {
    const double down = down_probability(system_.domains[may_fail_[i]].modes, false);
    mass *= out(i) ? down : 1.0 - down;
  }
  reachable_.assign(system_.nodes.size(), true);
  for (NodeId n = 0; n < reachable_.size(); ++n)
    for (auto above = system_.nodes[n].parent; above; above = system_.domains[*above].parent)
      for (std::size_t i = 0; i < may_fail_.size(); ++i)
        if (may_fail_[i] == *above && out(i)) reachable_[n] = false;
  return mass;
}

std::vector<SeriesGroup> SeriesWorlds::groups() const {
  std::vector<std::size_t> root(parts_.size());
  std::iota(root.begin(), root.end(), std::size_t{0});
  const auto find = [&](std::size_t p) {
    while (root[p] != p) p = root[p];
    return p;
  };
  std::vector<std::size_t> first(system_.nodes.size(), parts_.size());
  for (std::size_t p = 0; p < parts_.size(); ++p)
    for (const NodeId n : parts_[p].nodes) {
      if (n == kOut || !reachable_[n]) continue;
      if (first[n] == parts_.size()) first[n] = p;
      const std::size_t a = find(p);
      const std::size_t b = find(first[n]);
      root[std::max(a, b)] = std::min(a, b);
    }
  std::vector<SeriesGroup> groups(parts_.size());
  for (std::size_t p = 0; p < parts_.size(); ++p) groups[find(p)].parts.push_back(p);
  for (NodeId n = 0; n < first.size(); ++n)
    if (first[n] < parts_.size()) groups[find(first[n])].nodes.push_back(n);
  std::erase_if(groups, [](const SeriesGroup& group) { return group.parts.empty(); });
  return groups;
}

bool SeriesWorlds::surely_down(const SeriesGroup& group, LevelId level) const {
  return std::ranges::any_of(group.parts, [&](std::size_t p) {
    return parts_[p].down[level][reachable(p, group, level)] >= 1.0;
  });
}

double SeriesWorlds::all_up() const {
  double up = 1.0;
  for (const double lost : lost_) up *= 1.0 - lost;
  return up;
}

std::size_t SeriesWorlds::count_on(std::size_t part, LevelId level, NodeId node) const {
  const auto& nodes = parts_[part].nodes;
  const auto used = static_cast<std::ptrdiff_t>(parts_[part].down[level].size()) - 1;
  return static_cast<std::size_t>(std::count(nodes.begin(), nodes.begin() + used, node));
}

std::size_t SeriesWorlds::reachable(std::size_t part, const SeriesGroup& group,
                                    LevelId level) const {
  std::size_t count = 0;
  for (const NodeId n : group.nodes) count += count_on(part, level, n);
  return count;
}

/// As many lost at once as can be listed.
std::size_t SeriesWorlds::deepest(std::size_t nodes) const {
  std::size_t deepest = 0;
  double sets = 1.0;
  for (double more = 1.0; deepest < nodes; ++deepest) {
    more *= static_cast<double>(nodes - deepest) / static_cast<double>(deepest + 1);
    sets += more;
    if (sets > static_cast<double>(most_states_)) break;
  }
  return deepest;
}

}  // namespace haplan::model
