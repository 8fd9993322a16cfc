#include <cmath>

#include <nlohmann/json.hpp>

#include "planner/render/figures.hpp"
#include "planner/render/simulation.hpp"

namespace haplan::planner {

namespace {

using nlohmann::json;

/// An infinite number is null, with "<name>IsInfinite" beside it.
void put_number(json& object, const std::string& name, double value) {
  if (std::isfinite(value)) {
    object[name] = value;
    return;
  }
  object[name] = nullptr;
  object[name + "IsInfinite"] = true;
}

json estimate(const model::Estimate& e) {
  json out = {{"method", name_of(e.method)}};
  put_number(out, "value", e.value);
  put_number(out, "lower", e.lower);
  put_number(out, "upper", e.upper);
  return out;
}

std::string field_of(const ComparedFigure& figure) {
  switch (figure.unit) {
    case ComparedFigure::Unit::per_second: return figure.name + "PerSecond";
    case ComparedFigure::Unit::seconds: return figure.name + "Seconds";
    default: return figure.name;
  }
}

json verdict(const std::optional<SimulatedVerdict>& v) {
  if (!v) return nullptr;
  if (*v == SimulatedVerdict::met) return "met";
  return *v == SimulatedVerdict::missed ? "missed" : "open";
}

json service(const SimulationReport& report, model::ServiceId s) {
  const model::SimulatedService& simulated = report.simulation.services[s];
  json out = {{"outagesSeen", simulated.outages},
              {"windows", simulated.windows},
              {"availability", availability_text(simulated.unavailability.estimate.value)},
              {"objective", verdict(report.verdicts[s])}};
  put_number(out, "downtimeSecondsPerYear", simulated.unavailability.estimate.value * kYear);
  for (const ComparedFigure& figure : compared_figures(report, s)) {
    json& one = out[field_of(figure)] = estimate(figure.simulated.estimate);
    one["known"] = figure.simulated.known;
    one["analytic"] = figure.analytic ? estimate(*figure.analytic) : json();
    const auto agrees = figure.agrees();
    one["agrees"] = agrees ? json(*agrees) : json();
  }
  return out;
}

json assumptions(const model::Assumptions& held) {
  json out = json::object();
  for (const model::AssumptionEntry& entry : model::assumption_entries())
    out[entry.name] = held.*entry.member;
  return out;
}

}  // namespace

std::string render_simulation_json(const SimulationReport& report) {
  const model::Simulation& simulation = report.simulation;
  json root = {{"apiVersion", "haplan.dev/v1alpha1"},
               {"kind", "SimulationResult"},
               {"formatVersion", "1.0"},
               {"system", report.lowered.name},
               {"semantics", semantics_text(report.options.assumptions)},
               {"assumptions", assumptions(report.options.assumptions)},
               {"seed", report.options.seed},
               {"confidence", report.options.confidence},
               {"wantedPrecision", report.options.precision},
               {"windowSeconds", report.options.window},
               {"workLimitEvents", report.options.events},
               {"events", simulation.events},
               {"replications", simulation.replications},
               {"simulatedSeconds", simulation.time},
               {"warmUpSeconds", simulation.warm_up},
               {"method", simulation.method == model::SimulationMethod::direct ? "direct"
                                                                               : "failure biasing"},
               {"biasingRefused", simulation.refused},
               {"status", simulation.reached   ? "reached"
                          : simulation.stopped ? "interrupted"
                                               : "limit"},
               {"analyticProblem", report.no_analytic.empty() ? json() : json(report.no_analytic)},
               {"services", json::object()}};
  put_number(root, "precision", simulation.precision);
  const auto& services = report.lowered.problem.system.services;
  for (model::ServiceId s = 0; s < services.size(); ++s)
    root["services"][services[s].name] = service(report, s);
  return root.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace haplan::planner
