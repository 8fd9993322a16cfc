#include "model/availability/occupancy.hpp"

#include <set>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr std::int64_t kOnePod = 1000;  // in thousandths, as all amounts

std::int64_t capacity_of(const Node& node, const std::string& resource) {
  if (node.capacity.empty()) return kUnlimited;
  const auto at = node.capacity.find(resource);
  if (at != node.capacity.end()) return at->second;
  return resource == "cpu" || resource == "memory" || resource == "pods" ? kUnlimited : 0;
}

}  // namespace

Amounts amounts_of(const System& system) {
  std::set<std::string> names{"pods"};
  for (const Component& component : system.components) {
    for (const auto& [name, amount] : component.requests) names.insert(name);
  }
  Amounts amounts;
  amounts.resource.assign(names.begin(), names.end());
  for (const Component& component : system.components) {
    std::vector<std::int64_t>& request = amounts.request.emplace_back();
    for (const std::string& name : amounts.resource) {
      const auto at = component.requests.find(name);
      request.push_back((at == component.requests.end() ? 0 : at->second) +
                        (name == "pods" ? kOnePod : 0));
    }
  }
  for (const Node& node : system.nodes) {
    std::vector<std::int64_t>& capacity = amounts.capacity.emplace_back();
    for (const std::string& name : amounts.resource) capacity.push_back(capacity_of(node, name));
  }
  return amounts;
}

std::vector<std::vector<int>> replicas_per_node(const System& system, const LoadTable& table,
                                                const Deployment& deployment, LevelId level) {
  HAPLAN_EXPECTS(deployment.components.size() == system.components.size());
  std::vector<std::vector<int>> counts(system.components.size(),
                                       std::vector<int>(system.nodes.size(), 0));
  for (ComponentId id = 0; id < counts.size(); ++id) {
    if (!system.components[id].replicated()) continue;
    const ComponentPlan& plan = deployment.components[id];
    const auto n = static_cast<std::size_t>(replicas_at(system, table, plan, id, level));
    HAPLAN_EXPECTS(n <= plan.nodes.size());
    for (std::size_t i = 0; i < n; ++i) {
      HAPLAN_EXPECTS(plan.nodes[i] < system.nodes.size());
      ++counts[id][plan.nodes[i]];
    }
  }
  return counts;
}

std::optional<std::size_t> spread_domain(const System& system, const Spread& spread, NodeId node) {
  if (spread.over == "node") return node;
  for (auto parent = system.nodes[node].parent; parent; parent = system.domains[*parent].parent) {
    if (system.domains[*parent].level == spread.over) return parent;
  }
  return std::nullopt;
}

bool shares_one_node(const System& system, const Component& component) {
  return component.storage.claim && system.claims[*component.storage.claim].read_write_once;
}

bool spreads_hard(const System& system, const Component& component) {
  return component.spread.hard && !shares_one_node(system, component);
}

}  // namespace haplan::model
