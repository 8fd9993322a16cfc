#include "model/availability/space_room.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "model/packing/closed.hpp"

namespace haplan::model {

namespace {

/// Most replicas of a component on one node after any single node was lost and its movable replicas moved with
/// the spread rule kept; -1 when no such move is sure to exist.
int most_after_move(const Component& component, const CarriedRules& carried,
                    const PlacementRule& rule) {
  if (!component.movable) return most_on_one_node(rule);
  const bool kept = carried.allowed && (carried.spread || !component.spread.hard);
  if (!kept || rule.fixed || rule.together || rule.nodes.size() < 2) return -1;
  PlacementRule fewer = rule;
  // The lost node may have been a whole domain.
  if (fewer.max_skew > 0 && fewer.domain_count > 1) --fewer.domain_count;
  return std::max(most_on_one_node(rule), most_on_one_node(fewer));
}

/// Nodes for one pod of a component that lost its node, at least: those that its rules let it choose from, whatever the
/// placement; 0 when none is certain.
///   carried  rules that the placements obey are those that the pod obeys
std::size_t choices_after_loss(const PlacementRule& rule) {
  if (rule.together || rule.max_skew == 0) return rule.nodes.empty() ? 0 : rule.nodes.size() - 1;
  std::vector<std::size_t> size(rule.domain_count, 0);
  for (const std::size_t domain : rule.domain) ++size[domain];
  // A domain that is lost with its only node leaves those that hold fewest: the empty ones, where there are more domains than replicas.
  const auto replicas = static_cast<std::size_t>(rule.counts.back());
  const std::size_t emptiest = size.size() > replicas ? size.size() - replicas : 1;
  std::size_t fewest = rule.nodes.size();
  for (const std::size_t nodes : size)
    fewest = std::min(fewest, nodes > 1         ? nodes - 1
                              : size.size() > 1 ? emptiest * std::ranges::min(size)
                                                : 0);
  return fewest;
}

/// Every node holds `most[c]` replicas of each component that may use it.
bool fits_with(const System& system, const std::vector<PlacementRule>& rules,
               const std::vector<int>& most) {
  // One level at which every component has that many on each of its nodes.
  const Amounts amounts = amounts_of(system);
  auto left = amounts.capacity;
  for (ComponentId c = 0; c < rules.size(); ++c) {
    if (rules[c].counts.empty()) continue;
    const std::vector<NodeId>& may = rules[c].fixed ? *rules[c].fixed : rules[c].nodes;
    for (const NodeId node : std::set<NodeId>(may.begin(), may.end()))
      for (std::size_t r = 0; r < amounts.resource.size(); ++r)
        left[node][r] -= amounts.request[c][r] * most[c];
  }
  return std::ranges::all_of(left, [](const std::vector<std::int64_t>& row) {
    return std::ranges::all_of(row, [](std::int64_t amount) { return amount >= 0; });
  });
}

/// Every node that may host movable replicas always has an empty twin (equal, in the same place) to take them all: more
/// twins than nodes that can be in use.
bool has_empty_twins(const System& system, const std::vector<CarriedRules>& carried,
                     const PlacementSpace& space) {
  std::size_t in_use = 0;
  for (const PlacementUnit& unit : space.units)
    for (const ComponentId c : unit)
      in_use +=
          space.rules[c].together ? 1 : static_cast<std::size_t>(space.rules[c].counts.back());
  const std::vector<std::size_t> cell = interchangeable_nodes(system, space.rules);
  std::map<std::size_t, std::size_t> twins;
  for (const std::size_t c : cell) ++twins[c];
  for (ComponentId c = 0; c < space.rules.size(); ++c) {
    const PlacementRule& rule = space.rules[c];
    const Component& component = system.components[c];
    if (rule.counts.empty() || !component.movable) continue;
    if (!carried[c].allowed || (!carried[c].spread && component.spread.hard)) return false;
    if (!std::ranges::all_of(rule.fixed ? *rule.fixed : rule.nodes,
                             [&](NodeId node) { return twins[cell[node]] > in_use; }))
      return false;
  }
  return true;
}

/// Every pod that has to move finds a node, however the others stand.
bool always_some_node(const System& system, const std::vector<CarriedRules>& carried,
                      const PlacementSpace& space) {
  const Amounts amounts = amounts_of(system);
  std::vector<std::int64_t> total(amounts.resource.size(), 0);
  for (ComponentId c = 0; c < space.rules.size(); ++c)
    for (std::size_t r = 0; !space.rules[c].counts.empty() && r < total.size(); ++r)
      total[r] += amounts.request[c][r] * space.rules[c].counts.back();
  return std::ranges::all_of(space.units, [&](const PlacementUnit& unit) {
    const auto movable = [&](ComponentId c) { return system.components[c].movable; };
    if (std::ranges::none_of(unit, movable)) return true;
    std::vector<std::int64_t> size(total.size(), 0);  // of what moves together
    for (const ComponentId c : unit) {
      const PlacementRule& rule = space.rules[c];
      if (rule.fixed || !carried[c].allowed ||
          (!carried[c].spread && system.components[c].spread.hard))
        return false;
      const int pods = rule.together ? rule.counts.back() : 1;
      for (std::size_t r = 0; r < size.size(); ++r) size[r] += amounts.request[c][r] * pods;
    }
    const PlacementRule& rule = space.rules[unit.front()];
    const bool same_nodes = std::ranges::all_of(
        unit, [&](ComponentId c) { return space.rules[c].nodes == rule.nodes; });
    if (!same_nodes) return false;
    std::vector<std::vector<std::int64_t>> room;
    for (const NodeId node : rule.nodes) room.push_back(amounts.capacity[node]);
    std::vector<std::int64_t> others = total;
    for (std::size_t r = 0; r < size.size(); ++r) others[r] -= size[r];
    return most_closed(room, others, size) < choices_after_loss(rule);
  });
}

/// So many components, whichever they are, fit a node with all replicas that they may have there; as many as there are: any.
int fewest_crowding(const System& system, const std::vector<PlacementRule>& rules,
                    const std::vector<int>& most) {
  const Amounts amounts = amounts_of(system);
  auto crowd = static_cast<std::size_t>(
      std::ranges::count_if(rules, [](const PlacementRule& rule) { return !rule.counts.empty(); }));
  for (NodeId node = 0; node < system.nodes.size(); ++node)
    for (std::size_t r = 0; r < amounts.resource.size(); ++r) {
      std::vector<std::int64_t> shares;
      for (ComponentId c = 0; c < rules.size(); ++c)
        if (!rules[c].counts.empty()) shares.push_back(amounts.request[c][r] * most[c]);
      std::ranges::sort(shares, std::ranges::greater{});
      std::int64_t left = amounts.capacity[node][r];
      std::size_t fitting = 0;
      while (fitting < shares.size() && shares[fitting] <= left) left -= shares[fitting++];
      crowd = std::min(crowd, fitting);
    }
  return static_cast<int>(crowd);
}

}  // namespace

void prove_room(const System& system, const std::vector<CarriedRules>& carried,
                PlacementSpace& space) {
  std::vector<int> before(space.rules.size(), 0);
  std::vector<int> after(space.rules.size(), 0);
  bool movable = false;
  bool moves = true;
  for (ComponentId c = 0; c < space.rules.size(); ++c) {
    if (space.rules[c].counts.empty()) continue;
    before[c] = most_on_one_node(space.rules[c]);
    after[c] = most_after_move(system.components[c], carried[c], space.rules[c]);
    movable = movable || system.components[c].movable;
    moves = moves && after[c] >= 0;
  }
  space.capacity_never_binds = fits_with(system, space.rules, before);
  space.crowd = fewest_crowding(system, space.rules, before);
  space.always_headroom = !movable || (moves && fits_with(system, space.rules, after)) ||
                          has_empty_twins(system, carried, space) ||
                          always_some_node(system, carried, space);
}

}  // namespace haplan::model
