#include <algorithm>
#include <array>
#include <cmath>

#include "planner/render/drill.hpp"
#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"

namespace haplan::planner {
namespace {

using model::LossKind;

std::string joined(const std::vector<std::string>& words, const char* separator = ", ") {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : separator) + word;
  return out;
}

std::string time_text(double seconds) {
  return std::isinf(seconds) ? "never" : duration_text(seconds);
}

std::string up_again_text(const model::LossFigures& f) {
  if (f.already_down) return "already down";
  return (f.is_mean && std::isfinite(f.until_up) ? "mean " : "") + time_text(f.until_up);
}

/// "worker-4", then "5", "6": what equal beginnings repeat is left out.
std::string compressed(const std::vector<std::string>& names) {
  std::string out;
  std::string stem;
  for (const std::string& name : names) {
    const std::size_t digits = name.find_last_not_of("0123456789") + 1;
    const std::string own = name.substr(0, digits);
    const bool repeated = !out.empty() && own == stem && digits < name.size();
    out += (out.empty() ? "" : ", ") + (repeated ? name.substr(digits) : name);
    stem = own;
  }
  return out;
}

/// The component with the least to spare: "api 7 of 8".
std::string capacity_text(const model::System& system, const std::vector<model::Hit>& hits) {
  const model::Hit* tightest = nullptr;
  for (const model::Hit& hit : hits)
    if (tightest == nullptr ||
        hit.toll.left() - hit.toll.need < tightest->toll.left() - tightest->toll.need)
      tightest = &hit;
  if (tightest == nullptr) return "-";
  return system.components[tightest->component].name + " " + std::to_string(tightest->toll.left()) +
         "/" + std::to_string(tightest->toll.need);
}

std::string verdict_text(const std::vector<solver::ObjectiveCheck>& checks) {
  if (checks.empty()) return "-";
  const bool kept = std::ranges::all_of(checks, &solver::ObjectiveCheck::met);
  return kept ? "kept" : "MISSED";
}

/// "availability 99.986 %, asked for 99.99 %": what is missed, with its figures.
std::string missed_sentence(const std::vector<solver::ObjectiveCheck>& checks) {
  std::vector<std::string> missed;
  for (const auto& c : checks)
    if (!c.met)
      missed.push_back(c.field + " " + missed_text(c.field, c.actual, c.target) + ", asked for " +
                       target_text(c.field, c.target));
  return joined(missed, "; ");
}

constexpr std::array<LossKind, 5> kKinds{LossKind::node, LossKind::domain, LossKind::replica,
                                         LossKind::primary, LossKind::external};

/// Of kCheckpoints: those that a line has room for.
constexpr std::array<std::size_t, 5> kShownTimes{1, 2, 4, 5, 6};

/// What one loss does to services that see the same.
struct Outcome {
  std::vector<std::string> services;
  std::vector<std::string> cells;
  std::vector<std::string>
      curve;  ///< percentiles and P(up) at some times; empty when it never goes down
  std::string missed;

  bool operator==(const Outcome&) const = default;
};

struct Row {
  std::vector<std::string> subjects;
  std::vector<Outcome> outcomes;
};

std::string probability_text(double up) {
  constexpr double kSure = 1e-6;
  if (up >= 1.0) return "100 %";
  if (up <= kSure) return "0 %";
  if (1.0 - up < kSure) return ">99.999 %";
  return up > 0.99 ? availability_text(1.0 - up, 1) : significant(100.0 * up, 3) + " %";
}

std::vector<Outcome> outcomes_of(const model::System& system, const DrilledLoss& loss) {
  std::vector<Outcome> outcomes;
  for (model::ServiceId s = 0; s < system.services.size(); ++s) {
    const model::ServiceDrill& drill = loss.drill.services[s];
    const model::LossFigures& f = drill.figures;
    const bool down = f.until_up > 0.0 && !f.already_down;
    Outcome one;
    one.cells = {f.failed_share > 0.0 ? percent_text(f.failed_share, 2) : "0 %",
                 f.failed_share > 0.0 ? duration_text(f.until_avoided, 2) : "-",
                 up_again_text(f),
                 f.decided_by.empty() ? "-" : f.decided_by,
                 capacity_text(system, drill.hits),
                 verdict_text(loss.survivals[s])};
    one.missed = missed_sentence(loss.survivals[s]);
    if (f.already_down && !one.missed.empty())
      one.missed = "down before anything is lost" +
                   (f.decided_by.empty() ? "" : ", for want of " + f.decided_by);
    if (down) {
      one.curve = {time_text(drill.median), time_text(drill.p99), time_text(drill.p999)};
      for (const std::size_t i : kShownTimes)
        one.curve.push_back(probability_text(drill.checkpoints[i].up));
    }
    const auto same = std::ranges::find_if(outcomes, [&](const Outcome& o) {
      return o.cells == one.cells && o.curve == one.curve && o.missed == one.missed;
    });
    const std::string& name = system.services[s].name;
    if (same != outcomes.end()) {
      same->services.push_back(name);
      continue;
    }
    one.services = {name};
    outcomes.push_back(std::move(one));
  }
  return outcomes;
}

std::string subject_of(const DrilledLoss& loss) {
  if (loss.drill.loss.absent) return loss.subject + " (down)";
  return loss.equal > 1 ? loss.subject + " (any of " + std::to_string(loss.equal) + ")"
                        : loss.subject;
}

std::vector<Row> rows_of(const DrillReport& report, LossKind kind) {
  std::vector<Row> rows;
  for (const DrilledLoss& loss : report.losses) {
    if (loss.drill.loss.kind != kind) continue;
    std::vector<Outcome> outcomes = outcomes_of(report.lowered.problem.system, loss);
    const auto same =
        std::ranges::find_if(rows, [&](const Row& row) { return row.outcomes == outcomes; });
    if (same != rows.end())
      same->subjects.push_back(subject_of(loss));
    else
      rows.push_back({{subject_of(loss)}, std::move(outcomes)});
  }
  return rows;
}

std::string services_text(const model::System& system, const Outcome& outcome) {
  return outcome.services.size() == system.services.size() && system.services.size() > 1
             ? "all"
             : joined(outcome.services);
}

void add_losses(Page& page, const DrillReport& report, LossKind kind, const char* title) {
  const auto rows = rows_of(report, kind);
  if (rows.empty()) return;
  const model::System& system = report.lowered.problem.system;
  page.heading(title);
  TextTable table{
      {"lost", "service", "failing", "for", "up again", "last back", "left/need", "objectives"},
      {false, false, true, true, true, false, false, false},
      {}};
  for (const Row& row : rows)
    for (const Outcome& outcome : row.outcomes) {
      std::vector<std::string> cells{
          &outcome == row.outcomes.data() ? compressed(row.subjects) : "",
          services_text(system, outcome)};
      cells.insert(cells.end(), outcome.cells.begin(), outcome.cells.end());
      table.rows.push_back(std::move(cells));
    }
  page.table(std::move(table));
}

void add_curves(Page& page, const DrillReport& report) {
  const model::System& system = report.lowered.problem.system;
  TextTable table{{"lost", "service", "p50", "p99", "p99.9"}, {false, false, true, true, true}, {}};
  for (const std::size_t i : kShownTimes) {
    table.header.push_back(duration_text(model::kCheckpoints[i], 1));
    table.right.push_back(true);
  }
  for (const LossKind kind :
       {LossKind::node, LossKind::domain, LossKind::replica, LossKind::primary, LossKind::external})
    for (const Row& row : rows_of(report, kind))
      for (const Outcome& outcome : row.outcomes) {
        if (outcome.curve.empty()) continue;
        const std::string what = kind == LossKind::primary ? " primary" : "";
        std::vector<std::string> cells{compressed(row.subjects) + what,
                                       services_text(system, outcome)};
        cells.insert(cells.end(), outcome.curve.begin(), outcome.curve.end());
        table.rows.push_back(std::move(cells));
      }
  if (table.rows.empty()) return;
  page.heading(
      "Time until up again: percentiles, and the probability of being up after 5 s to 30 min");
  page.table(std::move(table));
}

/// What does not survive, with the figures.
void add_missed(Page& page, const DrillReport& report) {
  const model::System& system = report.lowered.problem.system;
  bool first = true;
  for (const LossKind kind : kKinds)
    for (const Row& row : rows_of(report, kind))
      for (const Outcome& outcome : row.outcomes) {
        if (outcome.missed.empty()) continue;
        if (first) page.heading("What does not survive");
        first = false;
        page.sentence(name_of(kind) + " " + compressed(row.subjects) + ", " +
                          services_text(system, outcome) + ": " + outcome.missed,
                      "  - ");
      }
  if (first) return;
  page.sentence(
      "availability and errorRate: what this loss alone takes of the objective's window.");
}

void add_scenarios(Page& page, const DrillReport& report) {
  if (report.scenarios.empty()) return;
  page.heading("What-ifs (spec.scenarios)");
  TextTable table{{"scenario", "service", "availability", "after its loss", "objectives"},
                  {false, false, true, true, false},
                  {}};
  std::vector<std::string> notes;
  for (const DrilledScenario& scenario : report.scenarios) {
    if (!scenario.problem.empty()) {
      table.rows.push_back({scenario.name, "-", "-", "-", "-"});
      notes.push_back(scenario.name + " has no figures: " + scenario.problem + ".");
      continue;
    }
    using Missed = std::pair<std::string, std::vector<std::string>>;
    std::vector<Missed> missed;
    for (model::ServiceId s = 0; s < scenario.unavailability.size(); ++s) {
      std::vector<solver::ObjectiveCheck> own;
      for (const auto& c : scenario.checks)
        if (c.service == s) own.push_back(c);
      std::string after = "-";
      if (scenario.loss && s < scenario.loss->drill.services.size())
        after = time_text(scenario.loss->drill.services[s].figures.until_up);
      table.rows.push_back({s == 0 ? scenario.name : "", scenario.services[s],
                            availability_text(scenario.unavailability[s]), after,
                            verdict_text(own)});
      if (const std::string text = missed_sentence(own); !text.empty()) {
        const auto same = std::ranges::find(missed, text, &Missed::first);
        if (same != missed.end())
          same->second.push_back(scenario.services[s]);
        else
          missed.push_back({text, {scenario.services[s]}});
      }
    }
    if (!scenario.lost_nodes.empty())
      notes.push_back(scenario.name + " takes " + compressed(scenario.lost_nodes) + ".");
    if (!scenario.short_of.empty())
      notes.push_back(scenario.name + " leaves less than is needed where it is: " +
                      joined(scenario.short_of) + ".");
    for (const auto& [text, services] : missed)
      notes.push_back(scenario.name + ", " + joined(services) + ": " + text + ".");
  }
  page.table(std::move(table));
  for (const std::string& note : notes) page.sentence(note, "  - ");
}

/// Objectives that were checked, and those of them that failed.
struct Checks {
  std::size_t all = 0;
  std::size_t missed = 0;
};

void count(const std::vector<solver::ObjectiveCheck>& checks, Checks& sum) {
  sum.all += checks.size();
  sum.missed +=
      static_cast<std::size_t>(std::ranges::count_if(checks, [](const auto& c) { return !c.met; }));
}

Checks of_losses(const DrillReport& report) {
  Checks sum;
  for (const DrilledLoss& loss : report.losses)
    for (const auto& checks : loss.survivals) count(checks, sum);
  return sum;
}

Checks of_scenarios(const DrillReport& report) {
  Checks sum;
  for (const DrilledScenario& scenario : report.scenarios) count(scenario.checks, sum);
  return sum;
}

/// "18 of 143 checks of objectives fail"; `of` says what they are.
std::string fail_phrase(const Checks& checks, const std::string& of = "") {
  return std::to_string(checks.missed) + " of " + std::to_string(checks.all) + of +
         (checks.missed == 1 ? " fails" : " fail");
}

}  // namespace

bool any_missed(const DrillReport& report) {
  return of_losses(report).missed + of_scenarios(report).missed > 0;
}

std::string render_drill_text(const DrillReport& report, const TextOptions& options) {
  Page page(options);
  const Checks single = of_losses(report);
  const Checks what_if = of_scenarios(report);
  std::string head = report.lowered.name + ": " + std::to_string(report.losses.size()) +
                     (report.losses.size() == 1 ? " single loss" : " single losses") +
                     " drilled \u2013 ";
  if (single.all + what_if.all == 0)
    head += "no objectives are set";
  else if (single.missed == 0)
    head += "every objective survives each of them";
  else
    head += fail_phrase(single, " checks of objectives");
  if (!report.scenarios.empty()) {
    head += "; " + count_text(report.scenarios.size(), "what-if");
    if (what_if.missed > 0) head += ", in which " + fail_phrase(what_if);
  }
  for (const auto& text : wrapped(printable(head), "", page.width()))
    page.line(page.bold(single.missed + what_if.missed == 0 ? page.good(text) : page.bad(text)));

  add_losses(page, report, LossKind::node, "Loss of one node");
  add_losses(page, report, LossKind::domain, "Loss of one domain, all its nodes at once");
  add_losses(page, report, LossKind::replica, "Failure of one replica");
  add_losses(page, report, LossKind::primary, "Loss of one primary");
  add_losses(page, report, LossKind::external, "Loss of one external service");
  page.sentence(
      "failing: share of requests that fail, for as long as traffic still goes there; up again: "
      "worst "
      "case, of a failover as if the lost one did not return by itself; mean: nothing automatic "
      "helps; left/need: replicas of the tightest component.");
  if (!report.headroom)
    page.sentence("There is no headroom: pods of a lost node are not counted on elsewhere.");
  add_curves(page, report);
  add_missed(page, report);
  add_scenarios(page, report);
  page.heading("Next");
  page.line("  haplan drill " + printable(options.spec) + " -o json");
  return page.text();
}

}  // namespace haplan::planner
