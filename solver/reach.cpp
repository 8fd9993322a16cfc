#include "solver/reach.hpp"

#include <algorithm>
#include <limits>

#include "model/recovery/domain.hpp"

namespace haplan::solver {

using namespace model;

Cluster make_cluster(const System& system) {
  Cluster cluster;
  if (system.nodes.empty()) return cluster;
  constexpr double kMostWorlds = 20'000;
  int most = static_cast<int>(system.nodes.size() + system.domains.size());
  while (most > 1 && world_count(system, 1, system.drain ? 1 : 0, most) > kMostWorlds) --most;
  cluster.worlds = make_worlds(system, {}, {}, most);
  cluster.calm = 0.0;
  std::erase_if(cluster.worlds.worlds, [&](const World& world) {
    const bool calm = world.unreachable == 0 && world.drained == kOut;
    if (calm) cluster.calm += world.mass;
    return calm;
  });
  return cluster;
}

Reach reach_of_placement(const System& system, const Cluster& cluster, ComponentId component,
                         const std::vector<NodeId>& nodes) {
  const auto n = static_cast<int>(nodes.size());
  Reach reach;
  for (auto* by_count : {&reach.other, &reach.drain_before, &reach.drain_fewest, &reach.drain_most})
    by_count->assign(static_cast<std::size_t>(n) + 1, 0.0);
  std::vector<std::vector<NodeId>> moved(system.nodes.size());
  for (const World& world : cluster.worlds.worlds) {
    const auto is_up = [&world](NodeId node) {
      return node != kOut && ((world.unreachable >> node) & 1) == 0;
    };
    if (world.lost != kOut) {
      const auto hit = static_cast<int>(std::ranges::count(nodes, world.lost));
      reach.lost.push_back({world.lost, world.mass, hit});
      continue;
    }
    std::size_t k = 0;
    for (const NodeId node : nodes) k += node != world.drained && is_up(node);
    if (world.drained == kOut) {
      reach.other[k] += world.mass;
      continue;
    }
    reach.drain_before[k] += world.mass;
    std::size_t fewest = k;
    std::size_t most = k;
    if (world.unreachable == 0) {
      std::vector<NodeId>& now = moved[world.drained];
      if (now.empty()) now = nodes_during_drain(system, component, nodes, world.drained, true);
      fewest = most = static_cast<std::size_t>(std::ranges::count_if(now, is_up));
    } else if (std::ranges::count(nodes, world.drained) > 0) {
      fewest += static_cast<std::size_t>(landed(system, component, nodes, world, Moves::fewest));
      most += static_cast<std::size_t>(landed(system, component, nodes, world, Moves::most));
    }
    reach.drain_fewest[fewest] += world.mass;
    reach.drain_most[most] += world.mass;
  }
  return reach;
}

double outside(const System& system, const Reach& reach, const std::vector<double>& down,
               const Delays& delays, bool safe) {
  double sum = 0.0;
  const std::size_t n = down.size() - 1;
  for (std::size_t k = 0; k <= n; ++k) sum += reach.other[k] * down[k];
  for (const Reach::Lost& lost : reach.lost) {
    const double hit = down[n - static_cast<std::size_t>(lost.hit)];
    if (lost.hit == 0 || delays.reschedule == std::numeric_limits<double>::infinity()) {
      sum += lost.mass * hit;
      continue;
    }
    const Node& node = system.nodes[lost.node];
    const double whole = down_probability(node.modes, node.down);
    const double before = down_between(node.modes, node.down, 0.0, delays.reschedule) / whole;
    const double after = down_between(node.modes, node.down, delays.reschedule,
                                      std::numeric_limits<double>::infinity()) /
                         whole;
    sum += lost.mass * (before * hit + after * down[n]);
  }
  if (!system.drain) return sum;
  const double before = std::min(1.0, delays.settle / system.drain->per_node);
  const std::vector<double>& after = safe ? reach.drain_fewest : reach.drain_most;
  for (std::size_t k = 0; k <= n; ++k)
    sum += (before * reach.drain_before[k] + (1.0 - before) * after[k]) * down[k];
  return sum;
}

}  // namespace haplan::solver
