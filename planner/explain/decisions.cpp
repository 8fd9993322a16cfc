#include <algorithm>
#include <cmath>

#include "planner/explain/workings.hpp"
#include "solver/phrases.hpp"

/// Settings that a plan decides.
namespace haplan::planner::explaining {

namespace {

const solver::Decision* decision_at(const Evidence& evidence, const std::string& path) {
  for (const solver::Decision& decision : evidence.decisions)
    if (decision.path == path) return &decision;
  return nullptr;
}

std::string choices(const std::vector<double>& values) {
  const bool steps = std::ranges::adjacent_find(
                         values, [](double a, double b) { return b - a != 1.0; }) == values.end();
  if (steps) return number_text(values.front()) + ".." + number_text(values.back());
  std::string text;
  for (const double value : values) text += (text.empty() ? "{" : ", ") + number_text(value);
  return text + "}";
}

bool is_count(solver::Setting setting) {
  return setting == solver::Setting::replicas || setting == solver::Setting::autoscale_min ||
         setting == solver::Setting::autoscale_max || setting == solver::Setting::autoscale_target;
}

/// "every objective is met", or the first that is not.
std::string verdict(const solver::Problem& problem, const model::Deployment& deployment) {
  const auto evaluation = model::evaluate(problem.system, deployment);
  if (!evaluation) return evaluation.error().message;
  const auto checks = solver::check_objectives(problem, deployment, *evaluation);
  if (!checks) return checks.error().message;
  for (const solver::ObjectiveCheck& check : *checks)
    if (!check.met)
      return problem.system.services[check.service].name + " " + check.field + " " +
             solver::figure_text(check.field, check.actual, check.target) + ", asked for " +
             solver::target_text(check.field, check.target);
  return problem.objectives.empty() ? "there are no objectives" : "every objective is met";
}

/// What the next value on each side would do. Counts would need another placement: those are what `binding` is about.
void add_steps(const solver::Problem& problem, const model::Deployment& deployment,
               const solver::Decision& decision, double value, Explanation& out) {
  if (is_count(decision.setting)) return;
  const auto at = std::ranges::find(decision.values, value);
  if (at == decision.values.end()) return;
  const auto tell = [&](double other) {
    model::Deployment changed = deployment;
    solver::assign(changed, decision, other);
    out.notes.push_back("With " + number_text(other) + " instead: " + verdict(problem, changed) +
                        ".");
  };
  if (at != decision.values.begin()) tell(*(at - 1));
  if (at + 1 != decision.values.end()) tell(*(at + 1));
}

void add_binding(const Evidence& evidence, const std::string& component, bool count,
                 Explanation& out) {
  if (!count) return;
  bool told = false;
  for (const std::string& sentence : evidence.binding) {
    if (component.empty() || !sentence.starts_with(component + " ")) continue;
    out.notes.push_back("Binds: " + sentence + ".");
    told = true;
  }
  if (told) return;
  if (evidence.binding.empty())
    out.notes.emplace_back(
        "What binds it is known of a solved plan: haplan solve SPEC --out json=plan.json, then "
        "--plan plan.json here.");
  else
    out.notes.emplace_back("Nothing binds it: no smaller count is among its choices.");
}

std::string component_of(const std::string& path) {
  constexpr std::string_view kPrefix = "components.";
  if (!path.starts_with(kPrefix)) return {};
  const std::size_t dot = path.find('.', kPrefix.size());
  return path.substr(kPrefix.size(), dot - kPrefix.size());
}

/// "replicas" and so on: settings whose count a placement follows.
bool counts_replicas(const std::string& path) {
  return path.ends_with(".replicas") || path.find(".autoscale.") != std::string::npos;
}

}  // namespace

void fill_decision(const Evidence& evidence, const std::string& path, Explanation& out) {
  const solver::Problem& problem = evidence.plan.lowered.problem;
  const model::Deployment& deployment = shown_assessment(evidence.plan)->deployment;
  const solver::Decision* decision = decision_at(evidence, path);
  if (decision != nullptr) {
    const double value = solver::assigned(deployment, *decision);
    out.value = {"value", value, ""};
    std::string sentence =
        "Decided: " + number_text(value) + " of " + choices(decision->values) + ".";
    if (decision->standard) sentence += " Its default is " + number_text(*decision->standard) + ".";
    out.notes.push_back(sentence);
    add_steps(problem, deployment, *decision, value, out);
  } else {
    const auto& defaults = evidence.plan.lowered.defaults;
    const auto given = std::ranges::find(defaults, path, &Lowered::Default::path);
    out.notes.push_back(given == defaults.end() ? "Not a decision: the spec or a default fixes it."
                                                : "Not a decision: a default, " + given->value +
                                                      " (" + given->source + ").");
  }
  add_binding(evidence, component_of(path), decision != nullptr && counts_replicas(path), out);
}

void fill_setting_use(const ComponentScope& scope, const std::string& setting, Explanation& out) {
  if (setting.starts_with("probes.")) {
    fill_recovery(scope, out);
    out.value.reset();
  } else if (setting.starts_with("failover.")) {
    fill_failover_time(scope, out);
    out.value.reset();
  } else if (setting == "nodes") {
    out.next = {scope.path("need"), "headroom"};
  } else {
    fill_need(scope, out);
    out.value.reset();
  }
}

}  // namespace haplan::planner::explaining
