#include "planner/render/openslo.hpp"

#include <cctype>
#include <cmath>
#include <set>

#include "planner/render/alerts.hpp"
#include "planner/render/yaml_text.hpp"

namespace haplan::planner {
namespace {

YamlNode text(std::string value) { return YamlNode::text(std::move(value)); }

YamlNode plain(const std::string& digits) {
  YamlNode node;
  node.kind = YamlNode::Kind::plain;
  node.scalar = digits;
  return node;
}

YamlNode document(const char* kind, const std::string& name) {
  YamlNode root;
  root["apiVersion"] = text("openslo/v1");
  root["kind"] = text(kind);
  root["metadata"]["name"] = text(name);
  return root;
}

YamlNode query(const std::string& promql) {
  YamlNode node;
  node["metricSource"]["type"] = text("Prometheus");
  node["metricSource"]["spec"]["query"] = text(promql);
  return node;
}

/// A window in OpenSLO's shorthand: whole days where it is a number of them.
std::string shorthand(double seconds) {
  const auto minutes = std::max(1LL, std::llround(seconds / 60));
  if (minutes % 1440 == 0) return std::to_string(minutes / 1440) + "d";
  if (minutes % 60 == 0) return std::to_string(minutes / 60) + "h";
  return std::to_string(minutes) + "m";
}

/// The share that must succeed, from the budget's decimal digits.
std::string target_text(double budget) {
  const double digits = std::ceil(-std::log10(budget)) + 6;
  const double scale = std::pow(10.0, std::min(digits, 15.0));
  return shortest(std::round((1.0 - budget) * scale) / scale);
}

std::string requests(const Indicator& sli, const char* more) {
  return "sum(rate(nginx_ingress_controller_requests{host=" + promql_string(sli.host) + more +
         "}[5m]))";
}

YamlNode indicator_of(const Indicator& sli, const std::string& name) {
  YamlNode indicator;
  indicator["metadata"]["name"] = text(name);
  auto& ratio = indicator["spec"]["ratioMetric"];
  if (sli.objective == "availability") {
    ratio["counter"] = YamlNode::boolean(false);
    ratio["rawType"] = text("success");
    ratio["raw"] = query("avg(probe_success{haplan_service=" + promql_string(sli.service) + "})");
    return indicator;
  }
  ratio["counter"] = YamlNode::boolean(false);
  ratio["bad"] = query(requests(sli, ",status=~\"5..\""));
  ratio["total"] = query(requests(sli, ""));
  return indicator;
}

YamlNode slo_of(const Indicator& sli, const std::string& name) {
  auto slo = document("SLO", name);
  auto& spec = slo["spec"];
  const bool time = sli.objective == "availability";
  spec["service"] = text(object_name(sli.service));
  spec["indicator"] = indicator_of(sli, name);
  spec["timeWindow"] = YamlNode::list({YamlNode::map(
      {{"duration", text(shorthand(sli.window))}, {"isRolling", YamlNode::boolean(true)}})});
  spec["budgetingMethod"] = text(time ? "Timeslices" : "Occurrences");
  YamlNode objective;
  objective["displayName"] = text(sli.objective);
  objective["target"] = plain(target_text(sli.budget));
  if (time) {
    objective["timeSliceTarget"] = YamlNode::integer(1);
    objective["timeSliceWindow"] = text("1m");
  }
  spec["objectives"] = YamlNode::list({objective});
  spec["alertPolicies"] = YamlNode::list();
  return slo;
}

std::string stream_of(const std::vector<YamlNode>& documents) {
  std::string out;
  for (const auto& one : documents) out += "---\n" + to_yaml(one);
  return out;
}

/// One policy with one condition for each row; a policy refers to conditions by name.
void add_policies(const Indicator& sli, const std::string& name, YamlNode& slo,
                  std::vector<YamlNode>& out) {
  for (const auto& row : burn_rows(sli.window, sli.budget)) {
    const auto burn = name + "-" + row.long_window;
    auto condition = document("AlertCondition", burn);
    condition["spec"]["severity"] = text(row.severity);
    auto& rule = condition["spec"]["condition"];
    rule["kind"] = text("burnrate");
    rule["op"] = text("gt");
    rule["threshold"] = plain(shortest(row.factor));
    rule["lookbackWindow"] = text(row.long_window);
    rule["alertAfter"] = text(row.short_window);
    auto policy = document("AlertPolicy", burn);
    auto& spec = policy["spec"];
    spec["alertWhenBreaching"] = YamlNode::boolean(true);
    spec["conditions"] = YamlNode::list({YamlNode::map({{"conditionRef", text(burn)}})});
    spec["notificationTargets"] =
        YamlNode::list({YamlNode::map({{"targetRef", text(row.severity)}})});
    slo["spec"]["alertPolicies"].items.push_back(YamlNode::map({{"alertPolicyRef", text(burn)}}));
    out.push_back(std::move(condition));
    out.push_back(std::move(policy));
  }
}

/// Whom alerts of each severity go to: a name, which Alertmanager's routes give a meaning.
void add_targets(const std::vector<Indicator>& indicators, std::vector<YamlNode>& out) {
  std::set<std::string> severities;
  for (const auto& sli : indicators)
    for (const auto& row : burn_rows(sli.window, sli.budget)) severities.insert(row.severity);
  for (const auto& severity : severities) {
    out.push_back(document("AlertNotificationTarget", severity));
    out.back()["spec"]["description"] = text("who takes a " + severity);
    out.back()["spec"]["target"] = text(severity);
  }
}

}  // namespace

std::string object_name(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool word = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (word)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  out = out.substr(0, 50);
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "system" : out;
}

std::string error_ratio(const Indicator& sli, const std::string& window) {
  if (sli.objective == "availability")
    return "1 - avg(avg_over_time(probe_success{haplan_service=" + promql_string(sli.service) +
           "}[" + window + "]))";
  const auto rate = [&](const char* more) {
    return "sum(rate(nginx_ingress_controller_requests{host=" + promql_string(sli.host) + more +
           "}[" + window + "]))";
  };
  return rate(",status=~\"5..\"") + " / " + rate("");
}

std::string openslo_documents(const std::vector<Indicator>& indicators) {
  std::vector<YamlNode> out;
  std::set<std::string> services;
  add_targets(indicators, out);
  for (const auto& sli : indicators) {
    const auto service = object_name(sli.service);
    if (services.insert(service).second) {
      out.push_back(document("Service", service));
      out.back()["spec"]["description"] = text("planned by haplan");
    }
    const auto name = service + "-" + object_name(sli.objective);
    std::vector<YamlNode> alerts;
    auto slo = slo_of(sli, name);
    add_policies(sli, name, slo, alerts);
    out.push_back(std::move(slo));
    for (auto& one : alerts) out.push_back(std::move(one));
  }
  return stream_of(out);
}

}  // namespace haplan::planner
