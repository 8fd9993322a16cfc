#include <algorithm>
#include <cmath>

#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"
#include "planner/render/uncertainty_text.hpp"

/// What the uncertainty of the inputs does to the verdict, and what the verdict rests on.
namespace haplan::planner {

namespace {

constexpr std::size_t kMostInputs = 10;
constexpr double kDay = 86400.0;

std::string rate_text(double rate) {
  if (rate >= 1.0) return significant(rate, 3) + "/s";
  if (rate * kDay >= 1.0) return significant(rate * kDay, 3) + "/d";
  return significant(rate * kYear, 3) + "/y";
}

std::string shown(const DrawnFigure& figure, double value) {
  if (std::isinf(value)) return "never";
  if (figure.name == "unavailability") return availability_text(value);
  if (figure.name == "outagesPerYear") return significant(value, 3);
  if (figure.name == "errorRatio") return percent_text(value);
  return duration_text(value);
}

/// What the page calls a figure; the others are left to JSON.
const char* title_of(const std::string& figure) {
  if (figure == "unavailability") return "availability";
  if (figure == "outagesPerYear") return "outages a year";
  if (figure == "errorRatio") return "error ratio";
  if (figure == "recoverySeconds") return "recovery";
  if (figure == "responseSeconds") return "response";
  return nullptr;
}

std::string level_text(double level) { return percent_text(level); }

std::string law_text(const UncertainInput& input) {
  if (input.law == Uncertainty::Law::uniform) return "uniform";
  if (input.law == Uncertainty::Law::triangular) return "triangular";
  return "lognormal " + percent_text(input.level);
}

void add_inputs(Page& page, const UncertaintyReport& report) {
  TextTable table{{"input", "value", "low", "high", "law", "source"},
                  {false, true, true, true, false, false},
                  {}};
  for (const UncertainInput& input : report.inputs) {
    const double low = input.complemented ? input.high : input.low;
    const double high = input.complemented ? input.low : input.high;
    table.rows.push_back({input.name, input_text(input, input.nominal), input_text(input, low),
                          input_text(input, high), law_text(input),
                          input.source.empty() ? "none" : input.source});
  }
  page.table(std::move(table));
}

void add_figures(Page& page, const Plan& plan, const UncertaintyReport& report) {
  page.heading("Figures over the draws");
  TextTable table{{"service", "figure", "as written"}, {false, false, true}, {}};
  for (const double level : report.ensemble.levels) {
    table.header.push_back(level_text(level));
    table.right.push_back(true);
  }
  for (std::size_t f = 0; f < report.figures.size(); ++f) {
    const DrawnFigure& figure = report.figures[f];
    const model::FigureSpread& spread = report.ensemble.figures[f];
    const char* title = title_of(figure.name);
    const bool moves = std::ranges::any_of(spread.quantiles, [&](const model::Sampled& quantile) {
      return quantile.value != spread.nominal;
    });
    if (!title || !moves) continue;
    std::vector<std::string> row{plan.lowered.problem.system.services[figure.service].name, title,
                                 shown(figure, spread.nominal)};
    for (const model::Sampled& quantile : spread.quantiles)
      row.push_back(shown(figure, quantile.value));
    table.rows.push_back(std::move(row));
  }
  if (table.rows.empty()) return page.sentence("No figure depends on the uncertain inputs.");
  page.table(std::move(table));
  page.sentence("a quantile of availability is one of downtime: at " +
                level_text(report.ensemble.levels.back()) + " only " +
                percent_text(1.0 - report.ensemble.levels.back()) + " of the draws are worse.");
}

void add_shares(Page& page, const Plan& plan, const UncertaintyReport& report) {
  page.heading("Objectives over the draws");
  TextTable table{{"service", "objective", "holds in", "95 % interval", "asked for", ""},
                  {false, false, true, true, true, false},
                  {}};
  for (std::size_t i = 0; i < report.objectives.size(); ++i) {
    const DrawnObjective& objective = report.objectives[i];
    const model::Share& kept = report.ensemble.kept[i];
    table.rows.push_back({plan.lowered.problem.system.services[objective.service].name,
                          objective.field.empty() ? "all of them" : objective.field,
                          percent_text(kept.value),
                          percent_text(kept.lower) + " to " + percent_text(kept.upper),
                          objective.confidence ? percent_text(*objective.confidence) : "-",
                          objective.confidence ? (objective.met ? "met" : "missed") : ""});
  }
  page.table(std::move(table));
  if (report.ensemble.failed > 0)
    page.sentence(std::to_string(report.ensemble.failed) +
                  " draws are no valid spec; no objective holds in them. The first: " +
                  (report.ensemble.why ? report.ensemble.why->message : "unknown") + ".");
  page.sentence(
      "approximate; availability is judged by each draw's own figure times the guaranteed figure's "
      "largest excess over it, seen as written and in 16 draws.");
}

std::string flip_text(const UncertainInput& input, const model::BreakEven& even) {
  if (!even.next) return "-";
  const model::Flip& flip = even.flips[*even.next];
  const bool holds_below = input.complemented ? !flip.holds_below : flip.holds_below;
  return std::string(holds_below ? "above " : "below ") + input_text(input, flip.below);
}

/// Index of the objective that is all of a service's.
std::optional<std::size_t> whole_of(const UncertaintyReport& report, model::ServiceId service) {
  for (std::size_t i = 0; i < report.objectives.size(); ++i)
    if (report.objectives[i].service == service && report.objectives[i].field.empty()) return i;
  return std::nullopt;
}

void add_worth(Page& page, const Plan& plan, const UncertaintyReport& report) {
  page.heading("Which number is worth measuring (share of the variance of the unavailability)");
  TextTable table{{"service", "input", "by itself", "with others", "objectives fail"},
                  {false, false, true, true, false},
                  {}};
  for (std::size_t f = 0; f < report.figures.size(); ++f) {
    if (report.figures[f].name != "unavailability" || report.influences.variance[f] <= 0.0)
      continue;
    const model::ServiceId service = report.figures[f].service;
    const auto& of = report.influences.of[f];
    std::vector<std::size_t> order(of.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return of[a].total.value > of[b].total.value;
    });
    order.resize(std::min(order.size(), kMostInputs));
    const auto whole = whole_of(report, service);
    for (const std::size_t i : order) {
      const std::string flips =
          whole ? flip_text(report.inputs[i], report.break_even[*whole][i]) : "-";
      if (of[i].total.value < 0.001 && flips == "-") continue;
      table.rows.push_back({plan.lowered.problem.system.services[service].name,
                            report.inputs[i].name, percent_text(std::max(0.0, of[i].first.value)),
                            percent_text(std::max(0.0, of[i].total.value)), flips});
    }
  }
  if (table.rows.empty()) return page.sentence("No unavailability depends on the inputs.");
  page.table(std::move(table));
  page.sentence(
      "by itself: the variance that goes when this number alone is known; with others: what stays "
      "when all others are. The last column: the value at which the service's objectives begin to "
      "fail, or to hold, with all other inputs as written.");
}

}  // namespace

std::string input_text(const UncertainInput& input, double drawn) {
  switch (input.kind) {
    case Value::Kind::duration: return duration_text(drawn);
    case Value::Kind::rate: return rate_text(drawn);
    case Value::Kind::probability:
      return input.complemented ? availability_text(drawn) : percent_text(drawn);
    default: return significant(drawn, 3);
  }
}

double input_value(const UncertainInput& input, double drawn) {
  return input.complemented ? 1.0 - drawn : drawn;
}

const char* input_unit(const UncertainInput& input) {
  if (input.kind == Value::Kind::duration) return "s";
  return input.kind == Value::Kind::rate ? "1/s" : "1";
}

void add_provenance(Page& page, const Plan& plan) {
  if (plan.provenance.empty()) return;
  const auto* shown = shown_assessment(plan);
  if (!shown) return;
  page.heading("What the downtime rests on (the weakest number behind each cause)");
  TextTable table{
      {"service", "downtime a year", "source", "share"}, {false, true, false, true}, {}};
  for (model::ServiceId s = 0; s < plan.provenance.size(); ++s)
    for (const Provenance& part : plan.provenance[s]) {
      const double whole = shown->evaluation.services[s].unavailability.value;
      const bool weak =
          part.source == "none" || part.source == "assumption" || part.source == "default";
      table.rows.push_back({plan.lowered.problem.system.services[s].name,
                            duration_text(part.share * kYear),
                            part.source + (weak ? " (unverified)" : ""),
                            percent_text(whole > 0.0 ? part.share / whole : 0.0)});
    }
  page.table(std::move(table));
}

void add_uncertainty(Page& page, const Plan& plan) {
  if (!plan.uncertainty) return;
  const UncertaintyReport& report = *plan.uncertainty;
  page.heading("Uncertain inputs (" + std::to_string(report.ensemble.draws) + " draws, seed " +
               std::to_string(report.ensemble.seed) + ")");
  add_inputs(page, report);
  add_figures(page, plan, report);
  if (!report.objectives.empty()) add_shares(page, plan, report);
  add_worth(page, plan, report);
}

}  // namespace haplan::planner
