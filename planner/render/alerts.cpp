#include "planner/render/alerts.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "model/system/load.hpp"
#include "planner/render/figures.hpp"
#include "planner/render/openslo.hpp"
#include "planner/render/workload.hpp"

namespace haplan::planner {
namespace {

YamlNode text(std::string value) { return YamlNode::text(std::move(value)); }

/// A text in an annotation: Prometheus expands {{ }} there.
std::string annotation(const std::string& plain) {
  std::string out;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const bool open = plain.compare(i, 2, "{{") == 0;
    out += open ? "{{ \"{{\" }}" : plain.substr(i, 1);
    if (open) ++i;
  }
  return one_line(out);
}

std::string record_name(const std::string& window) {
  return "haplan:sli_error:ratio_rate" + window;
}

YamlNode labels(const std::string& service, const std::string& objective) {
  return YamlNode::map({{"service", text(service)}, {"objective", text(objective)}});
}

std::string selector(const Indicator& sli) {
  return "{service=" + promql_string(sli.service) + ",objective=" + promql_string(sli.objective) +
         "}";
}

std::vector<std::string> windows_of(const std::vector<BurnRow>& rows) {
  std::vector<std::string> out;
  for (const auto& row : rows)
    for (const auto& window : {row.short_window, row.long_window})
      if (std::find(out.begin(), out.end(), window) == out.end()) out.push_back(window);
  return out;
}

/// The share of failures over each window, under one name for every kind of objective.
void add_records(const Indicator& sli, const std::vector<BurnRow>& rows, YamlNode& rules) {
  for (const auto& window : windows_of(rows)) {
    YamlNode rule;
    rule["record"] = text(record_name(window));
    rule["expr"] = text(error_ratio(sli, window));
    rule["labels"] = labels(sli.service, sli.objective);
    rules.items.push_back(std::move(rule));
  }
}

std::string condition(const Indicator& sli, const BurnRow& row) {
  const auto burns = [&](const std::string& window) {
    return record_name(window) + selector(sli) + " > (" + shortest(row.factor) + " * " +
           shortest(sli.budget) + ")";
  };
  return "(" + burns(row.long_window) + " and " + burns(row.short_window) + ")";
}

void add_alerts(const Indicator& sli, const std::vector<BurnRow>& rows, YamlNode& rules) {
  for (const std::string severity : {"page", "ticket"}) {
    std::string expression;
    std::string said;
    for (const auto& row : rows) {
      if (row.severity != severity) continue;
      expression += (expression.empty() ? "" : " or ") + condition(sli, row);
      said += (said.empty() ? "" : ", or ") + percent_text(row.share) + " in " + row.long_window;
    }
    if (expression.empty()) continue;
    YamlNode rule;
    rule["alert"] = text("HaplanBudgetBurn");
    rule["expr"] = text(expression);
    rule["labels"] = labels(sli.service, sli.objective);
    rule["labels"]["severity"] = text(severity);
    rule["annotations"]["summary"] =
        text(annotation(sli.service + " uses up what its objective " + sli.objective + " allows"));
    rule["annotations"]["description"] =
        text(annotation(said + " of the " + duration_text(sli.window) + " budget of " +
                        duration_text(sli.window * sli.budget) + " is gone"));
    rules.items.push_back(std::move(rule));
  }
}

void add_response_time(const std::string& service, const std::string& host, double limit,
                       YamlNode& rules) {
  const auto rate = [&](const char* what) {
    return "sum(rate(nginx_ingress_controller_request_duration_seconds_" + std::string(what) +
           "{host=" + promql_string(host) + "}[10m]))";
  };
  YamlNode rule;
  rule["alert"] = text("HaplanResponseTime");
  rule["expr"] = text(rate("sum") + " / " + rate("count") + " > " + shortest(limit));
  rule["for"] = text("10m");
  rule["labels"] = labels(service, "responseTime");
  rule["labels"]["severity"] = text("ticket");
  rule["annotations"]["summary"] = text(
      annotation(service + " answers more slowly than " + duration_text(limit) + " on average"));
  rules.items.push_back(std::move(rule));
}

/// Fewer replicas than must serve, and fewer than planned for so long that nobody brings them back.
void add_replicas(const Plan& plan, const Target& target, YamlNode& rules) {
  const auto& system = plan.lowered.problem.system;
  const auto ask = ask_of(plan.lowered, plan.after->deployment, target);
  const auto load = model::load_table(system);
  const bool deployments = target.kind == "Deployment";
  if (!target.api_version.empty()) return;
  const std::string series = (deployments ? "kube_deployment_status_replicas_available{deployment="
                                          : "kube_statefulset_status_replicas_ready{statefulset=") +
                             promql_string(target.workload) + "}";
  const int planned = ask.plan->autoscale ? ask.plan->autoscale->min : ask.plan->replicas;
  int need = planned;
  for (model::LevelId level = 0; level < system.levels.size(); ++level)
    need = std::min(need, ask.component->type == model::ComponentType::quorum
                              ? planned / 2 + 1
                              : load.need[level][target.component]);
  const auto add = [&](const char* name, int least, const char* wait, const char* severity,
                       const std::string& said) {
    YamlNode rule;
    rule["alert"] = text(name);
    rule["expr"] = text(series + " < " + std::to_string(least));
    rule["for"] = text(wait);
    rule["labels"]["component"] = text(ask.component->name);
    rule["labels"]["severity"] = text(severity);
    rule["annotations"]["summary"] = text(annotation(said));
    rules.items.push_back(std::move(rule));
  };
  const auto& name = ask.component->name;
  add("HaplanBelowNeed", need, "30s", "page",
      name + " has fewer than the " + std::to_string(need) + " replicas that must serve");
  if (planned > need)
    add("HaplanRedundancyLost", planned, "30m", "ticket",
        name + " has had fewer than the " + std::to_string(planned) +
            " planned replicas for 30 minutes: the figures of the plan count on them");
}

std::string host_of(const Lowered& lowered, const std::string& service) {
  const Value* at = lowered.document ? &*lowered.document : nullptr;
  for (const auto& key :
       {std::string("spec"), std::string("services"), service, std::string("host")})
    at = at == nullptr ? nullptr : at->find(key);
  return at == nullptr ? std::string{} : at->text;
}

/// What the objectives of a service are measured by.
std::vector<Indicator> indicators_of(const Plan& plan, const solver::Objective& objective,
                                     RenderedFiles& out) {
  const auto& name = plan.lowered.problem.system.services[objective.service].name;
  const auto host = host_of(plan.lowered, name);
  std::vector<Indicator> found;
  if (objective.max_unavailability)
    found.push_back({name, "availability", {}, *objective.max_unavailability, objective.window});
  if (objective.max_error_ratio && !host.empty())
    found.push_back({name, "errorRate", host, *objective.max_error_ratio, objective.window});
  if ((objective.max_error_ratio || objective.max_response_time) && host.empty())
    out.unsupported.push_back({name, "objectives." + name + ".errorRate",
                               "requests are counted by their host: give services." + name +
                                   ".host to watch errors and response times"});
  std::erase_if(found, [&](const Indicator& sli) {
    if (sli.budget > 0.0 && !burn_rows(sli.window, sli.budget).empty()) return false;
    out.unsupported.push_back({name, "objectives." + name + "." + sli.objective,
                               "no burn rate fits a budget of " + percent_text(sli.budget) +
                                   " in " + duration_text(sli.window)});
    return true;
  });
  return found;
}

YamlNode group(const std::string& name, YamlNode rules) {
  return YamlNode::map({{"name", text(name)}, {"rules", std::move(rules)}});
}

}  // namespace

std::string shortest(double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                 std::chars_format::general, 12);
  return {digits.data(), end.ptr};
}

std::string promql_string(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += std::string("\\") + c;
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + '"';
}

std::vector<BurnRow> burn_rows(double window, double budget) {
  std::vector<BurnRow> rows = {{"page", 0.02, "1h", "5m", 3600, 0},
                               {"page", 0.05, "6h", "30m", 6 * 3600, 0},
                               {"ticket", 0.10, "1d", "2h", 86400, 0},
                               {"ticket", 0.10, "3d", "6h", 3 * 86400, 0}};
  for (auto& row : rows) row.factor = row.share * window / row.long_seconds;
  // 28 days have a factor of 0.933 in the last row; much below that a kept budget would alert.
  std::erase_if(rows,
                [&](const BurnRow& row) { return row.factor < 0.9 || row.factor * budget >= 1.0; });
  return rows;
}

RenderedFiles render_alerts(const Plan& plan, const Profiles& profiles) {
  RenderedFiles out;
  if (!plan.after) return out;
  YamlNode groups = YamlNode::list();
  std::vector<Indicator> indicators;
  for (const auto& objective : plan.lowered.problem.objectives) {
    const auto& name = plan.lowered.problem.system.services[objective.service].name;
    YamlNode rules = YamlNode::list();
    const auto found = indicators_of(plan, objective, out);
    for (const auto& sli : found) add_records(sli, burn_rows(sli.window, sli.budget), rules);
    for (const auto& sli : found) add_alerts(sli, burn_rows(sli.window, sli.budget), rules);
    if (const auto host = host_of(plan.lowered, name); objective.max_response_time && !host.empty())
      add_response_time(name, host, *objective.max_response_time, rules);
    if (!rules.items.empty()) groups.items.push_back(group("haplan-" + name, std::move(rules)));
    indicators.insert(indicators.end(), found.begin(), found.end());
  }
  YamlNode replicas = YamlNode::list();
  for (const auto& target : targets_of(plan.lowered, profiles))
    add_replicas(plan, target, replicas);
  if (!replicas.items.empty())
    groups.items.push_back(group("haplan-replicas", std::move(replicas)));

  const std::string head =
      "# Alerts for the objectives of system " + one_line(plan.lowered.name) +
      ", written by haplan. Do not edit: change the spec and plan again.\n"
      "# probe_success: Blackbox exporter, its targets labelled haplan_service; "
      "nginx_ingress_controller_*: ingress-nginx; kube_*: kube-state-metrics.\n";
  out.files["rules.yaml"] = head + to_yaml(YamlNode::map({{"groups", groups}}));
  YamlNode resource;
  resource["apiVersion"] = text("monitoring.coreos.com/v1");
  resource["kind"] = text("PrometheusRule");
  resource["metadata"]["name"] = text("haplan-" + object_name(plan.lowered.name));
  resource["spec"]["groups"] = std::move(groups);
  out.files["prometheus-rule.yaml"] = head + to_yaml(resource);
  out.files["openslo.yaml"] = openslo_documents(indicators);
  return out;
}

}  // namespace haplan::planner
