#include <algorithm>
#include <map>
#include <set>

#include "model/availability/headroom.hpp"
#include "model/availability/numbers.hpp"
#include "planner/session/settled.hpp"
#include "solver/survival.hpp"

namespace haplan::planner {

namespace {

using model::LossKind;

const solver::Objective* objective_of(const solver::Problem& problem, model::ServiceId service) {
  for (const solver::Objective& objective : problem.objectives)
    if (objective.service == service) return &objective;
  return nullptr;
}

/// The limit on losses of the kind; a replica's and an external's otherwise that on recoveries.
model::RecoveryTarget target_of(const solver::Problem& problem) {
  return [&problem](model::ServiceId service, LossKind kind) -> std::optional<double> {
    const solver::Objective* objective = objective_of(problem, service);
    if (objective == nullptr) return std::nullopt;
    if (const auto limit = solver::max_loss(*objective, kind)) return limit;
    return objective->max_recovery_time;
  };
}

int largest(const model::System& system, const model::Deployment& deployment,
            model::ComponentId component) {
  return model::largest_replicas(system, deployment.components[component], component);
}

/// Of the first `replicas` of a component those that serve with what is down for good.
int serving(const model::System& system, const model::Deployment& deployment,
            model::ComponentId component, int replicas) {
  const model::Loss nothing{.nodes = {}, .before = model::absence_of(system)};
  const bool headroom = nothing.before.replaced && model::has_headroom(system, deployment);
  return model::toll_on(system, nothing, component, deployment.components[component].nodes,
                        replicas, 0, headroom)
      .serving();
}

DrilledLoss drilled(const solver::Problem& problem, const model::Deployment& deployment,
                    model::LossDrill drill) {
  DrilledLoss result;
  const model::System& system = problem.system;
  const std::size_t subject = drill.loss.subject;
  switch (drill.loss.kind) {
    case LossKind::node: result.subject = system.nodes[subject].name; break;
    case LossKind::domain: result.subject = system.domains[subject].name; break;
    default: result.subject = system.components[subject].name;
  }
  if (drill.loss.kind == LossKind::replica) {
    const int n = serving(system, deployment, subject, largest(system, deployment, subject));
    // The primary is drilled by itself.
    result.equal = std::max(1, n > 1 && model::has_primary(system.components[subject]) ? n - 1 : n);
  }
  result.survivals.resize(system.services.size());
  for (model::ServiceId s = 0; s < system.services.size(); ++s)
    if (const solver::Objective* objective = objective_of(problem, s))
      result.survivals[s] = solver::survivals(problem, *objective, drill.loss, drill.services[s]);
  result.drill = std::move(drill);
  return result;
}

std::map<std::string, model::NodeId> nodes_up(const model::System& system) {
  const model::Absence absence = model::absence_of(system);
  std::map<std::string, model::NodeId> up;
  for (model::NodeId n = 0; n < system.nodes.size(); ++n)
    if (absence.nodes.empty() || !absence.nodes[n]) up.emplace(system.nodes[n].name, n);
  return up;
}

std::vector<std::string> components_short(const solver::Problem& problem) {
  const model::System& system = problem.system;
  const model::LoadTable load = model::load_table(system);
  std::vector<std::string> result;
  std::set<model::ComponentId> reach;
  for (model::ServiceId s = 0; s < system.services.size(); ++s) {
    const auto own = model::reach_of(system, s);
    reach.insert(own.begin(), own.end());
  }
  for (const model::ComponentId c : reach) {
    if (!system.components[c].replicated()) continue;
    for (model::LevelId l = 0; l < system.levels.size(); ++l) {
      const int n = model::replicas_at(system, load, problem.before.components[c], c, l);
      const int need = model::needed(system, load, c, l, n);
      const int up = serving(system, problem.before, c, n);
      if (up < need)
        result.push_back(system.components[c].name + " at " + system.levels[l].name + ": " +
                         std::to_string(up) + " of " + std::to_string(need));
    }
  }
  return result;
}

std::vector<std::string> scenario_names(const Inputs& inputs) {
  const ReadResult read_result = read(inputs.sources, inputs.sets, std::nullopt, inputs.plan);
  std::vector<std::string> names;
  if (!read_result.document) return names;
  const Value* at = &*read_result.document;
  for (const char* key : {"spec", "scenarios"})
    if (at != nullptr) at = at->find(key);
  if (at == nullptr) return names;
  for (const auto& [name, patch] : at->fields) names.push_back(name);
  return names;
}

/// What the scenario takes away of the system without it.
void add_loss(const solver::Problem& without, const solver::Problem& with,
              DrilledScenario& scenario) {
  const auto up = nodes_up(with.system);
  std::vector<model::NodeId> lost;
  for (const auto& [name, node] : nodes_up(without.system))
    if (!up.contains(name)) lost.push_back(node);
  std::ranges::sort(lost);
  for (const model::NodeId node : lost)
    scenario.lost_nodes.push_back(without.system.nodes[node].name);
  if (lost.empty()) return;
  const model::Absence absence = model::absence_of(with.system);
  const bool themselves = absence.nodes.empty() || absence.replaced.has_value();
  auto drill =
      model::drill_one(without.system, without.before,
                       model::loss_of_nodes(without.system, lost, themselves), target_of(without));
  if (drill) scenario.loss = drilled(without, without.before, std::move(*drill));
}

model::Result<DrilledScenario> drilled_scenario(const Inputs& inputs, const Lowered& without,
                                                const std::string& name) {
  DrilledScenario scenario;
  scenario.name = name;
  Inputs changed = inputs;
  changed.scenario = name;
  Loaded loaded = load(changed);
  if (!loaded.lowered) {
    const auto first = std::ranges::find_if(
        loaded.diagnostics, [](const Diagnostic& d) { return d.severity == Severity::error; });
    scenario.problem = first != loaded.diagnostics.end() ? first->message : "it is not valid";
    return scenario;
  }
  const Lowered plain = settled(*loaded.lowered, loaded.lowered->problem.before);
  const solver::Problem& with = plain.problem;
  add_loss(without.problem, with, scenario);
  scenario.short_of = components_short(with);
  const auto after = assess(plain, with.before);
  if (!after) return tl::make_unexpected(after.error());
  for (const model::Service& service : with.system.services)
    scenario.services.push_back(service.name);
  for (const model::ServiceFigures& figures : after->evaluation.services)
    scenario.unavailability.push_back(figures.unavailability.value);
  scenario.checks = after->checks;
  return scenario;
}

}  // namespace

model::Result<DrillReport> drill_report(const Inputs& inputs, Lowered lowered) {
  DrillReport report;
  const model::Deployment before = lowered.problem.before;
  report.lowered = settled(std::move(lowered), before);
  const solver::Problem& problem = report.lowered.problem;
  report.deployment = problem.before;
  report.headroom = model::has_headroom(problem.system, problem.before);
  auto drills = model::drill(problem.system, problem.before, target_of(problem));
  if (!drills) return tl::make_unexpected(drills.error());
  for (model::LossDrill& drill : *drills)
    report.losses.push_back(drilled(problem, problem.before, std::move(drill)));

  // With a what-if applied, only that one: the others are patches of the spec without it.
  if (inputs.scenario) {
    Inputs plain = inputs;
    plain.scenario.reset();
    const Loaded without = load(plain);
    if (!without.lowered) return report;
    auto scenario = drilled_scenario(
        plain, settled(*without.lowered, without.lowered->problem.before), *inputs.scenario);
    if (!scenario) return tl::make_unexpected(scenario.error());
    report.scenarios.push_back(std::move(*scenario));
    return report;
  }
  for (const std::string& name : scenario_names(inputs)) {
    auto scenario = drilled_scenario(inputs, report.lowered, name);
    if (!scenario) return tl::make_unexpected(scenario.error());
    report.scenarios.push_back(std::move(*scenario));
  }
  return report;
}

}  // namespace haplan::planner
