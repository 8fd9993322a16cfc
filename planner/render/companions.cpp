#include "planner/render/companions.hpp"

#include <algorithm>
#include <map>
#include <optional>
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

Crowd crowd_on(const model::System& system, const model::Deployment& deployment,
               model::ComponentId id, model::NodeId node, bool with_claim) {
  const auto& claim = system.components[id].storage.claim;
  Crowd there;
  for (model::ComponentId c = 0; c < system.components.size(); ++c) {
    const auto& places = deployment.components[c].nodes;
    const bool moves = with_claim && claim && system.components[c].storage.claim == claim;
    const auto on_node = std::count(places.begin(), places.end(), node);
    there.push_back(moves ? places.size() : static_cast<std::size_t>(on_node));
  }
  return there;
}

int room_on(const model::System& system, model::ComponentId id, model::NodeId node,
            const Crowd& there) {
  constexpr std::int64_t kOnePod = 1000;    // quantities are counted in thousandths
  constexpr std::int64_t kPlenty = 100000;  // more than any node holds
  const auto request = [&](model::ComponentId c, const std::string& name) {
    const auto& requests = system.components[c].requests;
    const auto found = requests.find(name);
    return (found == requests.end() ? 0 : found->second) + (name == "pods" ? kOnePod : 0);
  };
  std::int64_t room = kPlenty;
  for (const auto& [name, amount] : system.nodes[node].capacity) {
    const auto asked = request(id, name);
    std::int64_t left = amount;
    for (model::ComponentId c = 0; c < system.components.size(); ++c)
      left -= request(c, name) * static_cast<std::int64_t>(there[c]);
    if (left < 0)
      room = -1;
    else if (asked > 0)
      room = std::min(room, left / asked);
  }
  return static_cast<int>(room);
}

int room_of_claim(const model::System& system, const model::Deployment& deployment,
                  model::ComponentId id) {
  std::optional<int> least;
  for (const auto node : usable_nodes(system, deployment, id)) {
    if (system.nodes[node].down) continue;
    const int room = room_on(system, id, node, crowd_on(system, deployment, id, node, true));
    least = std::min(least.value_or(room), room);
  }
  return least.value_or(0);
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
