#include "model/recovery/failover.hpp"
#include "model/system/load.hpp"
#include "planner/explain/workings.hpp"

/// Failovers of one component.
namespace haplan::planner::explaining {

namespace {

struct Formula {
  std::string mean;
  std::string worst;
};

Formula formula_of(model::Controller controller, const model::FailoverSettings& s,
                   const model::NodeDetection& detection) {
  const auto n = [](double value) { return number_text(value); };
  switch (controller) {
    case model::Controller::patroni:
      return {"ttl + 6.5 s = " + n(s.ttl) + " + 6.5",
              "ttl + loopWait + 10 s = " + n(s.ttl) + " + " + n(s.loop_wait) + " + 10"};
    case model::Controller::cloudnative_pg:
      return {"nodeDetection + failoverDelay + lease + retryPeriod/2 + 2 s = " + n(detection.mean) +
                  " + " + n(s.failover_delay) + " + " + n(s.lease) + " + " + n(s.retry_period) +
                  "/2 + 2",
              "nodeDetection + failoverDelay + lease + retryPeriod + 5 s = " + n(detection.worst) +
                  " + " + n(s.failover_delay) + " + " + n(s.lease) + " + " + n(s.retry_period) +
                  " + 5"};
    case model::Controller::redis_sentinel:
      return {"downAfter + 2.3 s = " + n(s.down_after) + " + 2.3",
              "downAfter + 5 s = " + n(s.down_after) + " + 5"};
    case model::Controller::redis_cluster:
      return {"1.25 nodeTimeout + 1.25 s = 1.25 * " + n(s.node_timeout) + " + 1.25",
              "1.5 nodeTimeout + 2 s = 1.5 * " + n(s.node_timeout) + " + 2"};
    case model::Controller::repmgr:
      return {"attempts * (interval + connectTimeout/2) + 2 s = " + n(s.reconnect_attempts) +
                  " * (" + n(s.reconnect_interval) + " + " + n(s.connect_timeout) + "/2) + 2",
              "attempts * (interval + connectTimeout) + 5 s = " + n(s.reconnect_attempts) + " * (" +
                  n(s.reconnect_interval) + " + " + n(s.connect_timeout) + ") + 5"};
    case model::Controller::none: break;
  }
  return {"detect + promote = " + n(s.detect_mean) + " + " + n(s.promote_mean),
          "detect + promote = " + n(s.detect_worst) + " + " + n(s.promote_worst)};
}

std::string cause_name(const ComponentScope& scope, const model::ReplicaModel& replica,
                       const model::FailoverLoss& loss) {
  using Kind = model::FailoverLoss::Kind;
  const model::System& system = scope.system();
  switch (loss.kind) {
    case Kind::mode: return "the primary: " + replica.modes[loss.index].name;
    case Kind::node:
      return "node " + system.nodes[loss.index].name + ": " +
             system.nodes[loss.index].modes[loss.mode].name;
    case Kind::domain:
      return system.domains[loss.index].name + ": " +
             system.domains[loss.index].modes[loss.mode].name;
    case Kind::drain: return "drain: planned switchover";
  }
  return {};
}

}  // namespace

void fill_failover(const ComponentScope& scope, Explanation& out) {
  const model::Component& component = scope.component();
  const auto replica = model::replica_model(component, scope.plan().probes);
  const int n = model::largest_replicas(scope.system(), scope.plan(), scope.id);
  if (!replica || !component.failover) return;
  if (n < 2) {
    out.value = {"unavailability", 0.0, ""};
    out.notes.emplace_back("A single instance: there is nobody to fail over to.");
    out.next = {scope.path("replicas"), scope.path("replica")};
    return;
  }
  const std::vector<model::FailoverLoss> losses = model::failover_losses(
      scope.system(), component, *replica, scope.plan().failover, scope.plan().nodes, n);
  Working working{"losses",
                  "Losses of the primary, averaged over the instances",
                  "u = nu O / (1 + nu O), outage = c E[min(T_f, D)] + (1-c) E[min(T_m, D)]",
                  {{"rate", "1/s"}, {"outage", "s"}, {"rate x outage", ""}},
                  {},
                  {}};
  double rate = 0.0;
  double product = 0.0;
  for (const model::FailoverLoss& loss : losses) {
    working.rows.push_back(
        {cause_name(scope, *replica, loss), {loss.rate, loss.outage, loss.rate * loss.outage}});
    rate += loss.rate;
    product += loss.rate * loss.outage;
  }
  const double u = model::failover_unavailability(losses);
  const auto time = model::failover_time(component.failover->controller, scope.plan().failover,
                                         scope.system().node_detection);
  working.results = {
      {"success", model::effective_success(component, n), ""},   {"failover time", time.mean, "s"},
      {"manual failover time", component.failover->manual, "s"}, {"rate", rate, "1/s"},
      {"mean outage", rate > 0.0 ? product / rate : 0.0, "s"},   {"unavailability", u, ""}};
  out.value = {"unavailability", u, ""};
  out.workings.push_back(std::move(working));
  out.next = {scope.path("failoverTime"), scope.path("replica"), scope.path("rescheduling")};
}

void fill_failover_time(const ComponentScope& scope, Explanation& out) {
  const model::Component& component = scope.component();
  if (!component.failover) return;
  const auto& detection = scope.system().node_detection;
  const auto time =
      model::failover_time(component.failover->controller, scope.plan().failover, detection);
  const Formula formula =
      formula_of(component.failover->controller, scope.plan().failover, detection);
  out.value = {"failover time", time.mean, "s"};
  out.workings.push_back(
      {"mean", "Mean", "T_f = " + formula.mean, {}, {}, {{"failover time", time.mean, "s"}}});
  out.workings.push_back({"worst",
                          "Worst case",
                          "T_f = " + formula.worst,
                          {},
                          {},
                          {{"worst failover time", time.worst, "s"}}});
  out.next = {scope.path("failoverUnavailability"), scope.path("recovery")};
}

}  // namespace haplan::planner::explaining
