#include "model/availability/stages.hpp"

#include <algorithm>

namespace haplan::model {

namespace {

double settle_delay(const System& system, const Deployment& deployment, ComponentId id,
                    double detection, double start, double ready) {
  const Component& component = system.components[id];
  const double reattach =
      component.storage.kind == StorageKind::network ? component.storage.reattach : 0.0;
  return detection + deployment.toleration_seconds + start + ready + reattach;
}

/// Cuts the stages of one node from the components' delays; delays of components not on it are negative.
NodeStages cut(const std::vector<double>& delays, double limit) {
  NodeStages stages;
  for (const double delay : delays)
    if (delay >= 0.0 && delay < limit) stages.bounds.push_back(delay);
  std::sort(stages.bounds.begin(), stages.bounds.end());
  stages.bounds.erase(std::unique(stages.bounds.begin(), stages.bounds.end()), stages.bounds.end());
  for (const double delay : delays) {
    std::size_t from = stages.count();
    if (delay >= 0.0 && delay < limit)
      from = static_cast<std::size_t>(
                 std::lower_bound(stages.bounds.begin(), stages.bounds.end(), delay) -
                 stages.bounds.begin()) +
             1;
    stages.serves_from.push_back(from);
  }
  return stages;
}

std::vector<NodeStages> cut_all(const System& system, const Deployment& deployment, double limit,
                                const std::vector<double>& delay_of) {
  std::vector<NodeStages> all;
  for (NodeId node = 0; node < system.nodes.size(); ++node) {
    std::vector<double> delays(system.components.size(), -1.0);
    for (ComponentId c = 0; c < delays.size(); ++c) {
      const std::vector<NodeId>& nodes = deployment.components[c].nodes;
      if (std::find(nodes.begin(), nodes.end(), node) != nodes.end()) delays[c] = delay_of[c];
    }
    all.push_back(cut(delays, limit));
  }
  return all;
}

/// First node allowed to every component that uses the claim, other than `drained`.
NodeId first_common_node(const System& system, ClaimId claim, NodeId drained) {
  for (NodeId node = 0; node < system.nodes.size(); ++node) {
    const bool allowed =
        node != drained && std::ranges::all_of(system.components, [&](const Component& user) {
          return user.storage.claim != claim || std::ranges::binary_search(user.allowed, node);
        });
    if (allowed) return node;
  }
  return kOut;
}

}  // namespace

double reschedule_delay(const System& system, const Deployment& deployment, ComponentId component,
                        const ReplicaModel& replica) {
  return settle_delay(system, deployment, component, system.node_detection.mean, replica.start,
                      replica.ready_mean);
}

double reschedule_delay_worst(const System& system, const Deployment& deployment,
                              ComponentId component, const ReplicaModel& replica) {
  return settle_delay(system, deployment, component, system.node_detection.worst, replica.start,
                      replica.ready_worst);
}

std::vector<NodeStages> reschedule_stages(const System& system, const Deployment& deployment,
                                          const std::vector<ReplicaModel>& replicas,
                                          bool headroom) {
  std::vector<double> delays(system.components.size(), -1.0);
  for (ComponentId c = 0; headroom && c < delays.size(); ++c)
    if (system.components[c].movable)
      delays[c] = reschedule_delay(system, deployment, c, replicas[c]);
  return cut_all(system, deployment, 1e300, delays);
}

double drain_delay(const Component& component, const ReplicaModel& replica) {
  return std::min(component.shutdown, component.grace) + replica.start + replica.ready_mean;
}

std::vector<NodeStages> drain_stages(const System& system, const Deployment& deployment,
                                     const std::vector<ReplicaModel>& replicas) {
  std::vector<double> delays(system.components.size(), -1.0);
  for (ComponentId c = 0; c < delays.size(); ++c) {
    if (system.components[c].movable) delays[c] = drain_delay(system.components[c], replicas[c]);
  }
  return cut_all(system, deployment, system.drain ? system.drain->per_node : 0.0, delays);
}

std::vector<NodeId> nodes_during_drain(const System& system, ComponentId component,
                                       const std::vector<NodeId>& nodes, NodeId drained,
                                       bool moved) {
  const Component& what = system.components[component];
  std::vector<NodeId> now(nodes);
  std::vector<int> replicas(system.nodes.size(), 0);
  for (NodeId& node : now) {
    if (node == drained)
      node = kOut;
    else
      ++replicas[node];
  }
  if (!moved) return now;
  const bool together = what.storage.claim && system.claims[*what.storage.claim].read_write_once;
  for (NodeId& node : now) {
    if (node != kOut) continue;
    if (together) {
      node = first_common_node(system, *what.storage.claim, drained);
      continue;
    }
    for (const NodeId candidate : what.allowed)
      if (candidate != drained && (node == kOut || replicas[candidate] < replicas[node]))
        node = candidate;
    if (node != kOut) ++replicas[node];
  }
  return now;
}

}  // namespace haplan::model
