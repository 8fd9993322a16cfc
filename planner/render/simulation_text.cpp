#include <algorithm>
#include <cmath>

#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"
#include "planner/render/simulation.hpp"

namespace haplan::planner {

namespace {

using Unit = ComparedFigure::Unit;

std::string value_text(Unit unit, double value) {
  if (std::isinf(value)) return "?";
  switch (unit) {
    case Unit::share: return duration_text(value * kYear);
    case Unit::per_second: return significant(value * kYear, 3);
    case Unit::seconds: return duration_text(value);
    case Unit::probability:
      return value > 0.5 ? availability_text(1.0 - value, 3) : percent_text(value, 3);
  }
  return {};
}

std::string interval_text(const ComparedFigure& figure) {
  if (!figure.simulated.known) return "-";
  const model::Estimate& e = figure.simulated.estimate;
  return value_text(figure.unit, e.lower) + " \u2013 " + value_text(figure.unit, e.upper);
}

/// "agrees", or how far off: what is simulated over what the model says.
std::string agreement_text(const ComparedFigure& figure) {
  const auto agrees = figure.agrees();
  if (!agrees) return "-";
  if (*agrees) return "agrees";
  const double analytic = figure.analytic->value;
  if (analytic <= 0.0) return "more";
  return "\u00d7 " + significant(figure.simulated.estimate.value / analytic, 3);
}

std::string large_count(double count) {
  constexpr double kMillion = 1e6;
  return count < kMillion ? plain_number(count) : significant(count / kMillion, 3) + " million";
}

std::string how_text(const SimulationReport& report) {
  const model::Simulation& s = report.simulation;
  return count_text(s.replications, "replication") + " of " +
         duration_text(s.replications == 0 ? 0.0 : s.time / static_cast<double>(s.replications)) +
         " each, " + significant(s.time / kYear, 3) + " years and " +
         large_count(static_cast<double>(s.events)) + " events in all, seed " +
         std::to_string(report.options.seed) +
         (s.method == model::SimulationMethod::failure_biasing ? ", rare outages by failure biasing"
                                                               : "") +
         ".";
}

std::string state_text(const SimulationReport& report) {
  const model::Simulation& s = report.simulation;
  const std::string wanted = percent_text(report.options.precision);
  if (s.reached) return "as precise as asked for: within " + wanted;
  const std::string reached = std::isfinite(s.precision)
                                  ? "within " + percent_text(s.precision) + ", not " + wanted
                                  : "too few outages seen for a precision of " + wanted;
  return (s.stopped ? "interrupted: " : "the work limit came first: ") + reached;
}

/// Asked for, but not to be believed.
void add_refusal(Page& page, const SimulationReport& report) {
  if (!report.simulation.refused) return;
  page.sentence(
      "Failure biasing does not fit this system: either all is hardly ever well at once, or plain "
      "paths show more "
      "outages than it finds. These are plain paths.");
}

void add_figures(Page& page, const SimulationReport& report) {
  page.heading("Simulated beside analytic (" + plain_number(100 * report.options.confidence) +
               " % intervals, windows of " + duration_text(report.options.window) + ")");
  TextTable table{{"service", "figure", "simulated", "interval", "analytic", "simulated is"},
                  {false, false, true, true, true, false},
                  {}};
  const auto& services = report.lowered.problem.system.services;
  for (model::ServiceId s = 0; s < services.size(); ++s) {
    bool first = true;
    for (const ComparedFigure& figure : compared_figures(report, s)) {
      table.rows.push_back({first ? services[s].name : "", figure.label,
                            figure.simulated.known
                                ? value_text(figure.unit, figure.simulated.estimate.value)
                                : "none seen",
                            interval_text(figure),
                            figure.analytic ? value_text(figure.unit, figure.analytic->value) : "-",
                            agreement_text(figure)});
      first = false;
    }
  }
  page.table(std::move(table));
}

void add_agreement(Page& page, const SimulationReport& report) {
  std::size_t compared = 0;
  std::size_t apart = 0;
  for (model::ServiceId s = 0; s < report.simulation.services.size(); ++s)
    for (const ComparedFigure& figure : compared_figures(report, s))
      if (const auto agrees = figure.agrees()) {
        ++compared;
        apart += *agrees ? 0 : 1;
      }
  if (!report.no_analytic.empty())
    page.sentence("No analytic figures: " + report.no_analytic + ".");
  if (compared == 0) return;
  const double chance = (1.0 - report.options.confidence) * static_cast<double>(compared);
  page.sentence(std::to_string(compared - apart) + " of " + std::to_string(compared) +
                " analytic figures lie within the interval; by chance alone about " +
                significant(chance, 2) + " would not. Figures of windows are approximations.");
  if (report.options.assumptions != model::model_semantics() && apart > 0)
    page.sentence(
        "What is simulated does not take everything for granted that the analytic model does: "
        "--semantics model plays exactly the model, --assume NAME one assumption alone.");
}

void add_verdicts(Page& page, const SimulationReport& report) {
  TextTable table{{"service", "target", "simulated", "verdict"}, {false, true, true, false}, {}};
  for (const solver::Objective& objective : report.lowered.problem.objectives) {
    const auto& verdict = report.verdicts[objective.service];
    if (!verdict) continue;
    const model::SimulatedFigure& u = report.simulation.services[objective.service].unavailability;
    const char* words = *verdict == SimulatedVerdict::met ? "met"
                        : *verdict == SimulatedVerdict::missed
                            ? "MISSED"
                            : "open: the target lies in the interval";
    table.rows.push_back({report.lowered.problem.system.services[objective.service].name,
                          availability_text(*objective.max_unavailability),
                          u.known ? availability_text(u.estimate.value) : "too few seen", words});
  }
  if (table.rows.empty()) return;
  page.heading("Availability objectives");
  page.table(std::move(table));
}

}  // namespace

std::string render_simulation_text(const SimulationReport& report, const TextOptions& options) {
  Page page(options);
  page.line(page.bold(printable(report.lowered.name) + ": simulated, " + state_text(report)));
  page.sentence("Semantics: " + semantics_text(report.options.assumptions) + ". " +
                how_text(report));
  add_refusal(page, report);
  add_figures(page, report);
  add_agreement(page, report);
  add_verdicts(page, report);
  return page.text();
}

}  // namespace haplan::planner
