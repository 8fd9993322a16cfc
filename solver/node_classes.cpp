#include "solver/node_classes.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "model/recovery/domain.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr std::size_t kMostClasses = 4;

std::set<std::vector<NodeId>> allowed_sets(const System& system) {
  std::set<std::vector<NodeId>> sets;
  for (const Component& component : system.components)
    if (component.replicated()) sets.insert(component.allowed);
  return sets;
}

}  // namespace

NodeClasses node_classes(const System& system) {
  NodeClasses result;
  result.of.assign(system.nodes.size(), std::nullopt);
  const std::set<std::vector<NodeId>> sets = allowed_sets(system);
  std::vector<std::vector<NodeId>> members;
  const auto alike = [&](NodeId a, NodeId b) {
    return fail_alike(system.nodes[a].modes, system.nodes[b].modes) &&
           system.nodes[a].parent.has_value() == system.nodes[b].parent.has_value() &&
           std::ranges::all_of(sets, [&](const std::vector<NodeId>& set) {
             return std::ranges::binary_search(set, a) == std::ranges::binary_search(set, b);
           });
  };
  std::set<DomainId> above;
  for (NodeId n = 0; n < system.nodes.size(); ++n) {
    const Node& node = system.nodes[n];
    if (node.parent && (system.domains[*node.parent].parent || system.domains[*node.parent].down))
      return result;
    if (node.down) continue;
    if (node.parent) above.insert(*node.parent);
    const auto found = std::ranges::find_if(
        members, [&](const std::vector<NodeId>& list) { return alike(list.front(), n); });
    if (found != members.end())
      found->push_back(n);
    else
      members.push_back({n});
  }
  const auto lost = [&](const std::vector<NodeId>& list) {
    return down_probability(system.nodes[list.front()].modes, false);
  };
  std::ranges::stable_sort(members, std::ranges::greater{}, lost);
  if (members.size() > kMostClasses) members.resize(kMostClasses);
  std::set<DomainId> failing;
  for (const DomainId domain : above)
    if (down_probability(system.domains[domain].modes, false) > 0.0) failing.insert(domain);
  for (const std::vector<NodeId>& list : members) {
    std::map<std::optional<DomainId>, int> below;
    for (const NodeId n : list) {
      ++below[system.nodes[n].parent];
      result.of[n] = result.classes.size();
    }
    NodeClass& one = result.classes.emplace_back();
    one.zones = static_cast<int>(below.size());
    one.zone_size =
        std::ranges::min_element(below, {}, [](const auto& b) { return b.second; })->second;
    one.lost = lost(list);
    one.in_all_zones =
        std::ranges::all_of(failing, [&](DomainId domain) { return below.contains(domain); });
  }
  if (above.size() > 1)
    for (const DomainId domain : failing)
      result.zones_down.push_back(down_probability(system.domains[domain].modes, false));
  std::ranges::sort(result.zones_down, std::ranges::greater{});
  return result;
}

}  // namespace haplan::solver
