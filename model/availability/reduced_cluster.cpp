#include "model/availability/reduced_cluster.hpp"

#include <algorithm>
#include <map>

namespace haplan::model {

namespace {

bool can_use(const PlacementRule& rule, NodeId node) {
  const std::vector<NodeId>& nodes = rule.fixed ? *rule.fixed : rule.nodes;
  return std::ranges::find(nodes, node) != nodes.end();
}

std::vector<bool> kept_nodes(const System& system, const PlacementSpace& space,
                             const std::vector<std::size_t>& kind,
                             const std::vector<ComponentId>& components) {
  std::vector<bool> kept(system.nodes.size(), false);
  std::map<std::size_t, std::size_t> number;  // kept of each kind
  for (NodeId node = 0; node < kept.size(); ++node) {
    std::size_t together = 0;
    std::size_t alone = 0;
    for (const ComponentId c : components) {
      const PlacementRule& rule = space.rules[c];
      if (rule.counts.empty() || !can_use(rule, node)) continue;
      const std::size_t uses = rule.together ? 1 : static_cast<std::size_t>(rule.counts.back());
      together += uses;
      alone = std::max(alone, uses + 2);
    }
    std::size_t& have = number[kind[node]];
    kept[node] = have < std::max(together, alone);
    have += kept[node] ? 1 : 0;
  }
  for (const PlacementRule& rule : space.rules)
    if (rule.fixed)
      for (const NodeId node : *rule.fixed) kept[node] = true;
  return kept;
}

std::vector<NodeId> renamed(const std::vector<NodeId>& nodes, const std::vector<bool>& kept,
                            const std::vector<NodeId>& name) {
  std::vector<NodeId> result;
  for (const NodeId node : nodes)
    if (kept[node]) result.push_back(name[node]);
  return result;
}

Bystanders group_of(const System& system, NodeId node) {
  Bystanders group{.parent = system.nodes[node].parent};
  group.down = system.nodes[node].down;
  for (const Component& component : system.components)
    group.allowed.push_back(std::ranges::binary_search(component.allowed, node));
  return group;
}

}  // namespace

std::optional<ReducedCluster> reduced_cluster(const System& system, const Deployment& deployment,
                                              const PlacementSpace& space,
                                              const std::vector<ComponentId>& components,
                                              std::size_t most) {
  const std::vector<std::size_t> kind = interchangeable_nodes(system, space.rules);
  const std::vector<bool> kept = kept_nodes(system, space, kind, components);
  ReducedCluster result{system, deployment, {}};
  result.system.nodes.clear();
  std::vector<NodeId> name(system.nodes.size(), 0);
  std::map<std::size_t, Bystanders> groups;
  for (NodeId node = 0; node < system.nodes.size(); ++node) {
    if (kept[node]) {
      name[node] = result.system.nodes.size();
      result.system.nodes.push_back(system.nodes[node]);
      continue;
    }
    Bystanders& group = groups.try_emplace(kind[node], group_of(system, node)).first->second;
    double load = 0.0;
    for (const DomainMode& mode : system.nodes[node].modes) load += mode.rate * mode.repair;
    group.load += load + group.load * load;  // (1 + a)(1 + b) = 1 + (a + b + a b)
    ++group.count;
  }
  if (result.system.nodes.size() + groups.size() > most) return std::nullopt;
  for (auto& [first, group] : groups) result.beside.push_back(std::move(group));
  for (Component& component : result.system.components)
    component.allowed = renamed(component.allowed, kept, name);
  for (ComponentPlan& plan : result.deployment.components) {
    const std::size_t before = plan.nodes.size();
    plan.nodes = renamed(plan.nodes, kept, name);
    if (plan.nodes.size() != before) plan.nodes.clear();
  }
  return result;
}

}  // namespace haplan::model
