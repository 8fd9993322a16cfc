#include "model/recovery/failover.hpp"

#include <algorithm>
#include <cmath>

#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

using model::Controller;
using model::FailoverSettings;
using solver::Setting;

struct ControllerField {
  const char* name;
  Controller controller;
  Setting setting;
  double FailoverSettings::* member;
};

/// The settings of each controller; the defaults stand in FailoverSettings.
constexpr ControllerField kFields[] = {
    {"ttl", Controller::patroni, Setting::ttl, &FailoverSettings::ttl},
    {"loopWait", Controller::patroni, Setting::loop_wait, &FailoverSettings::loop_wait},
    {"retryTimeout", Controller::patroni, Setting::retry_timeout, &FailoverSettings::retry_timeout},
    {"failoverDelay", Controller::cloudnative_pg, Setting::failover_delay,
     &FailoverSettings::failover_delay},
    {"lease", Controller::cloudnative_pg, Setting::lease, &FailoverSettings::lease},
    {"retryPeriod", Controller::cloudnative_pg, Setting::retry_period,
     &FailoverSettings::retry_period},
    {"downAfter", Controller::redis_sentinel, Setting::down_after, &FailoverSettings::down_after},
    {"nodeTimeout", Controller::redis_cluster, Setting::node_timeout,
     &FailoverSettings::node_timeout},
    {"reconnectAttempts", Controller::repmgr, Setting::reconnect_attempts,
     &FailoverSettings::reconnect_attempts},
    {"reconnectInterval", Controller::repmgr, Setting::reconnect_interval,
     &FailoverSettings::reconnect_interval},
    {"connectTimeout", Controller::repmgr, Setting::connect_timeout,
     &FailoverSettings::connect_timeout},
};

struct ControllerName {
  const char* name;
  Controller controller;
};
constexpr ControllerName kControllers[] = {
    {"none", Controller::none},
    {"patroni", Controller::patroni},
    {"cloudnative-pg", Controller::cloudnative_pg},
    {"redis-sentinel", Controller::redis_sentinel},
    {"redis-cluster", Controller::redis_cluster},
    {"repmgr", Controller::repmgr},
};

std::string name_of(Controller controller) {
  for (const auto& row : kControllers)
    if (row.controller == controller) return row.name;
  return {};
}

Controller controller_of(Context& context, const Value* name) {
  if (!name) return Controller::none;
  std::vector<std::string> names;
  for (const auto& row : kControllers) {
    if (name->text == row.name) return row.controller;
    names.emplace_back(row.name);
  }
  report(context, "HA022", "unknown controller \"" + name->text + "\"", name->where,
         suggest_word(name->text, names));
  return Controller::none;
}

/// One setting of a controller with all the values that it may take.
struct Choice {
  const ControllerField* row = nullptr;
  const Value* value = nullptr;
  std::vector<double> values;
};

std::vector<Choice> choices_of(const Value& failover, Controller controller) {
  std::vector<Choice> choices;
  const FailoverSettings defaults;
  for (const ControllerField& row : kFields) {
    if (row.controller != controller) continue;
    Choice choice{.row = &row, .value = field(&failover, row.name), .values = {}};
    if (!choice.value)
      choice.values = {defaults.*row.member};
    else if (choice.value->kind == Value::Kind::range)
      for (const Value& candidate : choice.value->choices) choice.values.push_back(candidate.value);
    else
      choice.values = {choice.value->value};
    if (choice.values.empty()) return {};
    choices.push_back(std::move(choice));
  }
  return choices;
}

/// The settings that break fewest floors for `fixed` at `value`: every floor is monotone in each
/// setting, so the best partner of a setting is one of the ends of its range.
std::vector<std::string> least_broken(const std::vector<Choice>& choices, std::size_t fixed,
                                      double value, Controller controller) {
  std::vector<std::string> best;
  bool found = false;
  const std::size_t combinations = std::size_t{1} << choices.size();
  for (std::size_t mask = 0; mask < combinations; ++mask) {
    FailoverSettings settings;
    for (std::size_t i = 0; i < choices.size(); ++i)
      settings.*choices[i].row->member =
          i == fixed ? value
                     : (mask >> i & 1 ? choices[i].values.back() : choices[i].values.front());
    std::vector<std::string> broken = model::broken_floors(controller, settings);
    if (!found || broken.size() < best.size()) best = std::move(broken);
    found = true;
    if (best.empty()) break;
  }
  return best;
}

/// Reports settings of which some value breaks a floor whatever the others are, and names the
/// values that do not.
void check_floors(Context& context, const Value& failover, Controller controller) {
  const std::vector<Choice> choices = choices_of(failover, controller);
  if (choices.empty()) return;
  const auto all = least_broken(choices, choices.size(), 0.0, controller);
  if (!all.empty()) {
    for (const std::string& sentence : all) {
      const Value* where = &failover;
      for (const Choice& choice : choices)
        if (choice.value && sentence.rfind(choice.row->name, 0) == 0) where = choice.value;
      report(context, "HA058", name_of(controller) + ": " + sentence, where->where,
             where == &failover ? "" : "no value given here keeps it");
    }
    return;
  }
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (!choices[i].value || choices[i].values.size() < 2) continue;
    std::vector<std::string> reason;
    const Value* smallest = nullptr;
    const Value* largest = nullptr;
    for (const Value& candidate : choices[i].value->choices) {
      const auto broken = least_broken(choices, i, candidate.value, controller);
      if (broken.empty()) {
        if (!smallest) smallest = &candidate;
        largest = &candidate;
      } else if (reason.empty()) {
        reason = broken;
      }
    }
    if (reason.empty() || !smallest) continue;
    report(context, "HA058",
           name_of(controller) + ": some values of \"" + choices[i].row->name +
               "\" are not allowed: " + reason.front(),
           choices[i].value->where, "allowed here: " + smallest->text + " to " + largest->text);
  }
}

/// Moves the "before" settings, each at the value nearest to its default, to a combination that
/// keeps all floors: one setting after another takes the nearest value with which the later ones
/// still can.
void keep_floors(Context& context, const Value& failover, Controller controller,
                 model::ComponentId id) {
  FailoverSettings& settings = context.before().components[id].failover;
  std::vector<Choice> choices = choices_of(failover, controller);
  if (choices.empty() || model::broken_floors(controller, settings).empty()) return;
  const FailoverSettings defaults;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const double standard = defaults.*choices[i].row->member;
    std::vector<double> candidates = choices[i].values;
    std::stable_sort(candidates.begin(), candidates.end(), [standard](double a, double b) {
      return std::abs(a - standard) < std::abs(b - standard);
    });
    const auto kept = std::find_if(candidates.begin(), candidates.end(), [&](double value) {
      return least_broken(choices, i, value, controller).empty();
    });
    if (kept == candidates.end()) return;  // reported by check_floors
    choices[i].values = {*kept};
    settings.*choices[i].row->member = *kept;
  }
}

void take_settings(Context& context, const Value& failover, Controller controller,
                   model::ComponentId id) {
  FailoverSettings& settings = context.before().components[id].failover;
  const FailoverSettings defaults;
  for (const ControllerField& row : kFields) {
    const Value* given = field(&failover, row.name);
    if (!given) continue;
    if (row.controller != controller) {
      report(context, "HA068",
             "\"" + std::string(row.name) + "\" is no setting of the controller " +
                 name_of(controller),
             given->key, "it belongs to " + name_of(row.controller));
      continue;
    }
    settings.*row.member = setting_of(context, given,
                                      {.component = id,
                                       .setting = row.setting,
                                       .probe = solver::ProbeKind::none,
                                       .standard = defaults.*row.member},
                                      defaults.*row.member);
  }
}

void take_time(const Value* value, double& mean, double& worst) {
  if (!value) return;
  if (value->kind == Value::Kind::map) {
    mean = number_or(value, "mean", 0.0);
    worst = number_or(value, "worst", mean);
  } else {
    mean = worst = value->value;
  }
}

void take_steps(Context& context, const Value& failover, const model::Failover& facts,
                model::ComponentId id) {
  const Value* detect = field(&failover, "detect");
  const Value* promote = field(&failover, "promote");
  if (facts.controller != Controller::none) {
    for (const Value* given : {detect, promote})
      if (given)
        report(context, "HA068", "\"detect\" and \"promote\" are for a failover without controller",
               given->key, name_of(facts.controller) + " derives them from its settings");
    return;
  }
  // With success 0 % every failover is by hand, and how long an automatic one takes means nothing.
  if ((!detect || !promote) && facts.success > 0.0)
    report(context, "HA004", "a failover needs a controller, or \"detect\" and \"promote\"",
           failover.key, "add \"controller\", or \"success: 0%\" when a person does it");
  FailoverSettings& settings = context.before().components[id].failover;
  take_time(detect, settings.detect_mean, settings.detect_worst);
  take_time(promote, settings.promote_mean, settings.promote_worst);
}

int largest_count(const Value& component) {
  const Value* replicas = field(&component, "replicas");
  if (!replicas) return 1;
  if (replicas->kind != Value::Kind::range) return static_cast<int>(replicas->value);
  return replicas->choices.empty() ? 1 : static_cast<int>(replicas->choices.back().value);
}

void lower_replication(Context& context, const Value& value, model::Component& component) {
  const Value* given = field(&value, "replication");
  if (!given) return;
  model::Replication replication;
  replication.mode = text_or(given, "mode", "async") == "sync" ? model::Replication::Mode::sync
                                                               : model::Replication::Mode::async;
  replication.lag = number_or(given, "lag", 0.0);
  replication.standbys = static_cast<int>(number_or(given, "standbys", 1.0));
  replication.strict = flag_or(given, "strict", false);
  const bool sync = replication.mode == model::Replication::Mode::sync;
  const Value* strict = field(given, "strict");
  if (strict && strict->boolean && !sync)
    report(context, "HA068", "\"strict\" applies to synchronous replication only", strict->key,
           "add \"mode: sync\"");
  if (const Value* standbys = field(given, "standbys")) {
    require_positive(context, *standbys);
    if (sync && replication.strict && 1 + replication.standbys > largest_count(value))
      report(context, "HA059",
             "strict replication to " + std::to_string(replication.standbys) +
                 " standbys needs more instances than \"" + component.name + "\" can have",
             standbys->where, "allow " + std::to_string(1 + replication.standbys) + " replicas");
  }
  component.replication = replication;
}

}  // namespace

void lower_failover(Context& context, model::ComponentId id) {
  const Value& value = *context.component_values[id];
  model::Component& component = context.system().components[id];
  if (component.type == model::ComponentType::primary_replica)
    lower_replication(context, value, component);
  const Value* failover = field(&value, "failover");
  if (!failover) {
    if (largest_count(value) > 1)
      report(context, "HA057",
             "\"" + component.name + "\" can have several instances but no \"failover\" says how " +
                 "another one takes over",
             value.key,
             "add \"failover\" with a controller, or with \"detect\" and \"promote\", or with "
             "\"success: 0%\" when a person does it");
    return;
  }
  model::Failover facts;
  facts.controller = controller_of(context, field(failover, "controller"));
  facts.success = number_or(failover, "success", 1.0);
  facts.manual = number_or(failover, "manual", facts.manual);
  facts.switchover = number_or(failover, "switchover", facts.switchover);
  if (const Value* sentinels = field(failover, "sentinels")) {
    if (facts.controller != Controller::redis_sentinel)
      report(context, "HA068",
             "\"sentinels\" is no setting of the controller " + name_of(facts.controller),
             sentinels->key, "it belongs to redis-sentinel");
    facts.sentinels = static_cast<int>(sentinels->value);
  }
  take_settings(context, *failover, facts.controller, id);
  take_steps(context, *failover, facts, id);
  check_floors(context, *failover, facts.controller);
  keep_floors(context, *failover, facts.controller, id);
  const auto note_default = [&](const char* name, const char* written) {
    if (!field(failover, name))
      context.out.defaults.push_back(
          {path_under_spec(*failover) + "." + name, written, "built-in"});
  };
  note_default("success", "100%");
  note_default("manual", "30m");
  component.failover = facts;
}

}  // namespace haplan::planner::lowering
