#include "model/recovery/failover.hpp"

#include <algorithm>
#include <map>

#include "model/base/contract.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

/// What a loss costs that heals by itself after E[min(t, D)] = `bounded(t)` at the latest.
template <class BoundedMean>
double loss_outage(const Failover& failover, double success, double mean_failover,
                   const BoundedMean& bounded) {
  double outage = 0.0;
  if (success > 0.0) outage += success * bounded(mean_failover);
  if (success < 1.0) outage += (1.0 - success) * bounded(failover.manual);
  return outage;
}

struct InstanceCounts {
  std::map<NodeId, int> nodes;
  std::map<DomainId, int> domains;
};

InstanceCounts count_instances(const System& system, const std::vector<NodeId>& nodes) {
  InstanceCounts counts;
  for (const NodeId id : nodes) {
    HAPLAN_EXPECTS(id < system.nodes.size());
    ++counts.nodes[id];
    for (auto parent = system.nodes[id].parent; parent; parent = system.domains[*parent].parent) {
      ++counts.domains[*parent];
    }
  }
  return counts;
}

}  // namespace

FailoverTime failover_time(Controller controller, const FailoverSettings& s,
                           const NodeDetection& node_detection) {
  switch (controller) {
    case Controller::patroni: return {s.ttl + 6.5, s.ttl + s.loop_wait + 10.0};
    case Controller::cloudnative_pg:
      return {node_detection.mean + s.failover_delay + s.lease + s.retry_period / 2.0 + 2.0,
              node_detection.worst + s.failover_delay + s.lease + s.retry_period + 5.0};
    case Controller::redis_sentinel: return {s.down_after + 2.3, s.down_after + 5.0};
    case Controller::redis_cluster:
      return {1.25 * s.node_timeout + 1.25, 1.5 * s.node_timeout + 2.0};
    case Controller::repmgr:
      return {s.reconnect_attempts * (s.reconnect_interval + s.connect_timeout / 2.0) + 2.0,
              s.reconnect_attempts * (s.reconnect_interval + s.connect_timeout) + 5.0};
    case Controller::none: break;
  }
  return {s.detect_mean + s.promote_mean, s.detect_worst + s.promote_worst};
}

std::vector<std::string> broken_floors(Controller controller, const FailoverSettings& s) {
  std::vector<std::string> broken;
  const auto require = [&broken](bool kept, const char* sentence) {
    if (!kept) broken.emplace_back(sentence);
  };
  switch (controller) {
    case Controller::patroni:
      require(s.ttl >= 20.0, "ttl must be at least 20 s");
      require(s.loop_wait >= 1.0, "loopWait must be at least 1 s");
      require(s.retry_timeout >= 3.0, "retryTimeout must be at least 3 s");
      require(s.loop_wait + 2.0 * s.retry_timeout <= s.ttl,
              "loopWait + 2 * retryTimeout must be at most ttl");
      break;
    case Controller::cloudnative_pg:
      // lease > 1.2 retryPeriod in whole numbers, for 1.2 is no binary fraction.
      require(5.0 * s.lease > 6.0 * s.retry_period, "lease must exceed 1.2 * retryPeriod");
      break;
    case Controller::redis_sentinel:
      require(s.down_after >= 1.0, "downAfter must be at least 1 s");
      break;
    case Controller::redis_cluster:
      require(s.node_timeout >= 1.0, "nodeTimeout must be at least 1 s");
      break;
    case Controller::repmgr:
    case Controller::none: break;
  }
  return broken;
}

double effective_success(const Component& component, int replicas) {
  if (!component.failover) return 1.0;
  const Failover& failover = *component.failover;
  constexpr int kMajorityAfterLoss = 3;
  if (failover.controller == Controller::redis_sentinel &&
      failover.sentinels.value_or(replicas) < kMajorityAfterLoss) {
    return 0.0;
  }
  return component.type == ComponentType::quorum ? 1.0 : failover.success;
}

double success_after(const Component& component, int replicas, int replicas_out, int nodes_out) {
  if (component.failover && component.failover->controller == Controller::redis_sentinel) {
    const int all = component.failover->sentinels.value_or(replicas);
    const int with_replicas = std::min(all, replicas);
    const int lost =
        std::min(with_replicas, replicas_out) + std::min(all - with_replicas, nodes_out);
    if (all - lost < all / 2 + 1) return 0.0;
  }
  return effective_success(component, replicas);
}

std::vector<FailoverLoss> failover_losses(const System& system, const Component& component,
                                          const ReplicaModel& replica,
                                          const FailoverSettings& settings,
                                          const std::vector<NodeId>& nodes, int replicas) {
  std::vector<FailoverLoss> losses;
  if (replicas <= 1) return losses;
  HAPLAN_EXPECTS(component.failover.has_value());
  HAPLAN_EXPECTS(nodes.empty() || nodes.size() == static_cast<std::size_t>(replicas));
  const Failover& failover = *component.failover;
  const double success = effective_success(component, replicas);
  const double mean = failover_time(failover.controller, settings, system.node_detection).mean;
  using Kind = FailoverLoss::Kind;

  for (std::size_t m = 0; m < replica.modes.size(); ++m) {
    const ModeOutage& own = replica.modes[m];
    losses.push_back(
        {Kind::mode, m, 0, own.rate,
         loss_outage(failover, success, mean, [&own](double t) { return std::min(t, own.mean); })});
  }
  const auto add_domain = [&](Kind kind, std::size_t index, const std::vector<DomainMode>& modes,
                              bool down, int instances) {
    if (down) return;
    for (std::size_t m = 0; m < modes.size(); ++m) {
      losses.push_back({kind, index, m, modes[m].rate * instances / replicas,
                        loss_outage(failover, success, mean,
                                    [&](double t) { return expected_min(modes[m], t); })});
    }
  };
  const InstanceCounts counts = count_instances(system, nodes);
  int drained = 0;
  for (const auto& [id, instances] : counts.nodes) {
    add_domain(Kind::node, id, system.nodes[id].modes, system.nodes[id].down, instances);
    if (!system.nodes[id].down) drained += instances;
  }
  for (const auto& [id, instances] : counts.domains) {
    add_domain(Kind::domain, id, system.domains[id].modes, system.domains[id].down, instances);
  }
  if (system.drain && drained > 0) {
    losses.push_back(
        {Kind::drain, 0, 0, drained / (system.drain->every * replicas), failover.switchover});
  }
  return losses;
}

double failover_excess(const System& system, const Component& component,
                       const ReplicaModel& replica, const FailoverSettings& settings, int replicas,
                       const FailoverLoss& loss, double t) {
  const Failover& failover = *component.failover;
  using Kind = FailoverLoss::Kind;
  if (loss.kind == Kind::drain) return std::max(0.0, failover.switchover - t);
  const auto least = [&](double until) {  // E[min(until, D)]
    if (loss.kind == Kind::mode) return std::min(until, replica.modes[loss.index].mean);
    const auto& modes =
        loss.kind == Kind::node ? system.nodes[loss.index].modes : system.domains[loss.index].modes;
    return expected_min(modes[loss.mode], until);
  };
  const double success = effective_success(component, replicas);
  const double mean = failover_time(failover.controller, settings, system.node_detection).mean;
  return loss_outage(failover, success, mean,
                     [&](double until) { return least(until) - least(std::min(until, t)); });
}

double failover_unavailability(const std::vector<FailoverLoss>& losses) {
  double sum = 0.0;
  for (const FailoverLoss& loss : losses) sum += loss.rate * loss.outage;
  return sum / (1.0 + sum);
}

}  // namespace haplan::model
