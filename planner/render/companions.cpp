#include "planner/render/companions.hpp"

#include <map>
#include <set>
#include <utility>

namespace haplan::planner {

bool bound_to_one_node(const model::System& system, const model::Component& component) {
  return component.storage.claim && system.claims[*component.storage.claim].read_write_once;
}

int pods_of_claim(const model::System& system, const model::Deployment& deployment,
                  const model::Component& component) {
  if (!bound_to_one_node(system, component)) return 0;
  int pods = 0;
  for (model::ComponentId c = 0; c < system.components.size(); ++c)
    if (system.components[c].storage.claim == component.storage.claim) {
      const auto& plan = deployment.components[c];
      pods += plan.autoscale ? plan.autoscale->max : plan.replicas;
    }
  return pods;
}

std::set<model::NodeId> usable_nodes(const model::System& system,
                                     const model::Deployment& deployment, model::ComponentId id) {
  const auto open_to = [&](model::ComponentId c) {
    const auto& component = system.components[c];
    const auto& places = deployment.components[c].nodes;
    const auto& ids = component.pinned && !places.empty() ? places : component.allowed;
    return std::set<model::NodeId>(ids.begin(), ids.end());
  };
  auto nodes = open_to(id);
  const auto& component = system.components[id];
  if (!bound_to_one_node(system, component)) return nodes;
  for (model::ComponentId c = 0; c < system.components.size(); ++c) {
    if (system.components[c].storage.claim != component.storage.claim) continue;
    const auto others = open_to(c);
    std::erase_if(nodes, [&](model::NodeId node) { return !others.count(node); });
  }
  return nodes;
}

LabelSelector one_selector(const std::vector<Labels>& sets) {
  std::map<std::string, std::set<std::string>> values;
  for (const auto& labels : sets) {
    if (labels.size() != sets.front().size()) return {};
    for (const auto& [label, value] : labels) values[label].insert(value);
  }
  if (values.size() != sets.front().size()) return {};
  LabelSelector selector;
  bool same = true;  // but for one label
  for (const auto& [label, value] : sets.front()) {
    const auto& any = values[label];
    if (any.size() > 1 && !std::exchange(same, false)) return {};
    selector.emplace_back(label, std::vector<std::string>(any.begin(), any.end()));
  }
  return selector;
}

}  // namespace haplan::planner
