#include <algorithm>

#include "model/system/load.hpp"
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

/// Whether some node that the component may use has room for one replica more than planned; of
/// users of a ReadWriteOnce claim the one that they share.
bool has_room(const model::System& system, const model::Deployment& deployment,
              model::ComponentId id) {
  const auto& component = system.components[id];
  const auto& plan = deployment.components[id];
  auto nodes = open_nodes(system, component, plan);
  if (bound_to_one_node(system, component) && !plan.nodes.empty()) nodes = {plan.nodes.front()};
  for (const auto node : nodes) {
    const auto& capacity = system.nodes[node].capacity;
    const bool fits =
        std::all_of(component.requests.begin(), component.requests.end(), [&](const auto& asked) {
          const auto room = capacity.find(asked.first);
          if (room == capacity.end()) return true;
          std::int64_t used = asked.second;
          for (model::ComponentId c = 0; c < system.components.size(); ++c) {
            const auto request = system.components[c].requests.find(asked.first);
            if (request == system.components[c].requests.end()) continue;
            const auto& places = deployment.components[c].nodes;
            used += request->second * std::count(places.begin(), places.end(), node);
          }
          return used <= room->second;
        });
    if (fits) return true;
  }
  return component.allowed.empty();
}

}  // namespace

Rollout rollout_of(const model::System& system, const model::Deployment& deployment,
                   model::ComponentId id, const std::string& kind) {
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
  rollout.room = has_room(system, deployment, id);
  const bool deployments = kind == "Deployment";
  rollout.surge = deployments && (rollout.room || !rollout.spare);
  const int most = plan.autoscale ? plan.autoscale->max : plan.replicas;
  // Kubernetes: a quarter more, a quarter less, the latter rounded down.
  rollout.usual = !deployments || (rollout.room && most / 4 <= std::max(spare, 0));
  return rollout;
}

}  // namespace haplan::planner
