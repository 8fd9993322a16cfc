#include <algorithm>

#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

using solver::ProbeKind;
using solver::Setting;

struct ProbeField {
  const char* name;
  Setting setting;
  int model::Probe::* member;
  int smallest;
};

/// The Kubernetes defaults stand in model::Probe; the smallest values are what its API accepts.
constexpr ProbeField kFields[] = {
    {"initialDelaySeconds", Setting::initial_delay, &model::Probe::initial_delay, 0},
    {"periodSeconds", Setting::period, &model::Probe::period, 1},
    {"timeoutSeconds", Setting::timeout, &model::Probe::timeout, 1},
    {"failureThreshold", Setting::failure_threshold, &model::Probe::failure_threshold, 1},
    {"successThreshold", Setting::success_threshold, &model::Probe::success_threshold, 1},
};

void check_smallest(Context& context, const Value& value, const std::string& name, int smallest) {
  const double low = value.kind == Value::Kind::range && !value.choices.empty()
                         ? value.choices.front().value
                         : value.value;
  if (low >= smallest) return;
  report(context, "HA084", "\"" + name + "\" must be at least " + std::to_string(smallest),
         value.where, "Kubernetes rejects a smaller value");
}

/// A number that a socket may have, or a name as Kubernetes allows it for a container's port: at most
/// 15 lower-case letters, digits and single inner hyphens, with at least one letter.
bool is_port(const Value& port) {
  constexpr double kLargest = 65535.0;
  constexpr std::size_t kLongest = 15;
  if (port.kind == Value::Kind::integer) return port.value >= 1.0 && port.value <= kLargest;
  const std::string& name = port.text;
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_other = [](char c) { return (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.size() <= kLongest && name.front() != '-' && name.back() != '-' &&
         name.find("--") == std::string::npos &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || is_other(c); }) &&
         std::any_of(name.begin(), name.end(), is_letter);
}

void check_port(Context& context, const std::string& name, const Value& handler) {
  if (name == "exec") return;
  const Value* port = field(&handler, "port");
  if (port && !is_port(*port))
    report(context, "HA084", "\"" + port->text + "\" is no port", port->where,
           name == "grpc" ? "a number from 1 to 65535"
                          : "a number from 1 to 65535, or the name of a container's port");
}

Value handler_of(Context& context, const Value& probe) {
  Value handler;
  for (const char* name : {"httpGet", "tcpSocket", "exec", "grpc"}) {
    const Value* given = field(&probe, name);
    if (!given) continue;
    if (!handler.fields.empty())
      report(context, "HA072",
             "\"" + handler.fields.front().first + "\" and \"" + name + "\" exclude each other",
             given->key, "a probe has one handler");
    check_port(context, name, *given);
    handler.kind = Value::Kind::map;
    handler.fields.emplace_back(name, *given);
  }
  return handler;
}

std::optional<model::Probe> probe_of(Context& context, const Value* value,
                                     model::ComponentId component, ProbeKind kind) {
  if (!value) return std::nullopt;
  model::Probe probe;
  const model::Probe defaults;
  for (const ProbeField& row : kFields) {
    const Value* given = field(value, row.name);
    if (given) check_smallest(context, *given, row.name, row.smallest);
    const int standard = defaults.*row.member;
    probe.*row.member = static_cast<int>(setting_of(
        context, given,
        {.component = component, .setting = row.setting, .probe = kind, .standard = standard},
        standard));
  }
  if (const Value* grace = field(value, "terminationGracePeriodSeconds")) {
    if (kind == ProbeKind::readiness)
      report(context, "HA068", "a readiness probe has no terminationGracePeriodSeconds", grace->key,
             "it kills nothing: set it on the liveness probe or on the pod");
    check_smallest(context, *grace, "terminationGracePeriodSeconds", 1);
    const double pod = context.system().components[component].grace;
    probe.grace = static_cast<int>(setting_of(
        context, grace,
        {.component = component, .setting = Setting::grace, .probe = kind, .standard = pod}, pod));
  }
  const Value* success = field(value, "successThreshold");
  const bool more_than_one =
      success && (success->kind == Value::Kind::range || success->value != 1.0);
  if (more_than_one && kind != ProbeKind::readiness)
    report(context, "HA070", "successThreshold of a liveness or startup probe must be 1",
           success->where, "Kubernetes rejects any other value");
  return probe;
}

}  // namespace

void lower_probes(Context& context, model::ComponentId id) {
  const Value& value = *context.component_values[id];
  model::Component& component = context.system().components[id];
  const Value* probes = field(&value, "probes");
  model::Probes& settings = context.before().components[id].probes;
  ComponentExtras& extras = context.out.extras[id];
  const auto lower_one = [&](const char* name, ProbeKind kind, std::optional<model::Probe>& probe,
                             Value& handler) {
    const Value* given = field(probes, name);
    probe = probe_of(context, given, id, kind);
    if (given) handler = handler_of(context, *given);
  };
  lower_one("liveness", ProbeKind::liveness, settings.liveness, extras.liveness_handler);
  lower_one("readiness", ProbeKind::readiness, settings.readiness, extras.readiness_handler);
  lower_one("startup", ProbeKind::startup, settings.startup, extras.startup_handler);

  if (const Value* chance = field(field(probes, "liveness"), "falseFailure"))
    component.false_failure = chance->value;
  if (const Value* latency = field(&value, "probeLatency")) {
    model::ProbeLatency quantiles{.p50 = required_duration(context, *latency, "p50"),
                                  .p99 = required_duration(context, *latency, "p99")};
    if (const Value* p50 = field(latency, "p50")) require_positive(context, *p50);
    if (quantiles.p50 > 0.0 && field(latency, "p99") && quantiles.p99 < quantiles.p50)
      report(context, "HA084", "p99 is below p50", field(latency, "p99")->where);
    component.probe_latency = quantiles;
  }
}

}  // namespace haplan::planner::lowering
