#include <algorithm>
#include <limits>

#include "planner/session/settled.hpp"

namespace haplan::planner {

namespace {

const solver::Objective* availability_objective(const solver::Problem& problem,
                                                model::ServiceId service) {
  for (const solver::Objective& objective : problem.objectives)
    if (objective.service == service && objective.max_unavailability) return &objective;
  return nullptr;
}

SimulatedVerdict verdict(const model::Estimate& unavailability, double most) {
  if (unavailability.upper <= most) return SimulatedVerdict::met;
  return unavailability.lower > most ? SimulatedVerdict::missed : SimulatedVerdict::open;
}

/// Budgets and targets as the objectives say; without any, every service is a target.
void set_goals(const solver::Problem& problem, model::SimulateOptions& options) {
  const std::size_t services = problem.system.services.size();
  options.budgets.assign(services, 0.0);
  options.targets.assign(services, problem.objectives.empty());
  for (const solver::Objective& objective : problem.objectives) {
    options.targets[objective.service] = true;
    options.budgets[objective.service] =
        objective.max_unavailability.value_or(0.0) * options.window;
  }
}

/// The window that all objectives share, else the standard one.
double common_window(const solver::Problem& problem) {
  if (problem.objectives.empty()) return model::kStandardWindow;
  const double window = problem.objectives.front().window;
  const bool common = std::ranges::all_of(
      problem.objectives, [=](const solver::Objective& o) { return o.window == window; });
  return common ? window : model::kStandardWindow;
}

void add_verdicts(SimulationReport& report) {
  const solver::Problem& problem = report.lowered.problem;
  report.verdicts.assign(problem.system.services.size(), std::nullopt);
  for (model::ServiceId s = 0; s < report.verdicts.size(); ++s)
    if (const solver::Objective* objective = availability_objective(problem, s))
      report.verdicts[s] = verdict(report.simulation.services[s].unavailability.estimate,
                                   *objective->max_unavailability);
}

/// A simulation that was ended before it began.
model::Simulation nothing_played(const model::SimulateOptions& options) {
  model::Simulation nothing;
  for (const double budget : options.budgets)
    nothing.services.push_back(
        model::figures_of({}, nothing.services.size(), options.confidence, budget));
  nothing.precision = std::numeric_limits<double>::infinity();
  nothing.stopped = true;
  return nothing;
}

void add_analytic(SimulationReport& report) {
  const solver::Problem& problem = report.lowered.problem;
  const auto evaluation = model::evaluate(problem.system, report.deployment);
  if (!evaluation) {
    report.no_analytic = evaluation.error().message;
    return;
  }
  for (model::ServiceId s = 0; s < problem.system.services.size(); ++s) {
    const model::ServiceFigures& figures = evaluation->services[s];
    AnalyticFigures beside{figures.unavailability, figures.outage_frequency, figures.mean_outage,
                           figures.error_ratio, std::nullopt};
    beside.window =
        model::downtime_in_window(figures, report.options.window, report.options.budgets[s]);
    report.analytic.push_back(beside);
  }
}

/// The simulator's replicas of a component are all alike.
std::optional<model::Error> unplayable(const solver::Problem& problem) {
  for (const model::Component& component : problem.system.components)
    if (!component.variants.empty())
      return model::Error{model::Fault::invalid_input,
                          "replicas of several variants are not simulated: let \"" +
                              component.name + "\" run one of them",
                          "components." + component.name};
  return std::nullopt;
}

}  // namespace

model::Result<SimulationReport> simulation_report(Lowered lowered,
                                                  const SimulationRequest& request) {
  SimulationReport report;
  const model::Deployment before = lowered.problem.before;
  report.lowered = settled(std::move(lowered), before);
  const solver::Problem& problem = report.lowered.problem;
  if (const auto error = unplayable(problem)) return tl::make_unexpected(*error);
  report.deployment = problem.before;
  report.options = request.options;
  report.options.window = request.window.value_or(common_window(problem));
  set_goals(problem, report.options);
  const auto tell = [&](const model::Simulation& simulation) {
    SimulationReport now = report;
    now.simulation = simulation;
    add_verdicts(now);
    request.so_far(now);
  };
  if (request.so_far) {
    report.options.so_far = tell;
    report.no_analytic =
        "the analytic figures were not computed when the simulation was interrupted";
    tell(nothing_played(report.options));
    report.no_analytic.clear();
  }
  // First, so that nothing but writing is left when an interrupt ends the simulation.
  add_analytic(report);
  if (request.so_far) tell(nothing_played(report.options));
  auto simulation = model::simulate(problem.system, report.deployment, report.options);
  if (!simulation) return tl::make_unexpected(simulation.error());
  report.simulation = std::move(*simulation);
  add_verdicts(report);
  return report;
}

model::Result<std::string> simulation_trace(const Lowered& open, const SimulationRequest& request,
                                            double until) {
  const Lowered lowered = settled(open, open.problem.before);
  if (const auto error = unplayable(lowered.problem)) return tl::make_unexpected(*error);
  model::SimulateOptions options = request.options;
  options.window = request.window.value_or(common_window(lowered.problem));
  set_goals(lowered.problem, options);
  std::string text;
  const auto traced = model::trace_path(
      lowered.problem.system, lowered.problem.before, options, until,
      [&text](const model::TraceEvent& event) { text += model::trace_line(event) + "\n"; });
  if (!traced) return tl::make_unexpected(traced.error());
  return text;
}

}  // namespace haplan::planner
