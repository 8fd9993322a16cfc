#include "planner/render/reason.hpp"

#include <algorithm>

#include "planner/render/figures.hpp"

namespace haplan::planner {
namespace {

std::string choices(const solver::Decision& decision) {
  const auto& values = decision.values;
  bool steps = values.size() > 1;
  for (std::size_t i = 1; i < values.size(); ++i) steps = steps && values[i] - values[i - 1] == 1;
  if (steps) return plain_number(values.front()) + ".." + plain_number(values.back());
  std::string out = "{";
  for (const auto value : values) out += (out.size() > 1 ? ", " : "") + plain_number(value);
  return out + "}";
}

bool under(const std::string& path, const std::string& prefix) {
  return path == prefix ||
         (path.size() > prefix.size() && path.compare(0, prefix.size(), prefix) == 0 &&
          path[prefix.size()] == '.');
}

std::string rollout_reason(const Ask& ask) {
  const auto base = "components." + ask.component->name + ": ";
  if (ask.rollout->surge)
    return base +
           "a release starts a new pod before an old one stops, so it never takes away what "
           "the plan counts on";
  return base + (ask.rollout->spare ? "a release replaces one pod at a time, and one fewer suffices"
                                    : "a release replaces one pod at a time");
}

std::string milliseconds(double seconds) { return plain_number(seconds * 1000); }

}  // namespace

std::string reason_of(const Lowered& lowered, const model::Deployment& deployment,
                      const std::string& path) {
  std::string decided;
  for (const auto& decision : lowered.problem.decisions) {
    if (!under(decision.path, path)) continue;
    auto name = decision.path == path ? std::string{} : decision.path.substr(path.size() + 1) + " ";
    decided += (decided.empty() ? "decided " : ", ") + name +
               plain_number(solver::assigned(deployment, decision)) + " of " + choices(decision);
  }
  return path + ": " + (decided.empty() ? "fixed by the spec" : decided);
}

std::string reason_of(const Lowered& lowered, const model::Deployment& deployment, const Ask& ask,
                      Part part) {
  const auto base = "components." + ask.component->name + ".";
  if (part == Part::budget)
    return "components." + ask.component->name +
           ": at most one pod is evicted at a time, whatever the number of replicas";
  if (part == Part::strategy) return rollout_reason(ask);
  if (part == Part::tolerations) return reason_of(lowered, deployment, "cluster.tolerationSeconds");
  if (part == Part::spread) {
    std::string rules;
    for (const auto& rule : ask.rules)
      rules += (rules.empty() ? "over " : "; over ") + rule.over + ", maxSkew " +
               std::to_string(rule.max_skew) + (rule.hard ? ", DoNotSchedule" : ", ScheduleAnyway");
    return base + "spread: " + rules +
           (ask.component->pinned ? ", for it is pinned to the nodes of the plan" : "");
  }
  if (part == Part::together)
    return base +
           "storage.claim: a ReadWriteOnce volume is attached to one node, so all its users run "
           "there";
  if (part == Part::allowed_nodes)
    return base + (ask.component->pinned ? "placement: pinned to the nodes of the plan"
                                         : "pin and forbid: the nodes that the spec allows");
  return reason_of(lowered, deployment, base + part_path(part));
}

std::string controller_setting(const Ask& ask, const Target& target) {
  using model::Controller;
  const auto& s = ask.plan->failover;
  const auto missing = settings_without_key(ask, target);
  const auto lacks = [&](const char* name) {
    return std::any_of(missing.begin(), missing.end(),
                       [&](const auto& setting) { return setting.name == name; });
  };
  switch (ask.component->failover ? ask.component->failover->controller : Controller::none) {
    case Controller::patroni:
      return "Patroni keeps its settings in its own store: run patronictl edit-config with --set "
             "ttl=" +
             plain_number(s.ttl) + " --set loop_wait=" + plain_number(s.loop_wait) +
             " --set retry_timeout=" + plain_number(s.retry_timeout);
    case Controller::cloudnative_pg: {
      std::string out;
      if (lacks("failoverDelay"))
        out = "set failoverDelay: " + plain_number(s.failover_delay) +
              " in the Cluster resource, and ";
      return out + "run the operator with a primary lease of " + plain_number(s.lease) +
             " s renewed every " + plain_number(s.retry_period) + " s";
    }
    case Controller::redis_sentinel:
      return "on every Sentinel run SENTINEL SET <master> down-after-milliseconds " +
             milliseconds(s.down_after);
    case Controller::redis_cluster:
      return "on every node run CONFIG SET cluster-node-timeout " + milliseconds(s.node_timeout) +
             " and CONFIG REWRITE";
    case Controller::repmgr:
      return "in repmgr.conf set reconnect_attempts=" + plain_number(s.reconnect_attempts) +
             ", reconnect_interval=" + plain_number(s.reconnect_interval) +
             " and connect_timeout=" + plain_number(s.connect_timeout) + " in conninfo";
    case Controller::none: break;
  }
  return {};
}

}  // namespace haplan::planner
