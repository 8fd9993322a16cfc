#include "model/availability/placement_space.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace haplan::model {

namespace {

std::vector<PlacementUnit> make_units(const System& system,
                                      const std::vector<PlacementRule>& rules) {
  std::vector<PlacementUnit> units;
  std::map<ClaimId, std::size_t> of_claim;
  for (ComponentId c = 0; c < rules.size(); ++c) {
    if (rules[c].counts.empty()) continue;
    if (!rules[c].together) {
      units.push_back({c});
      continue;
    }
    const auto [found, fresh] =
        of_claim.try_emplace(*system.components[c].storage.claim, units.size());
    if (fresh) units.emplace_back();
    units[found->second].push_back(c);
  }
  return units;
}

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

void prove(const System& system, const std::vector<CarriedRules>& carried, PlacementSpace& space) {
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
  space.always_headroom = !movable || (moves && fits_with(system, space.rules, after)) ||
                          has_empty_twins(system, carried, space);
}

}  // namespace

PlacementSpace placement_space(const System& system, const LoadTable& load,
                               const Deployment& deployment,
                               const std::vector<CarriedRules>& carried,
                               const std::vector<bool>& fixed) {
  PlacementSpace space;
  space.rules.resize(system.components.size());
  if (!system.nodes.empty())
    for (ComponentId c = 0; c < system.components.size(); ++c)
      if (system.components[c].replicated()) {
        const ComponentPlan& plan = deployment.components[c];
        space.rules[c] = placement_rule(system, load, plan, c, carried[c]);
        if (fixed[c]) space.rules[c].fixed = plan.nodes;
      }
  space.replicas.resize(system.components.size());
  for (ComponentId c = 0; c < space.rules.size(); ++c)
    for (LevelId level = 0; !space.rules[c].counts.empty() && level < system.levels.size(); ++level)
      space.replicas[c].push_back(replicas_at(system, load, deployment.components[c], c, level));
  space.units = make_units(system, space.rules);
  space.cell = interchangeable_nodes(system, space.rules);
  for (const PlacementRule& rule : space.rules)
    if (rule.fixed) space.cell = refined(space.cell, *rule.fixed, rule.counts);
  prove(system, carried, space);
  return space;
}

std::vector<bool> pinned_components(const System& system,
                                    const std::vector<CarriedRules>& carried) {
  std::vector<bool> pinned;
  for (ComponentId c = 0; c < carried.size(); ++c)
    pinned.push_back(system.components[c].pinned && carried[c].pinned);
  return pinned;
}

UnitPlacements unit_placements(const PlacementSpace& space, const PlacementUnit& unit,
                               const std::vector<std::size_t>& cell, std::size_t limit) {
  UnitPlacements result;
  if (unit.size() == 1) {
    PlacementList list = allowed_placements(space.rules[unit[0]], cell, limit);
    result.complete = list.complete;
    for (auto& placement : list.placements) result.options.push_back({std::move(placement)});
    return result;
  }
  PlacementRule common = space.rules[unit[0]];
  for (const ComponentId member : unit) {
    const PlacementRule& rule = space.rules[member];
    if (rule.fixed) common.fixed = rule.fixed;
    std::erase_if(common.nodes,
                  [&rule](NodeId node) { return !std::ranges::binary_search(rule.nodes, node); });
  }
  for (const auto& placement : allowed_placements(common, cell, limit).placements) {
    UnitPlacement& option = result.options.emplace_back();
    for (const ComponentId member : unit)
      option.emplace_back(static_cast<std::size_t>(space.rules[member].counts.back()),
                          placement.front());
  }
  return result;
}

std::vector<std::size_t> refined(const PlacementSpace& space, const PlacementUnit& unit,
                                 const UnitPlacement& placement,
                                 const std::vector<std::size_t>& cell) {
  std::vector<std::size_t> result = cell;
  for (std::size_t i = 0; i < unit.size(); ++i)
    result = refined(result, placement[i], space.rules[unit[i]].counts);
  return result;
}

NodeLoad::NodeLoad(const System& system, const std::vector<std::vector<int>>& replicas)
    : amounts_(amounts_of(system)),
      replicas_(replicas),
      left_(system.levels.size(), amounts_.capacity) {}

void NodeLoad::add(ComponentId component, const std::vector<NodeId>& nodes, int sign) {
  const auto& request = amounts_.request[component];
  for (LevelId level = 0; level < left_.size(); ++level) {
    const auto count = static_cast<std::size_t>(replicas_[component][level]);
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t r = 0; r < request.size(); ++r) {
        if (request[r] == 0) continue;
        std::int64_t& left = left_[level][nodes[i]][r];
        overfull_ -= left < 0;
        left -= sign * request[r];
        overfull_ += left < 0;
      }
  }
}

}  // namespace haplan::model
