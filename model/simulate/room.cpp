#include "model/simulate/room.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "model/packing/packing.hpp"

namespace haplan::model {

namespace {

constexpr std::int64_t kPlenty = std::numeric_limits<std::int64_t>::max() / 8;

std::int64_t capacity_for(const Node& node, const std::string& resource) {
  const auto found = node.capacity.find(resource);
  if (found != node.capacity.end()) return found->second;
  const bool usual = resource == "cpu" || resource == "memory" || resource == "pods";
  return node.capacity.empty() || usual ? kPlenty : 0;
}

/// What is on the lost node and looks for another.
ItemGroup homeless(const System& system, const RoomTable& table, ComponentId id,
                   const std::vector<int>& on, NodeId lost) {
  const Component& component = system.components[id];
  const bool together = stands_together(system, component);
  ItemGroup group;
  group.count = on[lost];
  group.size = table.request[id];
  group.placed = on;
  group.placed[lost] = 0;
  group.domain.assign(on.size(), kNoDomain);
  group.max_skew = component.spread.max_skew;
  group.hard_spread = component.spread.hard && !together;
  if (together) group.together = component.storage.claim;
  for (const NodeId node : component.allowed) {
    if (node == lost) continue;
    const std::optional<std::size_t> place = spread_place(system, component, node);
    group.domain[node] = place.value_or(kNoDomain);
    if (place || !group.hard_spread) group.allowed.push_back(node);
  }
  return group;
}

}  // namespace

RoomTable room_table(const System& system) {
  std::map<std::string, bool> names{{"pods", true}};
  for (const Component& component : system.components)
    for (const auto& request : component.requests) names[request.first] = true;
  RoomTable table;
  for (const Component& component : system.components) {
    std::vector<std::int64_t>& row = table.request.emplace_back();
    for (const auto& entry : names) {
      const auto found = component.requests.find(entry.first);
      const std::int64_t asked = found == component.requests.end() ? 0 : found->second;
      row.push_back(entry.first == "pods" ? asked + 1000 : asked);  // thousandths of a pod
    }
  }
  for (const Node& node : system.nodes) {
    std::vector<std::int64_t>& row = table.capacity.emplace_back();
    for (const auto& entry : names) row.push_back(capacity_for(node, entry.first));
  }
  return table;
}

bool stands_together(const System& system, const Component& component) {
  return component.storage.claim && system.claims[*component.storage.claim].read_write_once;
}

std::optional<std::size_t> spread_place(const System& system, const Component& component,
                                        NodeId node) {
  if (component.spread.over == "node") return node;
  std::optional<DomainId> at = system.nodes[node].parent;
  while (at && system.domains[*at].level != component.spread.over) at = system.domains[*at].parent;
  return at;
}

bool room_for_each_loss(const System& system, const Deployment& deployment, const Demand& demand) {
  const std::size_t nodes = system.nodes.size();
  const RoomTable table = room_table(system);
  const std::vector<int>& running = demand.replicas[demand.busiest()];
  std::vector<std::vector<int>> on(running.size(), std::vector<int>(nodes, 0));
  std::vector<std::vector<std::int64_t>> left = table.capacity;
  for (ComponentId id = 0; id < running.size() && nodes > 0; ++id)
    for (int i = 0; i < running[id]; ++i) {
      const NodeId node = deployment.components[id].nodes[static_cast<std::size_t>(i)];
      ++on[id][node];
      for (std::size_t r = 0; r < left[node].size(); ++r) left[node][r] -= table.request[id][r];
    }
  for (NodeId lost = 0; lost < nodes; ++lost) {
    std::vector<ItemGroup> groups;
    for (ComponentId id = 0; id < running.size(); ++id)
      if (system.components[id].movable && on[id][lost] > 0)
        groups.push_back(homeless(system, table, id, on[id], lost));
    if (!groups.empty() && !pack(left, groups).fits) return false;
  }
  return true;
}

}  // namespace haplan::model
