#include <algorithm>

#include "planner/render/simulation.hpp"

namespace haplan::planner {

namespace {

using Unit = ComparedFigure::Unit;

const solver::Objective* availability_objective(const SimulationReport& report,
                                                model::ServiceId service) {
  for (const solver::Objective& objective : report.lowered.problem.objectives)
    if (objective.service == service && objective.max_unavailability) return &objective;
  return nullptr;
}

}  // namespace

std::optional<bool> ComparedFigure::agrees() const {
  if (!analytic || !simulated.known) return std::nullopt;
  return analytic->lower <= simulated.estimate.upper && simulated.estimate.lower <= analytic->upper;
}

std::vector<ComparedFigure> compared_figures(const SimulationReport& report,
                                             model::ServiceId service) {
  const model::SimulatedService& s = report.simulation.services[service];
  const AnalyticFigures* a = report.analytic.empty() ? nullptr : &report.analytic[service];
  using Maybe = std::optional<model::Estimate>;
  const auto exactly = [&](double AnalyticFigures::* member) {
    return a ? Maybe(model::Estimate::exactly(a->*member)) : Maybe();
  };
  const auto window = [&](model::Estimate model::WindowFigures::* member) {
    return a && a->window ? Maybe((*a->window).*member) : Maybe();
  };
  std::vector<ComparedFigure> figures{
      {"unavailability", "downtime a year", Unit::share, s.unavailability,
       a ? Maybe(a->unavailability) : Maybe()},
      {"outageFrequency", "outages a year", Unit::per_second, s.outage_frequency,
       exactly(&AnalyticFigures::outage_frequency)},
      {"meanOutage", "mean outage", Unit::seconds, s.mean_outage,
       exactly(&AnalyticFigures::mean_outage)},
      {"errorRatio", "requests that fail", Unit::probability, s.error_ratio,
       exactly(&AnalyticFigures::error_ratio)},
      {"downtimeP50", "in a window: median", Unit::seconds, s.downtime_p50, {}},
      {"downtimeP99", "in a window: 99 % below", Unit::seconds, s.downtime_p99,
       window(&model::WindowFigures::downtime_p99)}};
  if (availability_objective(report, service) != nullptr)
    figures.push_back({"kept", "windows that keep it", Unit::probability, s.kept,
                       window(&model::WindowFigures::kept)});
  return figures;
}

std::string semantics_text(const model::Assumptions& assumptions) {
  if (assumptions == model::model_semantics()) return "model";
  std::string held;
  std::string dropped;
  for (const model::AssumptionEntry& entry : model::assumption_entries()) {
    std::string& list = assumptions.*entry.member ? held : dropped;
    list += (list.empty() ? "" : ", ") + std::string(entry.name);
  }
  if (held.empty()) return "cluster";
  return std::ranges::count(held, ',') < std::ranges::count(dropped, ',')
             ? "cluster with " + held
             : "model without " + dropped;
}

bool any_missed(const SimulationReport& report) {
  return std::ranges::any_of(report.verdicts,
                             [](const auto& v) { return v == SimulatedVerdict::missed; });
}

}  // namespace haplan::planner
