#include <algorithm>
#include <limits>

#include "model/availability/service_levels.hpp"
#include "model/recovery/failover.hpp"

namespace haplan::model {

namespace {

/// When something serves again after a loss, and who decides it.
struct Return {
  double time = 0.0;  ///< [s]
  bool is_mean = false;
  std::string decided_by;
};

bool sooner(const Return& a, const Return& b) { return a.time < b.time; }

double mean_repair(const Node& node) {
  double rate = 0.0;
  double weighted = 0.0;
  for (const DomainMode& mode : node.modes) {
    rate += mode.rate;
    weighted += mode.rate * mode.repair;
  }
  return rate > 0.0 ? weighted / rate : std::numeric_limits<double>::infinity();
}

class Drill {
 public:
  Drill(const ServiceContext& context, NodeId lost, LevelId level)
      : context_(context), system_(context.system), lost_(lost), level_(level) {}

  /// A gate is back with its n-th member.
  Return back(const Requirement& requirement) {
    using Kind = Requirement::Kind;
    if (requirement.kind == Kind::component) return back(requirement.component);
    std::vector<Return> members;
    for (const Requirement& member : requirement.of) members.push_back(back(member));
    if (members.empty()) return {};
    std::stable_sort(members.begin(), members.end(), sooner);
    const std::size_t needed = requirement.kind == Kind::all ? members.size()
                               : requirement.kind == Kind::any
                                   ? 1
                                   : static_cast<std::size_t>(requirement.n);
    return members[needed - 1];
  }

  /// Replicas of the component on the lost node at this level.
  [[nodiscard]] int hit(ComponentId id) const {
    const std::vector<NodeId>& nodes = context_.deployment.components[id].nodes;
    return static_cast<int>(std::count(nodes.begin(), nodes.begin() + replicas(id), lost_));
  }

  [[nodiscard]] int replicas(ComponentId id) const {
    return context_.compiled.tables[context_.compiled.table_of[level_][id]].replicas;
  }

 private:
  Return back(ComponentId id) {
    const Component& component = system_.components[id];
    const Return needs = back(component.depends_on);
    const Return own = component.type == ComponentType::gate ? back(component.gate)
                       : component.replicated()              ? own_return(id)
                                                             : Return{};
    return sooner(own, needs) ? needs : own;
  }

  Return own_return(ComponentId id) {
    const Component& component = system_.components[id];
    const int lost = hit(id);
    if (lost == 0) return {};
    const TableKey& key = context_.compiled.tables[context_.compiled.table_of[level_][id]];
    const double repair = mean_repair(system_.nodes[lost_]);
    if (key.replicas - lost < key.need) {
      if (component.movable && context_.compiled.headroom)
        return {reschedule_delay_worst(system_, context_.deployment, id,
                                       context_.components.replicas[id]),
                false, component.name};
      return {repair, true, component.name};
    }
    if (component.type == ComponentType::stateless || !component.failover) return {};
    if (effective_success(component, key.replicas) == 0.0)
      return {std::min(repair, component.failover->manual), true, component.name};
    const FailoverTime time =
        failover_time(component.failover->controller, context_.deployment.components[id].failover,
                      system_.node_detection);
    return {time.worst, false, component.name};
  }

  const ServiceContext& context_;
  const System& system_;
  NodeId lost_;
  LevelId level_;
};

}  // namespace

std::vector<NodeLoss> node_losses(const ServiceContext& context, ServiceId service) {
  const System& system = context.system;
  const auto& rates = context.compiled.load.service_rate;
  LevelId busiest = 0;
  for (LevelId l = 1; l < system.levels.size(); ++l)
    if (rates[l][service] > rates[busiest][service]) busiest = l;
  std::vector<NodeLoss> losses;
  for (NodeId node = 0; node < system.nodes.size(); ++node) {
    NodeLoss loss;
    loss.node = node;
    for (LevelId l = 0; l < system.levels.size(); ++l) {
      const Return back = Drill(context, node, l).back(system.services[service].requires_);
      if (back.time <= loss.until_up) continue;
      loss.until_up = back.time;
      loss.is_mean = back.is_mean;
      loss.decided_by = back.decided_by;
    }
    // A request fails when any component on its path sends it to a replica of the lost node.
    const Drill drill(context, node, busiest);
    double survives = 1.0;
    for (const ComponentId c : path_of(system, service)) {
      const Component& component = system.components[c];
      if (!component.replicated() || drill.hit(c) == 0) continue;
      const double share = component.type == ComponentType::primary_replica
                               ? 1.0
                               : static_cast<double>(drill.hit(c)) / drill.replicas(c);
      survives *= 1.0 - share * (1.0 - component.retry);
    }
    loss.failed_share = 1.0 - survives;
    if (loss.failed_share > 0.0)
      loss.until_avoided = system.node_detection.worst + system.propagation;
    losses.push_back(loss);
  }
  return losses;
}

}  // namespace haplan::model
