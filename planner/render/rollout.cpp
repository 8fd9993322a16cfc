#include <algorithm>
#include <map>

#include "model/system/load.hpp"
#include "planner/render/rolling.hpp"
#include "planner/render/workload.hpp"

/// How a workload may lose pods on purpose; see workload.hpp.
namespace haplan::planner {
namespace {

/// Replicas that must serve of `count` at a level.
int needed_of(const model::Component& component, const model::LoadTable& load,
              model::ComponentId id, model::LevelId level, int count) {
  if (component.type == model::ComponentType::quorum) return count / 2 + 1;
  return load.need[level][id];
}

/// More than any node holds.
constexpr std::int64_t kPlenty = 100000;

/// How many pods of a component fit on a node beside all that the plan has there.
int room_on(const model::System& system, const model::Deployment& deployment, model::ComponentId id,
            model::NodeId node) {
  constexpr std::int64_t kOnePod = 1000;  // quantities are counted in thousandths
  const auto& capacity = system.nodes[node].capacity;
  const auto request = [&](model::ComponentId c, const std::string& name) {
    const auto& requests = system.components[c].requests;
    const auto found = requests.find(name);
    return (found == requests.end() ? 0 : found->second) + (name == "pods" ? kOnePod : 0);
  };
  std::int64_t room = kPlenty;
  for (const auto& [name, amount] : capacity) {
    const auto asked = request(id, name);
    if (asked == 0) continue;
    std::int64_t left = amount;
    for (model::ComponentId c = 0; c < system.components.size(); ++c) {
      const auto& places = deployment.components[c].nodes;
      left -= request(c, name) * std::count(places.begin(), places.end(), node);
    }
    room = std::min(room, std::max<std::int64_t>(left, 0) / asked);
  }
  return static_cast<int>(room);
}

/// The nodes that new pods of a component may use, one for each replica that the plan has there.
Rolling rolling_of(const model::System& system, const model::Deployment& deployment,
                   model::ComponentId id) {
  const auto& component = system.components[id];
  const auto& plan = deployment.components[id];
  const bool bound = bound_to_one_node(system, component) && !plan.nodes.empty();
  Rolling rolling;
  std::vector<std::map<std::string, int>> numbers;
  std::vector<model::Spread> rules;
  if (!bound)
    for (const auto& rule : rules_of(component, plan))
      if (rule.hard) rules.push_back(rule);
  for (const auto& rule : rules) {
    rolling.skews.push_back(rule.max_skew);
    numbers.emplace_back();
  }
  auto nodes = open_nodes(system, component, plan);
  if (bound) nodes = {plan.nodes.front()};
  for (const auto id_of_node : nodes) {
    RollingNode node;
    node.room = room_on(system, deployment, id, id_of_node);
    node.old = static_cast<int>(std::count(plan.nodes.begin(), plan.nodes.end(), id_of_node));
    for (std::size_t rule = 0; rule < rules.size(); ++rule) {
      const auto domain = domain_at(system, id_of_node, rules[rule].over);
      const int next = static_cast<int>(numbers[rule].size());
      node.domains.push_back(
          domain.empty() ? -1 : numbers[rule].try_emplace(domain, next).first->second);
    }
    rolling.nodes.push_back(std::move(node));
  }
  return rolling;
}

/// Whether an update with or without surge ends whatever the scheduler does, as far as it is known.
bool ends(Rolling rolling, bool surge) {
  rolling.surge = surge;
  return always_ends(rolling).value_or(true);
}

}  // namespace

Rollout rollout_of(const model::System& system, const model::Deployment& deployment,
                   model::ComponentId id, const std::string& kind, bool alone) {
  const auto& component = system.components[id];
  const auto& plan = deployment.components[id];
  const auto load = model::load_table(system);
  int spare = plan.autoscale ? plan.autoscale->min : plan.replicas;
  for (model::LevelId level = 0; level < system.levels.size(); ++level) {
    const int count = model::replicas_at(system, load, plan, id, level);
    spare = std::min(spare, count - needed_of(component, load, id, level, count));
  }
  Rollout rollout;
  rollout.spare = spare >= 1;
  const bool deployments = kind == "Deployment";
  if (deployments && !component.allowed.empty()) {
    auto rolling = rolling_of(system, deployment, id);
    rolling.alone = alone;
    rollout.full = std::none_of(rolling.nodes.begin(), rolling.nodes.end(),
                                [](const auto& node) { return node.room > 0; });
    rollout.room = !rollout.full && ends(rolling, true);
    rollout.stuck = !rollout.room && rollout.spare && !ends(rolling, false);
  }
  rollout.surge = deployments && (rollout.room || !rollout.spare);
  const int most = plan.autoscale ? plan.autoscale->max : plan.replicas;
  // Kubernetes: a quarter more, a quarter less, the latter rounded down.
  rollout.usual = !deployments || (rollout.room && most / 4 <= std::max(spare, 0));
  return rollout;
}

}  // namespace haplan::planner
