#include <algorithm>

#include "planner/lower/parts.hpp"
#include "planner/lower/variants.hpp"

namespace haplan::planner::lowering {

namespace {

using Type = model::ComponentType;

std::optional<Type> type_of(const std::string& name) {
  if (name == "stateless") return Type::stateless;
  if (name == "primary-replica") return Type::primary_replica;
  if (name == "quorum") return Type::quorum;
  if (name == "external") return Type::external;
  if (name == "markov") return Type::markov;
  if (name == "gate") return Type::gate;
  return std::nullopt;
}

model::Detection detection_of(const std::string& name) {
  if (name == "liveness") return model::Detection::liveness;
  if (name == "manual") return model::Detection::manual;
  return model::Detection::exit;
}

void lower_modes(Context& context, const Value& value, model::Component& component) {
  const Value* failures = field(&value, "failures");
  if (const Value* availability = field(&value, "availability")) {
    component.replica_unavailability = availability->complement;
    if (failures)
      report(context, "HA072", "\"availability\" and \"failures\" exclude each other",
             availability->key, "availability of one replica, or the modes it fails in");
  }
  if (!failures) return;
  const bool probed = field(field(&value, "probes"), "liveness") != nullptr;
  for (const auto& [name, mode_value] : failures->fields) {
    model::FailureMode mode{.name = name,
                            .rate = rate_of(context, mode_value),
                            .detection = detection_of(text_or(&mode_value, "detection", "exit")),
                            .repair = std::nullopt,
                            .ignores_sigterm = flag_or(&mode_value, "ignoresSigterm", true)};
    if (const Value* repair = field(&mode_value, "repair")) mode.repair = repair->value;
    if (mode.detection == model::Detection::liveness && !probed && !mode.repair)
      report(context, "HA055",
             "mode \"" + name + "\" of \"" + component.name +
                 "\" is detected by a liveness probe that does not exist",
             mode_value.key, "add \"probes.liveness\", or a \"repair\" time to the mode");
    if (mode.detection == model::Detection::manual && !mode.repair)
      report(context, "HA004", "mode \"" + name + "\" is repaired by hand but has no \"repair\"",
             mode_value.key, "add \"repair\", the mean time until someone has repaired it");
    component.modes.push_back(std::move(mode));
  }
}

void lower_need(Context& context, const Value& value, model::Component& component) {
  const Value* need = field(&value, "need");
  if (!need) return;
  component.need.assign(context.system().levels.size(), std::nullopt);
  const auto take = [&](const Value& given, std::optional<int>& slot) {
    require_positive(context, given);
    slot = static_cast<int>(given.exact.num);
  };
  if (need->kind != Value::Kind::map) {
    for (auto& slot : component.need) take(*need, slot);
    return;
  }
  for (const auto& [level, given] : need->fields) {
    const auto found = context.levels.find(level);
    if (found == context.levels.end())
      report(context, "HA083", "unknown level \"" + level + "\" in \"need\"", given.key,
             suggest_word(level, names_of(context.levels)));
    else
      take(given, component.need[found->second]);
  }
}

/// Smallest and largest value that a field can take.
std::pair<double, double> span(const Value& value) {
  if (value.kind != Value::Kind::range || value.choices.empty()) return {value.value, value.value};
  return {value.choices.front().value, value.choices.back().value};
}

/// Figures look at every number of reachable replicas, and searches at every placement: far more than this and both
/// take forever, while no component of a cluster of 64 nodes has as many.
void check_most(Context& context, const Value* count, const std::string& name) {
  constexpr double kMostReplicas = 1'000.0;
  if (!count || context.system().nodes.empty() || span(*count).second <= kMostReplicas) return;
  report(context, "HA084", "\"" + name + "\" must be at most 1000 on nodes", count->where);
}

void lower_autoscale(Context& context, const Value& autoscale, model::ComponentId id) {
  const Value* min = field(&autoscale, "min");
  const Value* max = field(&autoscale, "max");
  for (const auto& [value, name] : {std::pair{min, "min"}, std::pair{max, "max"}})
    if (!value)
      report(context, "HA004", "\"autoscale." + std::string(name) + "\" is missing", autoscale.key,
             "add \"" + std::string(name) + "\"");
    else if (span(*value).first < 1.0)
      report(context, "HA084", "\"autoscale." + std::string(name) + "\" must be at least 1",
             value->where);
  check_most(context, max, "autoscale.max");
  if (min && max && span(*min).second > span(*max).first)
    report(context, "HA084", "\"autoscale.min\" can exceed \"autoscale.max\"", min->where,
           "keep every value of min at or below every value of max");
  const Value* target = field(&autoscale, "targetCPUUtilizationPercentage");
  if (target && span(*target).first < 1.0)
    report(context, "HA084", "the target utilization must be at least 1 (percent)", target->where);
  const auto key = [id](solver::Setting setting, std::optional<double> standard) {
    return SettingKey{.component = id,
                      .setting = setting,
                      .probe = solver::ProbeKind::none,
                      .standard = standard};
  };
  model::Autoscale scale;
  scale.min = static_cast<int>(
      setting_of(context, min, key(solver::Setting::autoscale_min, std::nullopt), 1.0));
  scale.max = static_cast<int>(setting_of(
      context, max, key(solver::Setting::autoscale_max, std::nullopt), std::max(1, scale.min)));
  scale.target = static_cast<int>(
      setting_of(context, target, key(solver::Setting::autoscale_target, 80.0), 80.0));
  context.before().components[id].autoscale = scale;
  context.system().components[id].autoscale_lag = number_or(&autoscale, "lag", 30.0);
}

void lower_counts(Context& context, const Value& value, model::ComponentId id) {
  const Value* replicas = field(&value, "replicas");
  const Value* autoscale = field(&value, "autoscale");
  if (replicas && autoscale)
    report(context, "HA072", "\"replicas\" and \"autoscale\" exclude each other", autoscale->key,
           "a fixed number, or an autoscaler with min and max");
  if (replicas && span(*replicas).first < 1.0)
    report(context, "HA084", "\"replicas\" must be at least 1", replicas->where);
  check_most(context, replicas, "replicas");
  context.before().components[id].replicas =
      static_cast<int>(setting_of(context, replicas,
                                  {.component = id,
                                   .setting = solver::Setting::replicas,
                                   .probe = solver::ProbeKind::none,
                                   .standard = std::nullopt},
                                  1.0));
  if (autoscale) lower_autoscale(context, *autoscale, id);
}

void keep_as_written(const Value* quantities, std::map<std::string, std::string>& written) {
  if (!quantities) return;
  for (const auto& [name, value] : quantities->fields)
    if (value.kind != Value::Kind::null) written[name] = value.text;
}

void lower_resources(Context& context, const Value& value, model::ComponentId id) {
  model::Component& component = context.system().components[id];
  ComponentExtras& extras = context.out.extras[id];
  const Value* requests = field(&value, "resources");
  const Value* limits = field(&value, "limits");
  component.requests = resources_of(requests, true);
  component.limits = resources_of(limits, true);
  keep_as_written(requests, extras.requests);
  keep_as_written(limits, extras.limits);
  for (const auto& [name, limit] : component.limits)
    if (const auto request = component.requests.find(name);
        request != component.requests.end() && request->second > limit)
      report(context, "HA084", "the request for " + name + " exceeds its limit",
             field(limits, name)->where, "Kubernetes rejects such a pod");
}

void lower_uses(Context& context, const Value& value, model::Component& component) {
  const Value* uses = field(&value, "uses");
  if (!uses) return;
  for (const auto& [name, amount] : uses->fields) {
    if (amount.kind == Value::Kind::null) continue;
    if (is_reserved_budget(name))
      report(context, "HA089", "\"" + name + "\" in \"uses\" is the name of a budget of its own",
             amount.key, "it counts by itself: use another name for something else");
    component.uses[name] = amount.exact;
  }
}

}  // namespace

void name_components(Context& context) {
  const Value* components = field(context.spec, "components");
  if (!components) return;
  std::map<std::string, const Value*> sorted;
  for (const auto& [name, value] : components->fields) sorted[name] = &value;
  for (const auto& [name, value] : sorted) {
    const Value* type = field(value, "type");
    if (!type)
      report(context, "HA004", "component \"" + name + "\" has no type", value->key,
             "add \"type\": stateless, primary-replica, quorum, external, markov or gate");
    const std::optional<Type> known = type_of(type ? type->text : "stateless");
    if (!known) {
      report(context, "HA022", "unknown type \"" + type->text + "\"", type->where,
             suggest_word(type->text, {"stateless", "primary-replica", "quorum", "external",
                                       "markov", "gate"}));
    }
    context.components[name] = context.component_values.size();
    context.component_values.push_back(value);
    model::Component component;
    component.name = name;
    component.type = known.value_or(Type::stateless);
    context.system().components.push_back(std::move(component));
  }
  context.before().components.resize(context.component_values.size());
  context.out.extras.resize(context.component_values.size());
}

model::CommonCause release_cause(const Value& releases) {
  const double exposure = number_or(&releases, "exposure", 1.0);
  return {
      .name = "releases",
      .rate = field(&releases, "failureRate")->value * exposure / field(&releases, "every")->value,
      .outage = number_or(&releases, "restore", 0.0)};
}

void lower_common_causes(Context& context, model::ComponentId id) {
  const Value& value = *context.component_values[id];
  model::Component& component = context.system().components[id];
  if (const Value* causes = field(&value, "commonCause"))
    for (const auto& [name, cause] : causes->fields)
      component.common_causes.push_back({.name = name,
                                         .rate = rate_of(context, cause),
                                         .outage = required_duration(context, cause, "repair")});
  const Value* releases = field(&value, "releases");
  if (!releases) return;
  const double every = required_duration(context, *releases, "every");
  required_duration(context, *releases, "restore");
  const Value* failure_rate = field(releases, "failureRate");
  if (!failure_rate)
    report(context, "HA004", "\"failureRate\" is missing", releases->key,
           "add \"failureRate\", the share of releases that break the component");
  if (const Value* given = field(releases, "every")) require_positive(context, *given);
  if (every <= 0.0 || !failure_rate) return;
  component.common_causes.push_back(release_cause(*releases));
}

void lower_component(Context& context, model::ComponentId id) {
  const Value& value = *context.component_values[id];
  model::Component& component = context.system().components[id];
  component.start = number_or(&value, "start", 0.0);
  component.shutdown = number_or(&value, "shutdown", 0.0);
  component.grace = number_or(&value, "terminationGracePeriodSeconds", 30.0);
  component.retry = number_or(&value, "retry", 0.0);
  if (const Value* given = field(&value, "throughput")) {
    require_positive(context, *given);
    if (given->value > 0.0) component.throughput = given->exact;
  }
  if (const Value* given = field(&value, "maxUtilization")) {
    require_positive(context, *given);
    if (given->value > 0.0) component.max_utilization = given->exact;
  }
  lower_modes(context, value, component);
  lower_need(context, value, component);
  lower_counts(context, value, id);
  lower_resources(context, value, id);
}

void lower_whole_component(Context& context, model::ComponentId id) {
  const Value& value = *context.component_values[id];
  model::Component& component = context.system().components[id];
  check_applicable(context, id);
  component.variant = text_or(&value, kVariant, "");
  if (const Value* time = field(&value, "serviceTime")) component.service_time = time->exact;
  lower_uses(context, value, component);
  if (component.type != Type::gate) lower_common_causes(context, id);
  switch (component.type) {
    case Type::external: lower_external(context, id); return;
    case Type::markov: lower_chain(context, id); return;
    case Type::gate: return;
    default: break;
  }
  lower_component(context, id);
  lower_probes(context, id);
  lower_placement(context, id);
  if (component.type != Type::stateless) lower_failover(context, id);
}

}  // namespace haplan::planner::lowering
