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

/// The nodes that new pods of a component may use, with what the plan has there; of users of a
/// ReadWriteOnce claim the one that they share, the fullest that the scheduler may choose.
Rolling rolling_of(const model::System& system, const model::Deployment& deployment,
                   model::ComponentId id) {
  const auto& component = system.components[id];
  const auto& plan = deployment.components[id];
  const bool bound = bound_to_one_node(system, component) && !plan.nodes.empty();
  Rolling rolling;
  std::vector<std::map<std::string, int>> numbers;
  std::vector<model::Spread> rules;
  for (const auto& rule : rules_of(component, plan))
    if (rule.hard && !bound) rules.push_back(rule);
  for (const auto& rule : rules) {
    rolling.skews.push_back(rule.max_skew);
    numbers.emplace_back();
  }
  if (bound) {
    rolling.nodes.push_back({std::max(room_of_claim(system, deployment, id), 0),
                             static_cast<int>(plan.nodes.size()),
                             {}});
    return rolling;
  }
  for (const auto id_of_node : open_nodes(system, component, plan)) {
    RollingNode node;
    node.room = std::max(room_on(system, deployment, id, id_of_node, false), 0);
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
