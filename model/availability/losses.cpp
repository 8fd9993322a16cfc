#include "model/availability/losses.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "model/base/contract.hpp"
#include "model/network/relevance.hpp"
#include "model/recovery/failover.hpp"
#include "model/system/capacity.hpp"
#include "model/system/variants.hpp"

namespace haplan::model {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool sooner(const Return& a, const Return& b) { return a.time < b.time; }

/// A replica of which only its availability is known is out for an hour at a time, as an external service is.
constexpr double kUnknownOutage = 3600.0;

/// Rate-weighted mean outage of a replica's own failures.
double mean_outage(const Component& component, const ReplicaModel& replica) {
  if (component.replica_unavailability) return kUnknownOutage;
  double rate = 0.0;
  double weighted = 0.0;
  for (const ModeOutage& mode : replica.modes) {
    rate += mode.rate;
    weighted += mode.rate * mode.mean;
  }
  return rate > 0.0 ? weighted / rate : 0.0;
}

/// Of some replicas nothing but their availability is known.
bool only_availability(const Component& component, const ComponentPlan& plan) {
  if (!is_mixed(component, plan)) return component.replica_unavailability.has_value();
  return std::ranges::any_of(used_variants(plan), [&component](std::size_t v) {
    return component.variants[v].replica_unavailability.has_value();
  });
}

/// The slowest of a replica's own failures to be over: worst cases where there are some, means for the others.
Return restart(const Component& component, const ComponentPlan& plan, const ReplicaModel& replica) {
  Return slowest;
  if (only_availability(component, plan)) slowest = {kUnknownOutage, true, component.name};
  for (const ModeOutage& mode : replica.modes) {
    const double time = mode.worst.value_or(mode.mean);
    if (mode.spurious || time <= slowest.time) continue;
    slowest = {time, !mode.worst.has_value(), component.name + "/" + mode.name};
  }
  return slowest;
}

/// Worst time until traffic avoids a replica that failed in this mode, at most until it is back.
double avoided_after(const System& system, const ModeOutage& mode, const Probes& probes) {
  constexpr double kExitWindow = 1.0;
  const double outage = mode.worst.value_or(mode.mean);
  double window = kExitWindow;
  if (mode.detection != Detection::exit) {
    if (!probes.readiness) return outage;
    const Probe& r = *probes.readiness;
    window = r.period + (r.failure_threshold - 1.0) * std::max(r.period, r.timeout) + r.timeout;
  }
  return std::min(window + system.propagation, outage);
}

enum class Moment { before, after };  ///< of the loss

bool apart_in(const System& system, const Requirement& requirement) {
  if (requirement.kind == Requirement::Kind::connected) {
    NetworkGraph graph{.vertices = system.network.vertices.size(), .links = {}, .perfect = {}};
    for (const Link& link : system.network.links) graph.links.push_back({link.a, link.b});
    return !relevance(graph, requirement.terminals).possible;
  }
  return std::ranges::any_of(requirement.of,
                             [&](const Requirement& member) { return apart_in(system, member); });
}

/// A loss, one service, one level: when everything is back after it, or what is never there before it.
class Drill {
 public:
  ///   apart  network_apart
  Drill(const ServiceContext& context, const Loss& loss, LevelId level, Moment moment, bool apart)
      : context_(context),
        system_(context.system),
        loss_(loss),
        level_(level),
        moment_(moment),
        apart_(apart),
        known_(system_.components.size()) {}

  /// A gate is back with its n-th member; one that has to switch over first, not before that is done.
  Return back(const Requirement& requirement) {
    using Kind = Requirement::Kind;
    if (requirement.kind == Kind::component) return back(requirement.component);
    // No node is part of the network.
    if (requirement.kind == Kind::connected)
      return apart_ && apart_in(system_, requirement) ? Return{kInfinity, true, ""} : Return{};
    std::vector<Return> members;
    for (const Requirement& member : requirement.of) members.push_back(back(member));
    if (members.empty()) return {};
    if (switches_over(requirement)) {
      const Return switched{*requirement.switchover, false, requirement.name};
      for (std::size_t i = 1; i < members.size(); ++i)
        members[i] = std::max(members[i], switched, sooner);
    }
    // Of equal ones the first written counts as back first.
    if (requirement.kind == Kind::any) return *std::ranges::min_element(members, sooner);
    if (requirement.kind == Kind::all)
      return *std::max_element(members.rbegin(), members.rend(), sooner);
    std::ranges::stable_sort(members, sooner);
    return members[static_cast<std::size_t>(requirement.n) - 1];
  }

 private:
  [[nodiscard]] bool switches_over(const Requirement& gate) const {
    return moment_ == Moment::after && loss_.kind == LossKind::external && gate.switchover &&
           !gate.of.empty() && gate.of.front().kind == Requirement::Kind::component &&
           gate.of.front().component == loss_.subject;
  }

  /// Each component is asked once, whoever requires it.
  const Return& back(ComponentId id) {
    if (!known_[id]) known_[id] = worked_out(id);
    return *known_[id];
  }

  Return worked_out(ComponentId id) {
    const Component& component = system_.components[id];
    const Return needs = back(component.depends_on);
    Return own;
    if (component.type == ComponentType::gate) own = back(component.gate);
    if (moment_ == Moment::after && loss_.kind == LossKind::external && loss_.subject == id)
      own = {loss_.repair, true, component.name};
    if (component.replicated()) own = replicated(id);
    return sooner(own, needs) ? needs : own;
  }

  Return replicated(ComponentId id) {
    const Toll toll = toll_of(context_, loss_, id, level_);
    if (moment_ == Moment::after)
      return component_return(system_, context_.deployment, id, context_.components.replicas[id],
                              loss_, toll, context_.compiled.headroom);
    return toll.down_before() ? Return{kInfinity, true, system_.components[id].name} : Return{};
  }

  const ServiceContext& context_;
  const System& system_;
  const Loss& loss_;
  LevelId level_;
  Moment moment_;
  bool apart_;
  std::vector<std::optional<Return>> known_;  ///< per component
};

LevelId busiest_level(const ServiceContext& context, ServiceId service) {
  const auto& rates = context.compiled.load.service_rate;
  LevelId busiest = 0;
  for (LevelId l = 1; l < context.system.levels.size(); ++l)
    if (rates[l][service] > rates[busiest][service]) busiest = l;
  return busiest;
}

/// Whether a service is down before anything is lost, at which level first, and for want of what.
struct Before {
  bool apart = false;  ///< network_apart
  bool down = false;
  LevelId level = 0;
  std::string decided_by;
};

Before before_losses(const ServiceContext& context, ServiceId service) {
  const System& system = context.system;
  const Loss nothing{.nodes = {}, .before = absence_of(system)};
  Before before{.apart = network_apart(system, service), .decided_by = {}};
  for (; !before.down && before.level < system.levels.size(); ++before.level) {
    Drill drill(context, nothing, before.level, Moment::before, before.apart);
    const Return gone = drill.back(system.services[service].requires_);
    if (gone.time == 0.0) continue;
    before.down = true;
    before.decided_by = gone.decided_by;
    break;
  }
  return before;
}

/// Share of a component's requests that meet what is lost: of the replicas that serve before each gets the same.
double share_hit(const Component& component, const ComponentPlan& plan, const Loss& loss,
                 const Toll& toll) {
  if (toll.lost == 0) return 0.0;
  if (is_mixed(component, plan)) return 1.0 / plan.replicas;  // lost by itself: there is no cluster
  const bool standby = loss.kind == LossKind::replica && toll.serving() > 1;
  if (component.type == ComponentType::primary_replica) return standby ? 0.0 : 1.0;
  return static_cast<double>(toll.lost) / toll.serving();
}

/// A request fails when any component on its path sends it to what is lost.
void add_requests(const ServiceContext& context, const Loss& loss, ServiceId service,
                  LossFigures& figures) {
  const System& system = context.system;
  const LevelId level = busiest_level(context, service);
  double survives = 1.0;
  double avoided = 0.0;
  for (const ComponentId c : path_of(system, service)) {
    const Component& component = system.components[c];
    if (loss.kind == LossKind::external && loss.subject == c) {
      survives = 0.0;
      avoided = figures.until_up;
    }
    if (!component.replicated()) continue;
    const ComponentPlan& plan = context.deployment.components[c];
    const double share = share_hit(component, plan, loss, toll_of(context, loss, c, level));
    if (share == 0.0) continue;
    survives *= 1.0 - share * (1.0 - component.retry);
    const auto add_modes = [&](const ReplicaModel& replica, const Probes& probes) {
      for (const ModeOutage& mode : replica.modes)
        if (!mode.spurious) avoided = std::max(avoided, avoided_after(system, mode, probes));
    };
    if (is_mixed(component, plan))
      for (const std::size_t v : used_variants(plan))
        add_modes(context.components.variants[c][v], plan.variants[v].probes);
    else
      add_modes(context.components.replicas[c], plan.probes);
    if (only_availability(component, plan)) avoided = std::max(avoided, kUnknownOutage);
    if (loss.kind == LossKind::primary && figures.until_up > 0.0)
      avoided = std::min(avoided, figures.until_up);
  }
  figures.failed_share = 1.0 - survives;
  if (figures.failed_share == 0.0) return;
  figures.until_avoided =
      loss.nodes.empty() ? avoided : system.node_detection.worst + system.propagation;
}

LossFigures figures_after(const ServiceContext& context, const Loss& loss, ServiceId service,
                          const Before& before, LevelId* level = nullptr) {
  LossFigures figures;
  figures.kind = loss.kind;
  figures.subject = loss.subject;
  if (level != nullptr) *level = before.down ? before.level : 0;
  if (before.down) {
    figures.already_down = true;
    figures.until_up = kInfinity;
    figures.decided_by = before.decided_by;
  }
  for (LevelId l = 0; !before.down && l < context.system.levels.size(); ++l) {
    const Return back = Drill(context, loss, l, Moment::after, before.apart)
                            .back(context.system.services[service].requires_);
    if (back.time <= figures.until_up) continue;
    figures.until_up = back.time;
    figures.is_mean = back.is_mean;
    figures.decided_by = back.decided_by;
    if (level != nullptr) *level = l;
  }
  add_requests(context, loss, service, figures);
  return figures;
}

/// In weights instead of replicas; what is lost by itself is one of the heaviest. Weights beyond an int are scaled down.
Toll mixed_toll(const ServiceContext& context, const Loss& loss, ComponentId id, LevelId level) {
  const ComponentPlan& plan = context.deployment.components[id];
  const MixedCapacity capacity = mixed_capacity(context.system, id, level);
  std::int64_t total = 0;
  std::int64_t heaviest = 0;
  for (const std::size_t v : used_variants(plan)) {
    total += plan.variants[v].replicas * capacity.weight[v];
    heaviest = std::max(heaviest, capacity.weight[v]);
  }
  constexpr std::int64_t kMost = std::numeric_limits<int>::max() / 2;
  const std::int64_t scale = std::max(total, capacity.need) / kMost + 1;
  Toll toll{.replicas = static_cast<int>(total / scale),
            .need = static_cast<int>((capacity.need + scale - 1) / scale)};
  const bool by_itself = loss.kind == LossKind::replica || loss.kind == LossKind::primary;
  if (by_itself && loss.subject == id) toll.lost = static_cast<int>((heaviest + scale - 1) / scale);
  return toll;
}

}  // namespace

Return component_return(const System& system, const Deployment& deployment, ComponentId id,
                        const ReplicaModel& replica, const Loss& loss, const Toll& toll,
                        bool headroom) {
  const Component& component = system.components[id];
  if (toll.down_before()) return {kInfinity, true, component.name};
  if (toll.lost == 0) return {};
  const bool by_itself = loss.kind == LossKind::replica || loss.kind == LossKind::primary;
  if (toll.left() < toll.need) {
    if (by_itself) return restart(component, deployment.components[id], replica);
    if (component.movable && headroom && loss.reschedules)
      return {reschedule_delay_worst(system, deployment, id, replica), false, component.name};
    return {loss.repair, true, component.name};
  }
  const bool standby = loss.kind == LossKind::replica;
  if (component.type == ComponentType::stateless || !component.failover || standby) return {};
  if (success_after(component, toll) == 0.0) {
    const double repair = by_itself ? mean_outage(component, replica) : loss.repair;
    return {std::min(repair, component.failover->manual), true, component.name};
  }
  const FailoverTime time = failover_time(
      component.failover->controller, deployment.components[id].failover, system.node_detection);
  return {time.worst, false, component.name};
}

double success_after(const Component& component, const Toll& toll) {
  return success_after(component, toll.replicas, toll.absent + toll.lost, toll.nodes_alone);
}

Toll toll_of(const ServiceContext& context, const Loss& loss, ComponentId id, LevelId level) {
  if (!context.system.components[id].replicated()) return {};
  if (is_mixed(context.system.components[id], context.deployment.components[id]))
    return mixed_toll(context, loss, id, level);
  const TableKey& key = context.compiled.tables[context.compiled.table_of[level][id]];
  return toll_on(context.system, loss, id, context.deployment.components[id].nodes, key.replicas,
                 key.need, context.compiled.headroom);
}

bool network_apart(const System& system, ServiceId service) {
  if (apart_in(system, system.services[service].requires_)) return true;
  return std::ranges::any_of(reach_of(system, service), [&](ComponentId c) {
    return apart_in(system, system.components[c].depends_on) ||
           apart_in(system, system.components[c].gate);
  });
}

LossFigures loss_figures(const ServiceContext& context, const Loss& loss, ServiceId service,
                         LevelId* level) {
  return figures_after(context, loss, service, before_losses(context, service), level);
}

std::vector<NodeLoss> node_losses(const ServiceContext& context, ServiceId service) {
  std::vector<NodeLoss> losses;
  const Before before = before_losses(context, service);
  for (NodeId node = 0; node < context.system.nodes.size(); ++node) {
    const LossFigures f =
        figures_after(context, loss_of_node(context.system, node), service, before);
    losses.push_back({node, f.until_up, f.is_mean, f.until_avoided, f.failed_share, f.decided_by,
                      f.already_down});
  }
  return losses;
}

std::vector<Loss> further_losses_of(const ServiceContext& context, ServiceId service) {
  const System& system = context.system;
  std::vector<Loss> losses;
  for (DomainId d = 0; d < system.domains.size(); ++d) losses.push_back(loss_of_domain(system, d));
  const std::vector<ComponentId> reach = reach_of(system, service);
  for (const ComponentId c : reach)
    if (can_lose_replica(system.components[c])) losses.push_back(loss_of_replica(system, c));
  for (const ComponentId c : reach)
    if (has_primary(system.components[c])) losses.push_back(loss_of_primary(system, c));
  for (const ComponentId c : reach)
    if (system.components[c].external) losses.push_back(loss_of_external(system, c));
  return losses;
}

std::vector<LossFigures> further_losses(const ServiceContext& context, ServiceId service) {
  std::vector<LossFigures> figures;
  const Before before = before_losses(context, service);
  for (const Loss& loss : further_losses_of(context, service))
    figures.push_back(figures_after(context, loss, service, before));
  return figures;
}

}  // namespace haplan::model
