#include "solver/verify/room.hpp"

#include <algorithm>
#include <limits>

#include "model/availability/occupancy.hpp"
#include "model/packing/packing.hpp"

namespace haplan::solver {

using namespace model;

namespace {

int fewest(const std::vector<Counts>& all, LevelId level) {
  int least = std::numeric_limits<int>::max();
  for (const Counts& counts : all) least = std::min(least, counts.replicas[level]);
  return least;
}

ItemGroup group_of(const System& system, const Amounts& amounts, ComponentId c, int count) {
  const Component& component = system.components[c];
  ItemGroup group;
  group.count = count;
  group.size = amounts.request[c];
  group.placed.assign(system.nodes.size(), 0);
  group.domain.assign(system.nodes.size(), kNoDomain);
  group.max_skew = component.spread.max_skew;
  group.hard_spread = spreads_hard(system, component);
  if (shares_one_node(system, component)) group.together = component.storage.claim;
  for (const NodeId node : component.allowed) {
    const auto domain = spread_domain(system, component.spread, node);
    if (group.hard_spread && !domain) continue;
    group.allowed.push_back(node);
    if (domain) group.domain[node] = *domain;
  }
  return group;
}

bool fits(Choices& choices, const Box& box, const Amounts& amounts, LevelId level,
          const model::Stop& stop) {
  const Problem& problem = choices.problem;
  std::vector<std::vector<std::int64_t>> free = amounts.capacity;
  std::vector<ItemGroup> groups;
  for (const ComponentId c : choices.replicated) {
    const int count = fewest(choices.counts(box, c), level);
    if (problem.placement_open[c]) {
      groups.push_back(group_of(problem.system, amounts, c, count));
      continue;
    }
    const auto& nodes = problem.before.components[c].nodes;
    for (int i = 0; i < std::min(count, static_cast<int>(nodes.size())); ++i)
      for (std::size_t r = 0; r < amounts.resource.size(); ++r)
        free[nodes[static_cast<std::size_t>(i)]][r] -= amounts.request[c][r];
  }
  const auto overfull = [](const std::vector<std::int64_t>& left) {
    return std::ranges::any_of(left, [](std::int64_t amount) { return amount < 0; });
  };
  if (std::ranges::any_of(free, overfull)) return false;
  constexpr std::size_t kWork = 1'000'000;
  const PackingResult packed = pack(free, groups, kWork, stop);
  return packed.fits || !packed.exact;
}

}  // namespace

bool fewest_do_not_fit(Choices& choices, const Box& box, const model::Stop& stop) {
  if (choices.empty(box)) return true;
  const System& system = choices.problem.system;
  if (system.nodes.empty()) return false;
  const Amounts amounts = amounts_of(system);
  for (LevelId level = 0; level < system.levels.size(); ++level)
    if (!fits(choices, box, amounts, level, stop)) return true;
  return false;
}

}  // namespace haplan::solver
