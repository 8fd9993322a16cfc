#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "model/system/load.hpp"
#include "planner/render/rolling.hpp"
#include "planner/render/workload.hpp"

/// How a workload may lose pods on purpose; see workload.hpp.
namespace haplan::planner {
namespace {

constexpr int kPlenty = 100000;  // more pods than any node holds

/// Replicas that must serve of `count` at a level.
int needed_of(const model::Component& component, const model::LoadTable& load,
              model::ComponentId id, model::LevelId level, int count) {
  if (component.type == model::ComponentType::quorum) return count / 2 + 1;
  return load.need[level][id];
}

/// Pods of a component on a node at most, whichever nodes the scheduler takes under the written rules.
std::size_t most_on(const model::System& system, const model::Component& component,
                    const model::ComponentPlan& plan, model::NodeId node) {
  const auto nodes = open_nodes(system, component, plan);
  if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) return 0;
  const auto pods = static_cast<int>(plan.nodes.size());
  int most = pods;
  if (bound_to_one_node(system, component)) return plan.nodes.size();
  for (const auto& rule : rules_of(component, plan)) {
    if (!rule.hard) continue;
    std::set<std::string> domains;
    for (const auto one : nodes) domains.insert(domain_at(system, one, rule.over));
    domains.erase("");
    if (domain_at(system, node, rule.over).empty()) return 0;
    const auto others = static_cast<int>(domains.size()) - 1;
    // The other domains hold at most max_skew fewer each, and none less than nothing.
    most = std::min(most, std::max(std::min(pods, rule.max_skew),
                                   (pods + others * rule.max_skew) / (others + 1)));
  }
  return static_cast<std::size_t>(most);
}

/// Room for more pods of a component on a node, where all others crowd there as far as they may.
int least_room(const model::System& system, const model::Deployment& deployment,
               model::ComponentId id, model::NodeId node, bool with_claim) {
  auto there = crowd_on(system, deployment, id, node, with_claim);
  const auto& claim = system.components[id].storage.claim;
  for (model::ComponentId c = 0; c < system.components.size(); ++c) {
    const auto& other = system.components[c];
    const bool together = c == id || (with_claim && claim && other.storage.claim == claim);
    if (other.replicated() && !together)
      there[c] = most_on(system, other, deployment.components[c], node);
  }
  return std::max(room_on(system, id, node, there), 0);
}

/// The nodes that new pods of a component may use, with the least room that the others may leave
/// there; of users of a ReadWriteOnce claim the one that they share, the fullest that the scheduler
/// may choose.
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
    std::optional<int> room;
    for (const auto node : usable_nodes(system, deployment, id))
      if (!system.nodes[node].down)
        room = std::min(room.value_or(kPlenty), least_room(system, deployment, id, node, true));
    rolling.nodes.push_back({room.value_or(0), static_cast<int>(plan.nodes.size()), {}});
    return rolling;
  }
  for (const auto id_of_node : open_nodes(system, component, plan)) {
    RollingNode node;
    node.room = least_room(system, deployment, id, id_of_node, false);
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
    const auto open = open_nodes(system, component, plan);
    rollout.full = std::none_of(open.begin(), open.end(), [&](model::NodeId node) {
      return room_on(system, id, node, crowd_on(system, deployment, id, node, false)) > 0;
    });
    rollout.room = ends(rolling, true);
    rollout.stuck = !rollout.room && rollout.spare && !ends(rolling, false);
  }
  rollout.surge = deployments && (rollout.room || !rollout.spare);
  const int most = plan.autoscale ? plan.autoscale->max : plan.replicas;
  // Kubernetes: a quarter more, a quarter less, the latter rounded down.
  rollout.usual = !deployments || (rollout.room && most / 4 <= std::max(spare, 0));
  return rollout;
}

}  // namespace haplan::planner
