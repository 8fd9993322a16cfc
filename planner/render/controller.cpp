#include "planner/render/workload.hpp"

/// The settings of failover controllers; see workload.hpp.
namespace haplan::planner {
namespace {

using model::Controller;
using model::FailoverSettings;

struct ControllerField {
  Controller controller;
  const char* name;
  double FailoverSettings::* member;
  bool is_duration;
};

constexpr ControllerField kController[] = {
    {Controller::patroni, "ttl", &FailoverSettings::ttl, true},
    {Controller::patroni, "loopWait", &FailoverSettings::loop_wait, true},
    {Controller::patroni, "retryTimeout", &FailoverSettings::retry_timeout, true},
    {Controller::cloudnative_pg, "failoverDelay", &FailoverSettings::failover_delay, true},
    {Controller::cloudnative_pg, "lease", &FailoverSettings::lease, true},
    {Controller::cloudnative_pg, "retryPeriod", &FailoverSettings::retry_period, true},
    {Controller::redis_sentinel, "downAfter", &FailoverSettings::down_after, true},
    {Controller::redis_cluster, "nodeTimeout", &FailoverSettings::node_timeout, true},
    {Controller::repmgr, "reconnectAttempts", &FailoverSettings::reconnect_attempts, false},
    {Controller::repmgr, "reconnectInterval", &FailoverSettings::reconnect_interval, true},
    {Controller::repmgr, "connectTimeout", &FailoverSettings::connect_timeout, true},
};

}  // namespace

std::vector<ControllerSetting> controller_settings(const model::Component& component,
                                                   const FailoverSettings& settings) {
  std::vector<ControllerSetting> out;
  if (!component.failover) return out;
  for (const ControllerField& row : kController)
    if (row.controller == component.failover->controller)
      out.push_back({row.name, settings.*row.member, row.is_duration});
  return out;
}

std::vector<ControllerSetting> settings_without_key(const Ask& ask, const Target& target) {
  std::vector<ControllerSetting> out;
  for (auto& setting : controller_settings(*ask.component, ask.plan->failover))
    if (target.part == nullptr || !target.part->bindings.count(setting.name))
      out.push_back(std::move(setting));
  return out;
}

}  // namespace haplan::planner
