#include "planner/explain/explanation.hpp"

#include <algorithm>
#include <charconv>

#include "planner/explain/workings.hpp"
#include "planner/spec/suggest.hpp"

namespace haplan::planner {

namespace explaining {

std::string number_text(double value) {
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 6);
  return {buffer, end.ptr};
}

std::string seconds_text(double value) { return number_text(value) + " s"; }

}  // namespace explaining

namespace {

using namespace explaining;

/// Figures of a service: the keys that stand for it after the service's name, and how it is filled.
struct ServiceEntry {
  const char* figure;
  std::vector<std::string> keys;  ///< the first one is what `explained_paths` lists
  void (*fill)(const ServiceScope&, Explanation&);
};

const std::vector<ServiceEntry>& service_entries() {
  static const std::vector<ServiceEntry> kEntries{
      {"unavailability", {"unavailability", "", "levels"}, fill_unavailability},
      {"availability", {"availability"}, fill_availability},
      {"downtime",
       {"downtimeSecondsPerYear", "downtimeSecondsPer30Days", "downtime"},
       fill_downtime},
      {"textbook",
       {"independentUnavailability", "independentErrorMinutesPerYear", "independent", "textbook"},
       fill_textbook},
      {"guaranteed", {"guaranteedUnavailability", "guaranteed"}, fill_guaranteed},
      {"values-only", {"valuesOnlyUnavailability", "valuesOnly"}, fill_values_only},
      {"outage-frequency",
       {"outagesPerYear", "outageFrequency", "frequency"},
       fill_outage_frequency},
      {"mean-outage", {"meanOutageSeconds", "meanOutage"}, fill_mean_outage},
      {"causes", {"causes"}, fill_causes},
      {"criticality", {"importance", "criticality"}, fill_importance},
      {"birnbaum", {"birnbaum"}, fill_importance},
      {"risk-achievement-worth", {"riskAchievementWorth"}, fill_importance},
      {"risk-reduction-worth", {"riskReductionWorth"}, fill_importance},
      {"fussell-vesely", {"fussellVesely"}, fill_importance},
      {"cut-sets", {"minimalCutSets", "cutSets"}, fill_cut_sets},
      {"recovery-time", {"recovery", "recoveryTime"}, fill_recovery_time},
      {"node-loss", {"nodeLosses"}, fill_losses},
      {"loss-drill", {"losses", "loss"}, fill_losses},
      {"error-ratio", {"errorRatio", "errorRate"}, fill_error_ratio},
      {"response-time", {"worstResponseTimeSeconds", "responseTime"}, fill_response_time},
      {"data-loss", {"dataLossSeconds", "dataLoss"}, fill_data_loss},
      {"window", {"window", "compliance"}, fill_window},
      {"objective", {"objectives", "objective", "met"}, fill_objective},
  };
  return kEntries;
}

struct ComponentEntry {
  const char* figure;
  std::vector<std::string> keys;
  void (*fill)(const ComponentScope&, Explanation&);
  bool (*applies)(const model::Component&);
};

bool replicated(const model::Component& c) { return c.replicated(); }
bool fails_over(const model::Component& c) { return c.failover.has_value(); }
bool has_causes(const model::Component& c) { return !c.common_causes.empty(); }
bool any_component(const model::Component&) { return true; }

const std::vector<ComponentEntry>& component_entries() {
  static const std::vector<ComponentEntry> kEntries{
      {"replica", {"", "unavailability"}, fill_component, any_component},
      {"replica", {"replica"}, fill_replica, replicated},
      {"recovery-law", {"recovery"}, fill_recovery, replicated},
      {"spurious-kill", {"spuriousKill"}, fill_spurious_kill, replicated},
      {"rescheduling", {"rescheduling"}, fill_rescheduling, replicated},
      {"failover", {"failoverUnavailability"}, fill_failover, fails_over},
      {"failover-time", {"failoverTime"}, fill_failover_time, fails_over},
      {"common-cause", {"commonCause", "commonCauses", "releases"}, fill_common_cause, has_causes},
      {"need", {"need"}, fill_need, replicated},
      {"load", {"load", "rate"}, fill_load, any_component},
      {"ramp", {"ramp"}, fill_ramp, replicated},
  };
  return kEntries;
}

std::vector<std::string> segments_of(const std::string& path) {
  std::vector<std::string> segments = path_segments(path);
  if (segments.size() > 1 && (segments[0] == "plan" || segments[0] == "spec"))
    segments.erase(segments.begin());
  return segments;
}

template <class All>
std::optional<std::size_t> index_of(const All& all, const std::string& name) {
  const auto found = std::ranges::find_if(all, [&](const auto& one) { return one.name == name; });
  if (found == all.end()) return std::nullopt;
  return static_cast<std::size_t>(found - all.begin());
}

bool is_loss_kind(const std::string& word) {
  static const std::vector<std::string> kKinds{"node", "zone", "replica", "primary", "external"};
  return std::ranges::find(kKinds, word) != kKinds.end();
}

bool is_measure(const std::string& word) {
  return word == "birnbaum" || word == "criticality" || word == "riskAchievementWorth" ||
         word == "riskReductionWorth" || word == "fussellVesely";
}

std::optional<Explanation> explain_service(const Evidence& evidence,
                                           const std::vector<std::string>& segments) {
  if (segments.size() < 2) return std::nullopt;
  const auto service = index_of(evidence.plan.lowered.problem.system.services, segments[1]);
  if (!service) return std::nullopt;
  std::string key = segments.size() > 2 ? segments[2] : "";
  ServiceScope scope{evidence, *service, ""};
  // "levels.peak.responseTimeSeconds" is a response time.
  if (key == "levels" && segments.size() > 4 && segments[4] == "responseTimeSeconds")
    key = "responseTime";
  // "importance.worker-1.birnbaum" is about that measure.
  if (key == "importance" && segments.size() > 3 && is_measure(segments.back()))
    key = segments.back();
  if (key == "nodeLosses") scope.kind = "node";
  if (key == "loss" && segments.size() > 3) {
    if (!is_loss_kind(segments[3])) return std::nullopt;
    scope.kind = segments[3];
    if (scope.kind == "node") key = "nodeLosses";
  }
  for (const ServiceEntry& entry : service_entries()) {
    if (std::ranges::find(entry.keys, key) == entry.keys.end()) continue;
    Explanation out;
    out.figure = find_figure(entry.figure);
    entry.fill(scope, out);
    return out;
  }
  return std::nullopt;
}

/// The settings of a component, as they stand in a plan: without "components.NAME." in front.
std::vector<std::string> settings_of(const model::System& system,
                                     const model::Deployment& deployment, model::ComponentId id) {
  const model::Component& component = system.components[id];
  if (!component.replicated()) return {};
  const model::ComponentPlan& plan = deployment.components[id];
  std::vector<std::string> names;
  if (plan.autoscale)
    names = {"autoscale.min", "autoscale.max", "autoscale.targetCPUUtilizationPercentage"};
  else
    names = {"replicas"};
  const auto probe = [&](const std::string& which, const std::optional<model::Probe>& one) {
    if (!one) return;
    for (const char* field : {"initialDelaySeconds", "periodSeconds", "timeoutSeconds",
                              "failureThreshold", "successThreshold"})
      names.push_back("probes." + which + "." + field);
    if (one->grace) names.push_back("probes." + which + ".terminationGracePeriodSeconds");
  };
  probe("liveness", plan.probes.liveness);
  probe("readiness", plan.probes.readiness);
  probe("startup", plan.probes.startup);
  using model::Controller;
  static const std::vector<std::pair<Controller, std::vector<std::string>>> kFields{
      {Controller::patroni, {"ttl", "loopWait", "retryTimeout"}},
      {Controller::cloudnative_pg, {"failoverDelay", "lease", "retryPeriod"}},
      {Controller::redis_sentinel, {"downAfter"}},
      {Controller::redis_cluster, {"nodeTimeout"}},
      {Controller::repmgr, {"reconnectAttempts", "reconnectInterval", "connectTimeout"}}};
  for (const auto& [controller, fields] : kFields)
    if (component.failover && component.failover->controller == controller)
      for (const std::string& field : fields) names.push_back("failover." + field);
  if (!system.nodes.empty()) names.emplace_back("nodes");
  return names;
}

const char* figure_of_setting(const std::string& setting) {
  if (setting == "nodes") return "placement";
  if (setting.starts_with("probes.")) return "probe";
  return setting.starts_with("failover.") ? "controller" : "replicas";
}

std::string joined(const std::vector<std::string>& segments, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < segments.size(); ++i)
    text += (text.empty() ? "" : ".") + segments[i];
  return text;
}

std::optional<Explanation> explain_component(const Evidence& evidence,
                                             const std::vector<std::string>& segments) {
  const model::System& system = evidence.plan.lowered.problem.system;
  if (segments.size() < 2) return std::nullopt;
  const auto id = index_of(system.components, segments[1]);
  if (!id) return std::nullopt;
  ComponentScope scope{evidence, *id, ""};
  const std::string key = segments.size() > 2 ? segments[2] : "";
  const std::string rest = joined(segments, 2);
  Explanation out;
  for (const std::string& setting : settings_of(system, scope.deployment(), *id)) {
    if (rest != setting && !(setting == "nodes" && key == "nodes")) continue;
    out.figure = find_figure(figure_of_setting(setting));
    fill_setting_use(scope, setting, out);
    fill_decision(evidence, scope.path(setting), out);
    return out;
  }
  for (const ComponentEntry& entry : component_entries()) {
    if (std::ranges::find(entry.keys, key) == entry.keys.end()) continue;
    if (!entry.applies(scope.component())) return std::nullopt;
    // Modes and causes have names; nothing stands below them, or below anything else.
    const bool named = key == "recovery" || key == "commonCause" || key == "commonCauses";
    if (segments.size() > (named ? 4 : 3)) return std::nullopt;
    if (segments.size() > 3) scope.detail = segments[3];
    if (key == "releases") scope.detail = "releases";
    out.figure = find_figure(entry.figure);
    entry.fill(scope, out);
    // A mode or a cause that is not there.
    if (!scope.detail.empty() && out.workings.empty()) return std::nullopt;
    return out;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> path_segments(const std::string& path) {
  std::vector<std::string> segments{""};
  for (const char c : path) {
    if (c == '.' || c == '[')
      segments.emplace_back();
    else if (c != ']')
      segments.back() += c;
  }
  return segments;
}

model::Result<Evidence> gather_evidence(const Plan& plan, std::vector<solver::Decision> decisions,
                                        std::vector<std::string> binding) {
  auto parts = model::breakdown(plan.lowered.problem.system, shown_assessment(plan)->deployment);
  if (!parts) return tl::make_unexpected(parts.error());
  return Evidence{plan, std::move(*parts), std::move(decisions), std::move(binding)};
}

std::optional<Explanation> explain(const Evidence& evidence, const std::string& path) {
  const std::vector<std::string> segments = segments_of(path);
  std::optional<Explanation> out;
  if (segments[0] == "services")
    out = explain_service(evidence, segments);
  else if (segments[0] == "components")
    out = explain_component(evidence, segments);
  else
    out = explain_cluster(evidence, segments);
  if (out) out->path = joined(segments, 0);
  return out;
}

std::string suggest_path(const Evidence& evidence, const std::string& path) {
  const std::vector<std::string> wanted = segments_of(path);
  std::vector<std::string> best;
  std::size_t most = 0;
  for (const std::string& candidate : explained_paths(evidence)) {
    const std::vector<std::string> has = segments_of(candidate);
    std::size_t common = 0;
    while (common < std::min(has.size(), wanted.size()) && has[common] == wanted[common]) ++common;
    if (common > most) {
      most = common;
      best.clear();
    }
    if (common == most) best.push_back(candidate);
  }
  return suggest_word(joined(wanted, 0), best);
}

std::vector<std::string> explained_paths(const Evidence& evidence) {
  const model::System& system = evidence.plan.lowered.problem.system;
  const model::Deployment& deployment = shown_assessment(evidence.plan)->deployment;
  std::vector<std::string> paths;
  for (const model::Service& service : system.services)
    for (const ServiceEntry& entry : service_entries())
      paths.push_back("services." + service.name + "." + entry.keys.front());
  for (model::ComponentId c = 0; c < system.components.size(); ++c) {
    const std::string base = "components." + system.components[c].name;
    for (const ComponentEntry& entry : component_entries()) {
      if (!entry.applies(system.components[c])) continue;
      paths.push_back(entry.keys.front().empty() ? base : base + "." + entry.keys.front());
    }
    for (const std::string& setting : settings_of(system, deployment, c))
      paths.push_back(base + "." + setting);
  }
  for (std::string& path : cluster_paths(evidence)) paths.push_back(std::move(path));
  return paths;
}

}  // namespace haplan::planner
