#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

void add_targets(Context& context, const Value& map, Release& release,
                 std::map<std::string, std::string>& taken) {
  for (const auto& [component, target] : map.fields) {
    if (!context.components.contains(component)) {
      report(context, "HA003",
             "unknown component \"" + component + "\" in release \"" + release.name + "\"",
             target.key, suggest_word(component, names_of(context.components)));
      continue;
    }
    release.map.push_back({component, target.kind == Value::Kind::null ? "" : target.text});
    if (target.kind == Value::Kind::null) continue;
    const auto [first, fresh] = taken.emplace(component, release.name);
    if (!fresh)
      report(context, "HA080",
             "component \"" + component + "\" is in the releases \"" + first->second + "\" and \"" +
                 release.name + "\"",
             target.where, "one chart deploys a component: set it to null in the other release");
  }
}

}  // namespace

void lower_releases(Context& context) {
  // Values and patch together carry every rule.
  context.out.problem.rules.assign(context.component_values.size(), model::CarriedRules{});
  const Value* releases = field(field(context.spec, "output"), "releases");
  if (!releases) return;
  std::map<std::string, std::string> taken;
  for (const auto& [name, value] : releases->fields) {
    Release release{.name = name,
                    .profile = text_or(&value, "profile", ""),
                    .chart_version = text_or(&value, "chartVersion", ""),
                    .chart = text_or(&value, "chart", ""),
                    .fullname = text_or(&value, "fullname", ""),
                    .map = {},
                    .where = value.key,
                    .written = true};
    if (release.profile.empty())
      report(context, "HA004", "release \"" + name + "\" names no profile", value.key,
             "add \"profile\", the mapping of the chart");
    if (const Value* map = field(&value, "map")) add_targets(context, *map, release, taken);
    context.out.releases.push_back(std::move(release));
  }
}

}  // namespace haplan::planner::lowering
