#include "planner/lower/apply.hpp"

#include <algorithm>
#include <cmath>

#include "model/system/load.hpp"
#include "model/system/variants.hpp"
#include "planner/lower/context.hpp"
#include "planner/lower/variants.hpp"

namespace haplan::planner {

namespace {

using lowering::field;
using solver::Decision;
using solver::ProbeKind;
using solver::Setting;

struct PathEnd {
  const char* path;  ///< under the component
  Setting setting;
};

constexpr PathEnd kPlain[] = {
    {"replicas", Setting::replicas},
    {"autoscale.min", Setting::autoscale_min},
    {"autoscale.max", Setting::autoscale_max},
    {"autoscale.targetCPUUtilizationPercentage", Setting::autoscale_target},
    {"failover.ttl", Setting::ttl},
    {"failover.loopWait", Setting::loop_wait},
    {"failover.retryTimeout", Setting::retry_timeout},
    {"failover.failoverDelay", Setting::failover_delay},
    {"failover.lease", Setting::lease},
    {"failover.retryPeriod", Setting::retry_period},
    {"failover.downAfter", Setting::down_after},
    {"failover.nodeTimeout", Setting::node_timeout},
    {"failover.reconnectAttempts", Setting::reconnect_attempts},
    {"failover.reconnectInterval", Setting::reconnect_interval},
    {"failover.connectTimeout", Setting::connect_timeout},
};

constexpr PathEnd kProbe[] = {
    {"initialDelaySeconds", Setting::initial_delay},
    {"periodSeconds", Setting::period},
    {"timeoutSeconds", Setting::timeout},
    {"failureThreshold", Setting::failure_threshold},
    {"successThreshold", Setting::success_threshold},
    {"terminationGracePeriodSeconds", Setting::grace},
};

struct ProbeName {
  const char* prefix;
  ProbeKind kind;
};
constexpr ProbeName kProbes[] = {{"probes.liveness.", ProbeKind::liveness},
                                 {"probes.readiness.", ProbeKind::readiness},
                                 {"probes.startup.", ProbeKind::startup}};

const std::optional<model::Probe>& probe_of(const model::Probes& probes, ProbeKind kind) {
  if (kind == ProbeKind::liveness) return probes.liveness;
  return kind == ProbeKind::readiness ? probes.readiness : probes.startup;
}

class Applier {
 public:
  Applier(Lowered& lowered, const Value& plan) : lowered_(lowered), plan_(plan) {}

  Diagnostics run() {
    const Value* cluster = field(&plan_, "cluster");
    if (const Value* toleration = field(cluster, "tolerationSeconds"))
      fix(*toleration, "cluster.tolerationSeconds",
          Decision{.path = {},
                   .component = std::nullopt,
                   .setting = Setting::toleration_seconds,
                   .probe = ProbeKind::none,
                   .values = {},
                   .standard = std::nullopt});
    if (const Value* components = field(&plan_, "components"))
      for (const auto& [name, value] : components->fields) apply_component(name, value);
    if (diagnostics_.empty()) place();
    return std::move(diagnostics_);
  }

 private:
  void report(const char* code, std::string message, const SourceRef& where,
              std::string suggestion = {}) {
    diagnostics_.push_back(
        {Severity::error, code, std::move(message), where, std::move(suggestion), {}});
  }

  void apply_component(const std::string& name, const Value& value) {
    const auto& components = lowered_.problem.system.components;
    const auto found =
        std::find_if(components.begin(), components.end(),
                     [&](const model::Component& component) { return component.name == name; });
    if (found == components.end()) {
      std::vector<std::string> names;
      for (const auto& component : components) names.push_back(component.name);
      report("HA003", "unknown component \"" + name + "\" in the plan", value.key,
             suggest_word(name, names));
      return;
    }
    const auto id = static_cast<model::ComponentId>(found - components.begin());
    for (const auto& [key, setting] : value.fields)
      if (key == "nodes")
        nodes_.emplace_back(id, &setting);
      else if (key == "variants")
        mix(id, setting);
      else
        walk(id, key, setting);
  }

  /// How many replicas of each variant run; of a component that runs one this was settled before it was lowered.
  void mix(model::ComponentId id, const Value& value) {
    auto& problem = lowered_.problem;
    const model::Component& component = problem.system.components[id];
    model::ComponentPlan& plan = problem.before.components[id];
    const auto open = std::find_if(problem.choices.begin(), problem.choices.end(),
                                   [id](const auto& choice) { return choice.component == id; });
    if (!component.mix || open == problem.choices.end()) {
      if (component.variants.empty() && component.variant.empty())
        report("HA081", "\"" + component.name + "\" has no variants that a plan could run",
               value.key, "remove them from the plan");
      return;
    }
    std::vector<int> counts(component.variants.size(), 0);
    int total = 0;
    for (const auto& [name, count] : value.fields) {
      const auto found = std::find_if(component.variants.begin(), component.variants.end(),
                                      [&name = name](const auto& v) { return v.name == name; });
      if (found == component.variants.end()) {
        std::vector<std::string> names;
        for (const auto& variant : component.variants) names.push_back(variant.name);
        report("HA081",
               "\"" + component.name + "\" has no variant \"" + name + "\" that a plan could run",
               count.key, suggest_word(name, names));
        return;
      }
      const auto v = static_cast<std::size_t>(found - component.variants.begin());
      counts[v] = static_cast<int>(count.value);
      total += counts[v];
      if (std::ranges::find(open->counts[v], counts[v]) == open->counts[v].end())
        report("HA081",
               "the plan runs " + count.text + " replicas of variant \"" + name + "\" of \"" +
                   component.name + "\", outside the spec's range",
               count.where, "solve the changed spec again");
    }
    if (std::ranges::find(open->totals, total) == open->totals.end())
      report("HA081",
             "the plan runs " + std::to_string(total) + " replicas of \"" + component.name +
                 "\", outside the spec's range",
             value.key, "solve the changed spec again");
    for (std::size_t v = 0; v < counts.size(); ++v) plan.variants[v].replicas = counts[v];
    plan.replicas = total;
    problem.choices.erase(open);
  }

  /// Leaves of the component's part of the plan, with their path under the component.
  void walk(model::ComponentId id, const std::string& path, const Value& value) {
    if (value.kind == Value::Kind::null) return;
    if (value.kind == Value::Kind::map) {
      for (const auto& [key, inner] : value.fields) walk(id, path + "." + key, inner);
      return;
    }
    const std::optional<Decision> decision = decision_at(id, path);
    const std::string full =
        "components." + lowered_.problem.system.components[id].name + "." + path;
    if (decision)
      fix(value, full, *decision);
    else
      report("HA081", "the spec has no setting \"" + full + "\" that a plan could fix", value.where,
             "remove it from the plan");
  }

  /// The setting at a path, if the component has it.
  std::optional<Decision> decision_at(model::ComponentId id, const std::string& path) const {
    const model::ComponentPlan& now = lowered_.problem.before.components[id];
    const model::Component& component = lowered_.problem.system.components[id];
    if (!component.replicated()) return std::nullopt;
    Decision decision{.path = {},
                      .component = id,
                      .setting = Setting::replicas,
                      .probe = ProbeKind::none,
                      .values = {},
                      .standard = std::nullopt};
    for (std::size_t v = 0; v < component.variants.size(); ++v) decision.variants.push_back(v);
    for (const PathEnd& row : kPlain) {
      if (path != row.path) continue;
      const std::string start = path.substr(0, path.find('.'));
      if (start == "replicas" && (now.autoscale || component.mix)) return std::nullopt;
      if (start == "autoscale" && !now.autoscale) return std::nullopt;
      if (start == "failover" && !component.failover) return std::nullopt;
      decision.setting = row.setting;
      return decision;
    }
    for (const ProbeName& probe : kProbes) {
      const std::string prefix = probe.prefix;
      if (path.rfind(prefix, 0) != 0 || !probe_of(now.probes, probe.kind)) continue;
      for (const PathEnd& row : kProbe) {
        if (path.substr(prefix.size()) != row.path) continue;
        if (row.setting == Setting::grace && !probe_of(now.probes, probe.kind)->grace)
          return std::nullopt;
        decision.setting = row.setting;
        decision.probe = probe.kind;
        return decision;
      }
    }
    return std::nullopt;
  }

  void fix(const Value& value, const std::string& path, const Decision& at) {
    auto& problem = lowered_.problem;
    const auto same = [&](double a) {
      // A duration may have gone through its shortest text; settings are far coarser than this.
      return std::abs(a - value.value) <= 1e-9 * std::max(1.0, std::abs(a));
    };
    const auto open = std::find_if(problem.decisions.begin(), problem.decisions.end(),
                                   [&](const Decision& d) { return d.path == path; });
    if (open == problem.decisions.end()) {
      if (same(solver::assigned(problem.before, at))) return;
      report(
          "HA081",
          "the plan sets \"" + path + "\" to " + value.text + ", but the spec fixes another value",
          value.where, "solve the changed spec again, or give the spec a range");
      return;
    }
    const auto allowed = std::find_if(open->values.begin(), open->values.end(), same);
    if (allowed == open->values.end()) {
      report("HA081",
             "the plan sets \"" + path + "\" to " + value.text + ", outside the spec's range",
             value.where, "solve the changed spec again");
      return;
    }
    solver::assign(problem.before, *open, *allowed);
    // Of a variant that does not run, too, if it is chosen later.
    for (solver::VariantChoice& choice : problem.choices)
      for (const std::size_t v : open->variants)
        if (open->setting == Setting::replicas && choice.component == open->component)
          choice.counts[v] = {static_cast<int>(*allowed)};
    problem.decisions.erase(open);
  }

  void place() {
    place_before(lowered_.problem);
    for (const auto& [id, list] : nodes_) place_as_told(id, *list);
  }

  void place_as_told(model::ComponentId id, const Value& list) {
    auto& problem = lowered_.problem;
    const model::Component& component = problem.system.components[id];
    std::vector<std::string> names;
    for (const auto& node : problem.system.nodes) names.push_back(node.name);
    std::vector<model::NodeId> nodes;
    for (const Value& item : list.items) {
      const auto found = std::find(names.begin(), names.end(), item.text);
      const auto node = static_cast<model::NodeId>(found - names.begin());
      if (found == names.end())
        report("HA052", "unknown node \"" + item.text + "\" in the plan", item.where,
               suggest_word(item.text, names));
      else if (!std::binary_search(component.allowed.begin(), component.allowed.end(), node))
        report("HA081", "the spec does not allow \"" + component.name + "\" on " + item.text,
               item.where, "change pin or forbid, or solve again");
      else
        nodes.push_back(node);
    }
    if (nodes.size() != list.items.size()) return;
    const model::Resolved plain = model::resolve(problem.system, problem.before);
    const int count = model::largest_replicas(plain.system, plain.deployment.components[id], id);
    if (nodes.size() != static_cast<std::size_t>(count)) {
      report("HA081",
             "\"" + component.name + "\" has " + std::to_string(count) +
                 (count == 1 ? " replica" : " replicas") +
                 " at its largest level, but the plan names " + std::to_string(nodes.size()) +
                 (nodes.size() == 1 ? " node" : " nodes"),
             list.where, "one node per replica");
      return;
    }
    problem.before.components[id].nodes = std::move(nodes);
    problem.placement_open[id] = false;
  }

  Lowered& lowered_;
  const Value& plan_;
  Diagnostics diagnostics_;
  std::vector<std::pair<model::ComponentId, const Value*>> nodes_;
};

}  // namespace

Diagnostics apply_plan(Lowered& lowered, const Value& plan) {
  Diagnostics found = Applier(lowered, plan).run();
  lowered.plan = plan;
  return found;
}

}  // namespace haplan::planner
