#include "model/availability/placement_space.hpp"

#include <algorithm>
#include <map>

#include "model/availability/space_room.hpp"

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
  prove_room(system, carried, space);
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
