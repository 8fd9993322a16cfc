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
  const int all = static_cast<int>(system.nodes.size() + system.domains.size());
  FailureLimits most{all, all};
  while (most.quiet > 1 && world_count(system, 1, system.drain ? 1 : 0, most) > kMostWorlds)
    most.drained = --most.quiet;
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
  const NodeLayers layers = node_layers(nodes);
  std::vector<DrainMoves> drains;
  if (system.drain)
    for (NodeId node = 0; node < system.nodes.size(); ++node)
      drains.push_back(drain_moves(system, component, nodes, node));
  for (const World& world : cluster.worlds.worlds) {
    if (world.lost != kOut) {
      const auto hit = static_cast<int>(std::ranges::count(nodes, world.lost));
      reach.lost.push_back({world.lost, world.mass, hit});
      continue;
    }
    const auto at = [&](std::vector<double>& by_count, int k) {
      by_count[static_cast<std::size_t>(k)] += world.mass;
    };
    if (world.drained == kOut) {
      at(reach.other, reachable_replicas(layers, world.unreachable));
      continue;
    }
    const DrainMoves& drain = drains[world.drained];
    at(reach.drain_before, reachable_replicas(drain.before, world.unreachable));
    at(reach.drain_fewest, reachable_after(drain, world.unreachable, Moves::fewest));
    at(reach.drain_most, reachable_after(drain, world.unreachable, Moves::most));
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
