#include <algorithm>

#include "model/simulate/layout_parts.hpp"
#include "model/simulate/room.hpp"

namespace haplan::model {

namespace {

constexpr double kWhole = std::numeric_limits<double>::infinity();

/// [s] a node must be down until the replicas of a component run elsewhere; kWhole: they never do.
double reschedule_after(const Layout& layout, ComponentId id) {
  const Component& component = layout.system.components[id];
  if (!component.movable) return kWhole;
  const ReplicaTimes& times = layout.times[id];
  double delay = layout.system.node_detection.mean + layout.deployment.toleration_seconds +
                 times.start + times.ready_mean;
  if (component.storage.kind == StorageKind::network) delay += component.storage.reattach;
  return delay;
}

/// Ends of the stages into which the delays of the replicas at home on a node cut its outage.
std::vector<double> stages_of(const Layout& layout, std::uint32_t node, double limit,
                              const std::vector<double>& delay) {
  std::vector<double> ends;
  for (const std::uint32_t r : layout.home[node]) {
    const double at = delay[layout.replicas[r].component];
    if (at < limit) ends.push_back(at);
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

/// First stage in which something that takes `delay` is over.
std::uint32_t stage_after(const std::vector<double>& ends, double delay) {
  const auto at = std::find(ends.begin(), ends.end(), delay);
  return at == ends.end() ? kNowhere : static_cast<std::uint32_t>(at - ends.begin()) + 1;
}

bool allowed_on(const Component& component, NodeId node) {
  return std::find(component.allowed.begin(), component.allowed.end(), node) !=
         component.allowed.end();
}

/// Where users of one claim go together.
std::uint32_t common_place(const System& system, const Component& component, NodeId drained) {
  for (NodeId node = 0; node < system.nodes.size(); ++node) {
    bool all = node != drained;
    for (const Component& user : system.components)
      if (user.storage.claim == component.storage.claim) all = all && allowed_on(user, node);
    if (all) return static_cast<std::uint32_t>(node);
  }
  return kNowhere;
}

/// MODEL 2, maintenance: where the replicas of a drained node go, one after another.
std::vector<std::uint32_t> moves_from(const Layout& layout, LevelId level, std::uint32_t drained) {
  const System& system = layout.system;
  std::vector<std::uint32_t> targets;
  std::vector<std::vector<int>> on(system.components.size());
  for (const Replica& replica : layout.replicas) {
    on[replica.component].resize(system.nodes.size(), 0);
    const int running = layout.demand.replicas[level][replica.component];
    if (static_cast<int>(replica.index) < running && replica.home != drained)
      ++on[replica.component][replica.home];
  }
  for (const std::uint32_t r : layout.home[drained]) {
    const Replica& replica = layout.replicas[r];
    const Component& component = system.components[replica.component];
    std::vector<int>& counts = on[replica.component];
    std::uint32_t target = kNowhere;
    const int running = layout.demand.replicas[level][replica.component];
    if (component.movable && static_cast<int>(replica.index) < running) {
      if (stands_together(system, component)) {
        target = common_place(system, component, drained);
      } else {
        for (const NodeId node : component.allowed)
          if (node != drained && (target == kNowhere || counts[node] < counts[target]))
            target = static_cast<std::uint32_t>(node);
        if (target != kNowhere) ++counts[target];
      }
    }
    targets.push_back(target);
  }
  return targets;
}

/// What a scheduler looks at, where replicas are really placed.
void lay_out_room(Layout& layout) {
  const System& system = layout.system;
  layout.room = room_table(system);
  for (const auto& capacity : layout.room.capacity)
    layout.bystanders.emplace_back(capacity.size(), 0);
  const std::vector<int>& running = layout.demand.replicas[layout.demand.busiest()];
  for (ComponentId id = 0; id < system.components.size(); ++id) {
    std::vector<std::uint32_t>& domains = layout.spread.emplace_back();
    for (NodeId node = 0; node < system.nodes.size(); ++node)
      domains.push_back(static_cast<std::uint32_t>(
          spread_place(system, system.components[id], node).value_or(kNowhere)));
    for (int i = 0; i < running[id] && !is_relevant(layout, id) && !system.nodes.empty(); ++i) {
      const NodeId node = layout.deployment.components[id].nodes[static_cast<std::size_t>(i)];
      for (std::size_t r = 0; r < layout.room.request[id].size(); ++r)
        layout.bystanders[node][r] += layout.room.request[id][r];
    }
  }
}

}  // namespace

void lay_out_places(Layout& layout) {
  const System& system = layout.system;
  std::vector<std::vector<std::uint32_t>> home(system.nodes.size());
  std::vector<std::vector<std::uint32_t>> beneath(system.domains.size());
  for (std::uint32_t r = 0; r < layout.replicas.size(); ++r)
    if (layout.replicas[r].home != kNowhere) home[layout.replicas[r].home].push_back(r);
  for (NodeId node = 0; node < system.nodes.size(); ++node)
    for (auto at = system.nodes[node].parent; at; at = system.domains[*at].parent)
      beneath[*at].push_back(static_cast<std::uint32_t>(node));
  layout.home = Lists(home);
  layout.beneath = Lists(beneath);
  layout.headroom = room_for_each_loss(system, layout.deployment, layout.demand);
  layout.credit = layout.assumptions.one_lost_node && layout.assumptions.instant_rebalancing;
  if (!layout.credit) lay_out_room(layout);

  std::vector<double> reschedule;
  std::vector<double> settle;
  for (ComponentId id = 0; id < system.components.size(); ++id) {
    reschedule.push_back(reschedule_after(layout, id));
    settle.push_back(system.components[id].movable ? layout.times[id].settle : kWhole);
  }
  const double drain = system.drain ? system.drain->per_node : 0.0;
  for (std::uint32_t node = 0; node < system.nodes.size(); ++node) {
    layout.ages.push_back(stages_of(layout, node, kWhole, reschedule));
    layout.settles.push_back(stages_of(layout, node, drain, settle));
  }
  for (Replica& replica : layout.replicas) {
    if (replica.home == kNowhere) continue;
    replica.serves_from = stage_after(layout.ages[replica.home], reschedule[replica.component]);
    replica.settles_from = stage_after(layout.settles[replica.home], settle[replica.component]);
  }
  for (LevelId level = 0; system.drain && level < system.levels.size(); ++level) {
    layout.moves.emplace_back();
    for (std::uint32_t node = 0; node < system.nodes.size(); ++node)
      layout.moves.back().push_back(moves_from(layout, level, node));
  }
}

}  // namespace haplan::model
