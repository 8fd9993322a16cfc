#include "planner/lower/context.hpp"

#include <algorithm>
#include <cmath>

#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

void report(Context& context, const char* code, std::string message, const SourceRef& where,
            std::string suggestion, std::vector<std::string> notes) {
  context.diagnostics.push_back(
      {Severity::error, code, std::move(message), where, std::move(suggestion), std::move(notes)});
}

const Value* field(const Value* map, const std::string& name) {
  const Value* found = map ? map->find(name) : nullptr;
  return found && found->kind != Value::Kind::null ? found : nullptr;
}

std::string path_under_spec(const Value& value) {
  constexpr const char* kPrefix = "spec.";
  return value.path.rfind(kPrefix, 0) == 0 ? value.path.substr(5) : value.path;
}

double number_or(const Value* map, const std::string& name, double otherwise) {
  const Value* value = field(map, name);
  return value ? value->value : otherwise;
}

bool flag_or(const Value* map, const std::string& name, bool otherwise) {
  const Value* value = field(map, name);
  return value ? value->boolean : otherwise;
}

std::string text_or(const Value* map, const std::string& name, const std::string& otherwise) {
  const Value* value = field(map, name);
  return value ? value->text : otherwise;
}

std::vector<const Value*> texts(const Value* value) {
  std::vector<const Value*> all;
  if (!value) return all;
  if (value->kind == Value::Kind::list)
    for (const Value& item : value->items) all.push_back(&item);
  else
    all.push_back(value);
  return all;
}

Alternative one_of(Context& context, const Value& map, const std::string& first,
                   const std::string& second) {
  const Value* a = field(&map, first);
  const Value* b = field(&map, second);
  if (a && b)
    report(context, "HA072", "\"" + first + "\" and \"" + second + "\" exclude each other", b->key,
           "remove one of them");
  else if (!a && !b)
    report(context, "HA004", "neither \"" + first + "\" nor \"" + second + "\" is given", map.key,
           "add \"" + first + "\"");
  return {a ? a : b, a != nullptr};
}

void require_positive(Context& context, const Value& value) {
  if (value.value > 0.0) return;
  const std::string name = value.path.substr(value.path.rfind('.') + 1);
  report(context, "HA084", "\"" + name + "\" must be greater than zero", value.where);
}

double written_rate(const Value& map) {
  for (const char* time : {"mtbf", "mean"})
    if (const Value* given = field(&map, time)) return 1.0 / given->value;
  return number_or(&map, "rate", 0.0);
}

double rate_of(Context& context, const Value& map) {
  const Alternative given = one_of(context, map, "mtbf", "rate");
  if (!given.value) return 0.0;
  require_positive(context, *given.value);
  if (given.value->value <= 0.0) return 0.0;
  return written_rate(map);
}

double required_duration(Context& context, const Value& map, const std::string& name) {
  const Value* value = field(&map, name);
  if (!value) {
    report(context, "HA004", "\"" + name + "\" is missing", map.key, "add \"" + name + "\"");
    return 0.0;
  }
  return value->value;
}

model::Resources resources_of(const Value* map, bool round_up) {
  model::Resources resources;
  if (!map) return resources;
  for (const auto& [name, value] : map->fields) {
    if (value.kind == Value::Kind::null) continue;
    // num and den are exact; 1000 * num may pass 64 bits for absurd quantities only, so go through
    // long double (64 bits of mantissa) and round the safe way.
    const long double milli = 1000.0L * static_cast<long double>(value.exact.num) /
                              static_cast<long double>(value.exact.den);
    const long double bounded = std::fmin(round_up ? std::ceil(milli) : std::floor(milli), 9.0e18L);
    resources[name] = static_cast<std::int64_t>(bounded);
  }
  return resources;
}

double nearest(const std::vector<double>& ascending, const std::optional<double>& standard) {
  double best = ascending.front();
  if (!standard) return best;
  for (const double value : ascending)
    if (std::abs(value - *standard) < std::abs(best - *standard)) best = value;
  return best;
}

double setting_of(Context& context, const Value* value, const SettingKey& key, double absent) {
  if (!value) return absent;
  if (value->kind != Value::Kind::range) return value->value;
  solver::Decision decision{.path = path_under_spec(*value),
                            .component = key.component,
                            .setting = key.setting,
                            .probe = key.probe,
                            .values = {},
                            .standard = key.standard};
  for (const Value& choice : value->choices) decision.values.push_back(choice.value);
  std::sort(decision.values.begin(), decision.values.end());
  decision.values.erase(std::unique(decision.values.begin(), decision.values.end()),
                        decision.values.end());
  if (decision.values.empty()) return absent;
  const double chosen = nearest(decision.values, key.standard);
  if (decision.values.size() > 1) context.out.problem.decisions.push_back(std::move(decision));
  return chosen;
}

}  // namespace haplan::planner::lowering
