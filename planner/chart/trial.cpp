#include <algorithm>
#include <optional>
#include <set>

#include "planner/chart/chart.hpp"
#include "planner/chart/manifests.hpp"
#include "planner/render/overlay.hpp"
#include "planner/spec/plain_value.hpp"

/// Made-up settings, written by the emitter itself; see chart.hpp.
namespace haplan::planner {
namespace {

constexpr int kNodes = 8;

/// Every number of a round differs from that of the other.
struct Round {
  int index = 0;  ///< 0 or 1
  bool scaled = false;
};

/// A handler of our own where the binding takes one: an HTTP path, then a socket, so that both a
/// changed and a replaced default are seen.
Value handler_for(const ProfileComponent& part, const std::string& name, Round round) {
  const auto bound = part.bindings.find(name);
  if (bound == part.bindings.end()) return {};
  const auto encoding = bound->second.encoding;
  const bool free = encoding == Encoding::probe_raw || encoding == Encoding::probe_raw_merge ||
                    (encoding == Encoding::probe_toggle && !bound->second.custom.empty());
  // A default handler is kept once, to see the toggle work.
  if (!free || (encoding == Encoding::probe_toggle && round.index == 0)) return {};
  if (round.index == 0)
    return plain_map({{"httpGet", plain_map({{"path", plain_text("/haplan-" + name)},
                                             {"port", plain_integer(8081)}})}});
  return plain_map({{"tcpSocket", plain_map({{"port", plain_integer(8082)}})}});
}

std::optional<model::Probe> probe_for(const ProfileComponent& part, const std::string& name,
                                      const Value& handler, Round round) {
  const auto bound = part.bindings.find(name);
  if (bound == part.bindings.end()) return std::nullopt;
  // Paths of two probes that were taken for each other show.
  const int kind = name == "liveness" ? 0 : name == "readiness" ? 20 : 40;
  model::Probe probe;
  probe.initial_delay = 3 + kind + round.index;
  probe.period = 7 + kind + 2 * round.index;
  probe.timeout = 2 + kind + round.index;
  probe.failure_threshold = 4 + kind + round.index;
  const bool whole = bound->second.encoding == Encoding::probe_raw ||
                     bound->second.encoding == Encoding::probe_raw_merge || !handler.fields.empty();
  if (name == "liveness" && whole) probe.grace = 11 + round.index;
  return probe;
}

model::Controller controller_of(const ProfileComponent& part) {
  using model::Controller;
  const auto binds = [&](const char* name) { return part.bindings.count(name) != 0; };
  if (binds("ttl")) return Controller::patroni;
  if (binds("downAfter")) return Controller::redis_sentinel;
  if (binds("nodeTimeout")) return Controller::redis_cluster;
  if (binds("reconnectAttempts")) return Controller::repmgr;
  if (binds("failoverDelay") || binds("lease")) return Controller::cloudnative_pg;
  return Controller::none;
}

void add_component(const ProfileComponent& part, Round round, Lowered& lowered,
                   model::Deployment& deployment) {
  model::Component component;
  component.name = part.name;
  component.movable = true;
  component.grace = 41 + round.index;
  component.spread.max_skew = 1;
  component.requests = {{"cpu", 100 + round.index}};
  for (int n = 0; n < kNodes - 1; ++n)
    component.allowed.push_back(static_cast<model::NodeId>(n + round.index));
  model::ComponentPlan plan;
  if (const auto controller = controller_of(part); controller != model::Controller::none) {
    component.type = model::ComponentType::primary_replica;
    component.failover.emplace();
    component.failover->controller = controller;
    const double more = 1 + round.index;
    auto& s = plan.failover;
    for (double* setting : {&s.ttl, &s.loop_wait, &s.retry_timeout, &s.failover_delay, &s.lease,
                            &s.retry_period, &s.down_after, &s.node_timeout, &s.reconnect_attempts,
                            &s.reconnect_interval, &s.connect_timeout})
      *setting += more;
  }
  ComponentExtras extras;
  extras.workload = part.kind;
  extras.requests = {{"cpu", std::to_string(110 + round.index) + "m"},
                     {"memory", std::to_string(210 + round.index) + "Mi"}};
  extras.limits = {{"cpu", std::to_string(510 + round.index) + "m"},
                   {"memory", std::to_string(610 + round.index) + "Mi"}};
  extras.liveness_handler = handler_for(part, "liveness", round);
  extras.readiness_handler = handler_for(part, "readiness", round);
  extras.startup_handler = handler_for(part, "startup", round);
  plan.probes.liveness = probe_for(part, "liveness", extras.liveness_handler, round);
  plan.probes.readiness = probe_for(part, "readiness", extras.readiness_handler, round);
  plan.probes.startup = probe_for(part, "startup", extras.startup_handler, round);
  plan.replicas = part.singleton.empty() ? 2 + round.index : 1;
  if (round.scaled && part.singleton.empty() && part.bindings.count("hpa"))
    plan.autoscale = model::Autoscale{2 + round.index, 4 + round.index, 61 + round.index};
  for (int n = 0; n < plan.replicas; ++n)
    plan.nodes.push_back(component.allowed[static_cast<std::size_t>(n)]);
  lowered.problem.system.components.push_back(std::move(component));
  lowered.extras.push_back(std::move(extras));
  deployment.components.push_back(std::move(plan));
}

/// Plans have one budget for all, which many a chart has by itself: another one shows that the keys are
/// the right ones.
void change_budgets(const std::vector<const ProfileComponent*>& parts, YamlNode& values) {
  for (const auto* part : parts) {
    const auto bound = part->bindings.find("pdb");
    if (bound == part->bindings.end() || bound->second.encoding != Encoding::pdb) continue;
    const auto change = [&](const char* key, YamlNode value) {
      const auto name = bound->second.keys.find(key);
      if (name == bound->second.keys.end()) return;
      const auto path = bound->second.path + "." + name->second;
      if (node_at(values, path) != nullptr) values.at(path) = std::move(value);
    };
    change("max", YamlNode::integer(2));
    change("unhealthy", YamlNode::text("IfHealthyBudget"));
  }
}

Trial trial_of(const Profile& profile, const std::string& release,
               const std::vector<const ProfileComponent*>& parts, Round round,
               const std::string& name) {
  Lowered lowered;
  model::Deployment deployment;
  lowered.name = "trial";
  auto& system = lowered.problem.system;
  system.levels = {{}};
  for (int n = 1; n <= kNodes; ++n) {
    model::Node node;
    node.name = "node-" + std::to_string(n);
    // Without room for one more pod the rollout must let an old one go first.
    if (round.index == 1) node.capacity = {{"cpu", 0}};
    system.nodes.push_back(std::move(node));
  }
  deployment.toleration_seconds = 31 + round.index;
  Trial trial;
  trial.name = name;
  trial.release = release;
  Release made;
  made.name = release;
  made.profile = profile.name;
  for (const auto* part : parts) {
    add_component(*part, round, lowered, deployment);
    made.map.push_back({part->name, part->name});
    trial.components.push_back(part->name);
  }
  lowered.releases = {std::move(made)};
  const Profiles profiles{{profile.name, profile}};
  auto overlays = overlays_of(lowered, deployment, profiles, {});
  trial.values = std::move(overlays.front().root);
  if (round.index == 1) change_budgets(parts, trial.values);
  trial.text = to_yaml(trial.values);
  return trial;
}

/// Paths that a component writes, with the value where it must be a certain one.
std::vector<std::pair<std::string, const Tree*>> written_by(const ProfileComponent& part) {
  std::vector<std::pair<std::string, const Tree*>> out;
  for (const auto& [path, value] : part.always) out.emplace_back(path, &value);
  for (const auto& [name, bound] : part.bindings) {
    out.emplace_back(bound.path, nullptr);
    for (const auto& [path, value] : bound.needs) out.emplace_back(path, &value);
  }
  return out;
}

/// Whether two components may stand in one set of values: they share no path, and want nothing
/// different.
bool compatible(const ProfileComponent& a, const ProfileComponent& b) {
  const auto of_b = written_by(b);
  for (const auto& [path, value] : written_by(a))
    for (const auto& [other, wanted] : of_b)
      if (path == other && (value == nullptr || wanted == nullptr || !(*value == *wanted)))
        return false;
  return true;
}

}  // namespace

std::vector<Trial> trials_of(const Profile& profile, const std::string& release) {
  std::vector<std::vector<const ProfileComponent*>> groups;
  for (const auto& part : profile.components) {
    const auto fits = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return std::all_of(group.begin(), group.end(),
                         [&](const auto* other) { return compatible(part, *other); });
    });
    if (fits == groups.end())
      groups.push_back({&part});
    else
      fits->push_back(&part);
  }
  std::vector<Trial> trials;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto name = [&](const char* kind, int index) {
      return std::string(kind) + " " + std::to_string(g + 1) + "." + std::to_string(index + 1);
    };
    const bool scales = std::any_of(groups[g].begin(), groups[g].end(), [](const auto* part) {
      return part->bindings.count("hpa") != 0;
    });
    for (const int index : {0, 1}) {
      trials.push_back(
          trial_of(profile, release, groups[g], {index, false}, name("settings", index)));
      if (scales)
        trials.push_back(trial_of(profile, release, groups[g], {index, true},
                                  name("autoscaled settings", index)));
    }
  }
  return trials;
}

}  // namespace haplan::planner
