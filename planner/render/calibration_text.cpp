#include <algorithm>

#include "planner/calibrate/instant.hpp"
#include "planner/calibrate/spelling.hpp"
#include "planner/render/calibration.hpp"
#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"

namespace haplan::planner {
namespace {

constexpr std::size_t kLinesNamed = 12;

std::string level_of(const CalibrationReport& report) {
  return spelt_number(100.0 * report.level, 6) + " % interval";
}

std::string span(double low, double high) {
  return spelt_duration(low, 3) + " to " + spelt_duration(high, 3);
}

std::string title_line(const CalibrationReport& report) {
  std::string text = report.reference + ": ";
  if (!report.period) return text + count_text(report.modes.size(), "estimate");
  text += count_text(report.rows, "incident") + ", ";
  return text + instant_text(report.period->from) + " to " + instant_text(report.period->to) +
         " (" + spelt_duration(report.period->length(), 3) + ")";
}

void add_rates(Page& page, const CalibrationReport& report) {
  page.heading("Failure rates");
  TextTable table;
  table.header = {"", "events", "observed for", "mtbf", level_of(report), "prior weighs"};
  table.right = {false, true, true, true, false, true};
  for (const ModeEstimate& one : report.modes) {
    const std::string units = one.units == 1.0 ? "" : " (of " + spelt_number(one.units, 3) + ")";
    table.rows.push_back({title_of(one) + units, std::to_string(one.events),
                          spelt_duration(one.exposure, 3), spelt_duration(1.0 / one.rate.mean, 3),
                          span(1.0 / one.rate.high, 1.0 / one.rate.low),
                          percent_text(one.prior.events / one.rate.events)});
  }
  page.table(std::move(table));
  page.sentence(
      "mtbf: the inverse of the mean rate; observed for: replicas times period, less down time. "
      "Prior " +
      report.rate_prior.name + ": " + report.rate_prior.meaning + " (" + report.rate_prior.source +
      ").");
}

void add_repairs(Page& page, const CalibrationReport& report) {
  TextTable table;
  table.header = {"",      "repairs",        "plain mean", "mean", level_of(report),
                  "sigma", level_of(report), "written"};
  table.right = {false, true, true, true, false, true, false, false};
  for (const ModeEstimate& one : report.modes) {
    if (!one.repair) continue;
    std::string repairs = std::to_string(one.repairs.exact.size());
    const std::size_t censored = one.repairs.at_least.size() + one.repairs.at_most.size();
    if (censored > 0) repairs += " + " + std::to_string(censored) + " cut off";
    const model::RepairPosterior& r = *one.repair;
    const auto observed = observed_mean_repair(one);
    table.rows.push_back({title_of(one), repairs, observed ? spelt_duration(*observed, 3) : "-",
                          spelt_duration(r.mean.median, 3), span(r.mean.low, r.mean.high),
                          spelt_number(r.sigma.median, 2),
                          spelt_number(r.sigma.low, 2) + " to " + spelt_number(r.sigma.high, 2),
                          one.writes_law      ? "with law"
                          : one.writes_repair ? "mean"
                                              : "no"});
  }
  if (table.rows.empty()) return;
  page.heading("Repair times");
  page.table(std::move(table));
  page.sentence(
      "plain mean: of the repairs that ended; mean: the median of what the law's mean may be. "
      "Prior: " +
      report.repair_prior.meaning + " (" + report.repair_prior.source + ").");
}

/// What was read and did not become a number.
void add_left_out(Page& page, const CalibrationReport& report) {
  std::vector<std::string> sentences;
  if (!report.skipped.empty()) {
    std::string lines;
    for (std::size_t i = 0; i < std::min(report.skipped.size(), kLinesNamed); ++i)
      lines += (i ? ", " : "") + std::to_string(report.skipped[i].line);
    sentences.push_back(count_text(report.skipped.size(), "bad row") + " left out: line" +
                        (report.skipped.size() == 1 ? " " : "s ") + lines +
                        (report.skipped.size() > kLinesNamed ? ", ..." : ""));
  }
  if (report.outside > 0)
    sentences.push_back(count_text(report.outside, "incident") + " outside the period");
  std::size_t carried = 0;
  for (const ModeEstimate& one : report.modes) carried += one.carried_in;
  if (carried > 0)
    sentences.push_back(count_text(carried, "incident") +
                        " from before the period: no event of it, but down time");
  if (!report.unused_columns.empty()) {
    std::string names;
    for (const std::string& name : report.unused_columns)
      names += (names.empty() ? "" : ", ") + name;
    sentences.push_back("columns not used: " + names);
  }
  if (sentences.empty()) return;
  page.heading("Not counted");
  for (const std::string& one : sentences) page.sentence(printable(one), "  - ");
}

void add_warnings(Page& page, const CalibrationReport& report) {
  if (report.warnings.empty()) return;
  page.heading("Warnings");
  for (const std::string& one : report.warnings) page.sentence(printable(one), "  - ");
}

}  // namespace

std::string render_calibration_text(const CalibrationReport& report, const TextOptions& options) {
  Page page(options);
  page.line(page.bold(printable(title_line(report))));
  if (report.modes.empty()) {
    page.line("Nothing to estimate.");
  } else {
    add_rates(page, report);
    add_repairs(page, report);
  }
  add_left_out(page, report);
  add_warnings(page, report);
  page.heading("Next");
  page.line("  write the numbers as a layer: the same command with -o yaml > measured.yaml");
  page.line("  haplan evaluate " +
            printable(options.spec.empty() ? std::string("SPEC") : options.spec) +
            " -f measured.yaml");
  return page.text();
}

}  // namespace haplan::planner
