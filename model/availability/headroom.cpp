#include "model/availability/headroom.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "model/availability/occupancy.hpp"
#include "model/packing/packing.hpp"

namespace haplan::model {

namespace {

using Counts = std::vector<std::vector<int>>;  ///< [component][node]

LevelId busiest_level(const System& system, const LoadTable& table, const Deployment& deployment) {
  LevelId busiest = 0;
  long long most = -1;
  for (LevelId level = 0; level < system.levels.size(); ++level) {
    long long sum = 0;
    for (ComponentId id = 0; id < system.components.size(); ++id) {
      if (!system.components[id].replicated()) continue;
      sum += replicas_at(system, table, deployment.components[id], id, level);
    }
    if (sum > most) {
      most = sum;
      busiest = level;
    }
  }
  return busiest;
}

std::vector<std::vector<std::int64_t>> free_amounts(const Amounts& amounts, const Counts& counts) {
  std::vector<std::vector<std::int64_t>> free = amounts.capacity;
  for (ComponentId id = 0; id < counts.size(); ++id) {
    for (NodeId node = 0; node < free.size(); ++node) {
      for (std::size_t r = 0; r < free[node].size(); ++r) {
        free[node][r] -= amounts.request[id][r] * counts[id][node];
      }
    }
  }
  return free;
}

/// Replicas of a component that look for nodes, other than `lost`.
///   placed  per node: those that have one
ItemGroup arriving(const System& system, const Amounts& amounts, ComponentId id, int count,
                   std::vector<int> placed, const std::vector<NodeId>& allowed,
                   std::optional<NodeId> lost) {
  const Component& component = system.components[id];
  ItemGroup group;
  group.count = count;
  group.size = amounts.request[id];
  group.domain.assign(placed.size(), kNoDomain);
  group.placed = std::move(placed);
  group.max_skew = component.spread.max_skew;
  group.hard_spread = spreads_hard(system, component);
  if (shares_one_node(system, component)) group.together = component.storage.claim;
  for (const NodeId node : allowed) {
    if (node == lost) continue;
    const auto domain = spread_domain(system, component.spread, node);
    if (domain) group.domain[node] = *domain;
    // A pod with a hard rule is not put on nodes that lack the rule's level.
    if (domain || !group.hard_spread) group.allowed.push_back(node);
  }
  return group;
}

std::vector<NodeId> nodes_held(const std::vector<int>& counts) {
  std::vector<NodeId> held;
  for (NodeId node = 0; node < counts.size(); ++node)
    if (counts[node] > 0) held.push_back(node);
  return held;
}

/// Whatever the own rule of a pinned component is, the one that is written spreads it evenly over the nodes of
/// its plan.
void keep_pinned(ItemGroup& group, const std::vector<NodeId>& own) {
  group.allowed = own;
  group.domain.assign(group.domain.size(), kNoDomain);
  for (const NodeId node : own) group.domain[node] = node;
  group.max_skew = 1;
  group.hard_spread = true;
}

/// The replicas of a component that look for a new node when `lost` is gone: gone for the spread
/// rule as well, because the emitted rules leave tainted nodes out of the count.
ItemGroup refugees(const System& system, const Amounts& amounts, ComponentId id,
                   const std::vector<int>& counts, NodeId lost) {
  std::vector<int> placed = counts;
  placed[lost] = 0;
  return arriving(system, amounts, id, counts[lost], std::move(placed),
                  system.components[id].allowed, lost);
}

/// See start_in_every_order.
EveryOrder start(const System& system, const LoadTable& table, const Deployment& deployment,
                 ComponentId* stranded, std::size_t most_states) {
  if (system.nodes.empty()) return EveryOrder::fits;
  const Counts counts =
      replicas_per_node(system, table, deployment, busiest_level(system, table, deployment));
  const Amounts amounts = amounts_of(system);
  std::vector<ItemGroup> groups;
  std::vector<ComponentId> ids;
  for (ComponentId id = 0; id < counts.size(); ++id) {
    const int count = std::accumulate(counts[id].begin(), counts[id].end(), 0);
    if (count == 0) continue;
    const auto own = nodes_held(counts[id]);
    const Component& component = system.components[id];
    groups.push_back(arriving(system, amounts, id, count, std::vector<int>(counts[id].size(), 0),
                              component.pinned ? own : component.allowed, std::nullopt));
    ids.push_back(id);
    if (component.pinned) keep_pinned(groups.back(), own);
  }
  if (groups.empty()) return EveryOrder::fits;
  const ArrivalResult result = arrivals(amounts.capacity, groups, most_states);
  if (result.answer == EveryOrder::strands && stranded != nullptr) *stranded = ids[result.stranded];
  return result.answer;
}

}  // namespace

bool has_headroom(const System& system, const Deployment& deployment) {
  return has_headroom(system, load_table(system), deployment);
}

bool has_headroom(const System& system, const LoadTable& table, const Deployment& deployment,
                  const Stop& stop) {
  if (system.nodes.empty()) return true;
  const Counts counts =
      replicas_per_node(system, table, deployment, busiest_level(system, table, deployment));
  const Amounts amounts = amounts_of(system);
  const auto free = free_amounts(amounts, counts);
  for (NodeId lost = 0; lost < system.nodes.size(); ++lost) {
    std::vector<ItemGroup> groups;
    for (ComponentId id = 0; id < counts.size(); ++id) {
      if (!system.components[id].movable || counts[id][lost] == 0) continue;
      groups.push_back(refugees(system, amounts, id, counts[id], lost));
    }
    constexpr std::size_t kMostSteps = 1'000'000;
    if (!groups.empty() && !pack(free, groups, kMostSteps, stop).fits) return false;
  }
  return true;
}

EveryOrder headroom_in_every_order(const System& system, const LoadTable& table,
                                   const Deployment& deployment,
                                   const std::vector<ComponentId>& replaced, ComponentId* stranded,
                                   NodeId* lost) {
  if (system.nodes.empty()) return EveryOrder::fits;
  const Counts counts =
      replicas_per_node(system, table, deployment, busiest_level(system, table, deployment));
  const Amounts amounts = amounts_of(system);
  const auto free = free_amounts(amounts, counts);
  EveryOrder answer = EveryOrder::fits;
  for (NodeId node = 0; node < system.nodes.size(); ++node) {
    std::vector<ItemGroup> groups;
    std::vector<ComponentId> ids;
    for (ComponentId id = 0; id < counts.size(); ++id) {
      const bool counted = system.components[id].movable;
      const bool arrives = counted || std::ranges::find(replaced, id) != replaced.end();
      if (!arrives || counts[id][node] == 0) continue;
      groups.push_back(refugees(system, amounts, id, counts[id], node));
      groups.back().optional = !counted;
      ids.push_back(id);
      if (!system.components[id].pinned) continue;
      auto own = nodes_held(counts[id]);
      std::erase(own, node);
      keep_pinned(groups.back(), own);
    }
    const ArrivalResult result = arrivals(free, groups);
    if (result.answer == EveryOrder::unknown) answer = EveryOrder::unknown;
    if (result.answer != EveryOrder::strands) continue;
    if (stranded != nullptr) *stranded = ids[result.stranded];
    if (lost != nullptr) *lost = node;
    return EveryOrder::strands;
  }
  return answer;
}

EveryOrder start_in_every_order(const System& system, const LoadTable& table,
                                const Deployment& deployment, ComponentId* stranded) {
  constexpr std::size_t kMostStates = 20'000;
  return start(system, table, deployment, stranded, kMostStates);
}

std::vector<ComponentId> pins_for_start(const System& system, const LoadTable& table,
                                        const Deployment& deployment) {
  constexpr std::size_t kMostStates = 5'000;
  constexpr std::size_t kMostPins = 8;
  System trial = system;
  std::vector<ComponentId> pins;
  const auto pin = [&](ComponentId id, bool pinned) { trial.components[id].pinned = pinned; };
  ComponentId stranded = 0;
  auto answer = start(trial, table, deployment, &stranded, kMostStates);
  // First what is left over, then whoever may have taken its room.
  for (ComponentId next = 0; answer == EveryOrder::strands;) {
    ComponentId id = stranded;
    if (trial.components[id].pinned) {
      while (next < trial.components.size() &&
             (!trial.components[next].replicated() || trial.components[next].pinned))
        ++next;
      if (next == trial.components.size()) return {};
      id = next;
    }
    if (pins.size() == kMostPins) return {};
    pin(id, true);
    pins.push_back(id);
    answer = start(trial, table, deployment, &stranded, kMostStates);
  }
  if (answer != EveryOrder::fits) return {};
  for (auto it = pins.begin(); it != pins.end();) {
    pin(*it, false);
    const bool needless =
        start(trial, table, deployment, &stranded, kMostStates) == EveryOrder::fits;
    if (!needless) pin(*it, true);
    it = needless ? pins.erase(it) : it + 1;
  }
  std::ranges::sort(pins);
  return pins;
}

}  // namespace haplan::model
