#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"
#include "solver/spending.hpp"

/// Sections of the page about availability.
namespace haplan::planner {
namespace {

std::string minutes(double unavailability) {
  return significant(unavailability * kYear / 60, 3) + " min";
}

/// A difference; what is far below a second a year is none.
std::string with_sign(double unavailability) {
  if (std::abs(unavailability) * kYear < 0.01) return "0 min";
  return (unavailability > 0 ? "+" : "") + minutes(unavailability);
}

/// A part of a whole in percent; digits far below a thousandth say nothing.
std::string part_text(double part, double whole) {
  if (whole <= 0) return "-";
  const double percent = 100 * part / whole;
  return percent > 0 && percent < 0.001 ? "<0.001 %" : significant(percent, 3) + " %";
}

const solver::Objective* objective_of(const Plan& plan, model::ServiceId service) {
  for (const auto& o : plan.lowered.problem.objectives)
    if (o.service == service) return &o;
  return nullptr;
}

std::string interval_mark(const model::Estimate& e) {
  return e.method == model::Method::exact ? "" : " (" + name_of(e.method) + ")";
}

int peak_replicas(const Plan& plan) {
  int sum = 0;
  if (!plan.after) return 0;
  for (model::ComponentId id = 0; id < plan.lowered.problem.system.components.size(); ++id) {
    const auto& component = plan.after->deployment.components[id];
    if (plan.lowered.problem.system.components[id].replicated())
      sum += component.nodes.empty()
                 ? (component.autoscale ? component.autoscale->max : component.replicas)
                 : static_cast<int>(component.nodes.size());
  }
  return sum;
}

std::size_t missed(const std::vector<solver::ObjectiveCheck>& checks) {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [](const auto& c) { return !c.met; }));
}

std::string objectives_phrase(const Assessment& assessment) {
  const auto all = assessment.checks.size();
  const auto lost = missed(assessment.checks);
  if (all == 0) return "no objectives are set";
  const bool met = lost == 0;
  if (all == 1) return std::string("the objective is ") + (met ? "met" : "missed");
  if (all == 2 && (met || lost == 2))
    return std::string("both objectives are ") + (met ? "met" : "missed");
  if (met) return "all " + std::to_string(all) + " objectives are met";
  return std::to_string(lost) + " of " + std::to_string(all) + " objectives " +
         (lost == 1 ? "is" : "are") + " missed";
}

std::string stop_phrase(const solver::Outcome& outcome) {
  switch (outcome.stop) {
    case solver::Stop::none: return outcome.unproved;
    case solver::Stop::work_limit: return "the work limit ended the search";
    case solver::Stop::time_limit: return "the time limit ended the search";
    case solver::Stop::interrupted: return "the search was interrupted";
  }
  return {};
}

/// "14 replicas at peak"; without the peak where there is but one level.
std::string replicas_phrase(const Plan& plan, int replicas) {
  const bool varies = plan.lowered.problem.system.levels.size() > 1;
  return count_text(replicas, "replica") + (varies ? " at peak" : "");
}

/// With digits enough to tell one plan from the next; of nines as many as there are.
std::string most_text(double unavailability) {
  constexpr double kNines = 1e-3;
  return unavailability < kNines ? availability_text(unavailability)
                                 : significant(100 * (1 - unavailability), 6) + " %";
}

/// What is maximised, and how far that is proved.
std::string most_phrase(const solver::Outcome& outcome) {
  std::string out = "least availability " + most_text(*outcome.criteria.worst_unavailability);
  if (outcome.status == solver::Status::optimal) return out + ", proved highest";
  if (outcome.bound_unavailability)
    out += ", proved to be at most " + most_text(*outcome.bound_unavailability);
  return out;
}

std::string cost_phrase(const Plan& plan) {
  const double cost = solver::cost_of(plan.lowered.problem, plan.after->deployment).peak.value();
  return "cost " + plain_number(std::round(cost * 1000) / 1000) + " a month" +
         (plan.outcome.status == solver::Status::optimal ? ", proved least" : "");
}

/// Budgets that a fixed deployment exceeds.
std::string exceeded_phrase(const Plan& plan) {
  std::string out;
  for (const auto& use : solver::budget_uses(plan.lowered.problem, plan.after->deployment))
    if (!use.kept) out += (out.empty() ? ", over budget: " : ", ") + use.name;
  return out;
}

std::string count_phrase(const Plan& plan) {
  const solver::Outcome& outcome = plan.outcome;
  const int replicas = peak_replicas(plan);
  std::string out = replicas_phrase(plan, replicas);
  const solver::Problem& problem = plan.lowered.problem;
  if (problem.maximize_availability && outcome.criteria.worst_unavailability)
    return most_phrase(outcome) + ", " + out;
  if (problem.minimize.front() == solver::Preference::cost) return cost_phrase(plan) + ", " + out;
  if (outcome.status == solver::Status::optimal) return out + ", proved minimal";
  const int least = static_cast<int>(std::ceil(outcome.bound_peak_replicas - 1e-9));
  if (least >= replicas) return out + ", proved fewest; its other settings not proved best";
  if (least > 0)
    out += ", proved to need at least " + std::to_string(least) + " (gap " +
           std::to_string(replicas - least) + ")";
  return out;
}

/// Levels of the services where they differ.
///   years  downtimes of the rows before, whose unit these share
void add_level_rows(TextTable& table, const Plan& plan, const Assessment& after,
                    const std::vector<double>& years) {
  const auto& system = plan.lowered.problem.system;
  for (model::ServiceId s = 0; s < system.services.size(); ++s) {
    const auto& levels = after.evaluation.services[s].level_unavailability;
    if (levels.size() != system.levels.size() || levels.empty()) continue;
    const auto [least, most] = std::minmax_element(levels.begin(), levels.end());
    if (*most - *least <= 0.005 * *most) continue;
    for (model::LevelId l = 0; l < levels.size(); ++l) {
      std::vector<double> all = years;
      all.push_back(levels[l] * kYear);
      table.rows.push_back({system.services[s].name + " at " + system.levels[l].name, "", "", "",
                            availability_text(levels[l]),
                            durations_text(all, solver::UnitOf::smallest).back(), ""});
    }
  }
}

}  // namespace

void add_verdict(Page& page, const Plan& plan) {
  const auto status = plan.outcome.status;
  std::string head = plan.lowered.name + ": " + name_of(status);
  const bool solved = status == solver::Status::optimal || status == solver::Status::feasible;
  if (plan.after && (solved || status == solver::Status::evaluated)) {
    const bool only_goal =
        solved && plan.after->checks.empty() && plan.lowered.problem.maximize_availability;
    head += " \u2013 ";
    if (!only_goal) head += objectives_phrase(*plan.after) + (solved ? ", " : "");
    if (solved) head += count_phrase(plan);
    head += exceeded_phrase(plan);
    if (const std::string why = stop_phrase(plan.outcome); !why.empty()) head += "; " + why;
  } else if (status == solver::Status::infeasible) {
    head += " \u2013 proved: no plan within the ranges meets every objective";
    if (!plan.lowered.problem.budgets.empty()) head += " and keeps every budget";
  } else if (status == solver::Status::undecided) {
    head += " \u2013 no plan found yet; " + stop_phrase(plan.outcome);
  }
  const bool fine = plan.after && missed(plan.after->checks) == 0 &&
                    exceeded_phrase(plan).empty() && status != solver::Status::infeasible &&
                    status != solver::Status::undecided;
  for (const auto& text : wrapped(printable(head), "", page.width()))
    page.line(page.bold(fine ? page.good(text) : page.bad(text)));
  if (status != solver::Status::undecided) return;
  const int least = static_cast<int>(std::ceil(plan.outcome.bound_peak_replicas - 1e-9));
  if (least > 0)
    page.sentence("Proved so far: a plan has at least " + replicas_phrase(plan, least) +
                  ", if there is one.");
  if (plan.before)
    page.sentence(
        "The figures below are those of the starting point (replicas at the low end of "
        "their ranges, other settings nearest to their defaults), not of a plan.");
}

void add_availability(Page& page, const Plan& plan) {
  const Assessment* now = shown_assessment(plan);
  if (now == nullptr) return;
  const auto& system = plan.lowered.problem.system;
  const bool both = plan.before && plan.after;
  page.heading(both ? "Availability before and after (downtime a year, and per 30 days)"
               : plan.after
                   ? "Availability (downtime a year, and per 30 days)"
                   : "Availability of the starting point (downtime a year, and per 30 days)");
  TextTable table{
      {"service", "target", "before", "a year", both ? "after" : "now", "a year", "30 d"},
      {false, true, true, true, true, true, true},
      {}};
  std::vector<double> years;
  std::vector<double> months;
  for (model::ServiceId s = 0; s < system.services.size(); ++s) {
    const double u = now->evaluation.services[s].unavailability.value;
    years.push_back((both ? plan.before->evaluation.services[s].unavailability.value : 0) * kYear);
    years.push_back(u * kYear);
    months.push_back(u * kThirtyDays);
  }
  const auto a_year = durations_text(years, solver::UnitOf::smallest);
  const auto a_month = durations_text(months, solver::UnitOf::smallest);
  for (model::ServiceId s = 0; s < system.services.size(); ++s) {
    const auto& figures = now->evaluation.services[s];
    const auto* objective = objective_of(plan, s);
    const bool target = objective != nullptr && objective->max_unavailability;
    const double old = both ? plan.before->evaluation.services[s].unavailability.value : 0;
    table.rows.push_back(
        {system.services[s].name,
         target ? target_text("availability", *objective->max_unavailability) : "-",
         both ? availability_text(old) : "-", both ? a_year[2 * s] : "-",
         availability_text(figures.unavailability.value) + interval_mark(figures.unavailability),
         a_year[2 * s + 1], a_month[s]});
  }
  add_level_rows(table, plan, *now, years);
  if (!both) remove_columns(table, 2, 2);
  page.table(std::move(table));
}

void add_exactness(Page& page, const Plan& plan) {
  if (!plan.after) return;
  const auto& system = plan.lowered.problem.system;
  page.heading("How far to trust it (minutes of downtime a year)");
  TextTable table{{"service", "exact", "textbook", "difference", "guaranteed", "values only",
                   "outages a year", "mean outage"},
                  {false, true, true, true, true, true, true, true},
                  {}};
  const bool has_values = !plan.lowered.releases.empty();
  std::vector<double> outages;
  for (const auto& figures : plan.after->evaluation.services)
    outages.push_back(figures.mean_outage);
  const auto mean_outage = durations_text(outages, solver::UnitOf::smallest);
  for (model::ServiceId s = 0; s < system.services.size(); ++s) {
    const auto& figures = plan.after->evaluation.services[s];
    const auto worst = [&](const std::vector<model::Estimate>& all) {
      return s < all.size() ? minutes(all[s].upper) : std::string("-");
    };
    table.rows.push_back({system.services[s].name, minutes(figures.unavailability.value),
                          minutes(figures.independent),
                          with_sign(figures.independent - figures.unavailability.value),
                          worst(plan.after->guaranteed), worst(plan.after->values_only),
                          significant(figures.outage_frequency * kYear, 3), mean_outage[s]});
  }
  if (!has_values) remove_columns(table, 5, 1);
  page.table(std::move(table));
  page.sentence(
      "textbook: 1 - prod(1 - A), every replica independent; guaranteed: the worst placement that "
      "the scheduler may choose under the written rules" +
      std::string(has_values ? "; values only: without the patch." : "."));
}

void add_objectives(Page& page, const Plan& plan) {
  const Assessment* now = shown_assessment(plan);
  if (now == nullptr || now->checks.empty()) return;
  page.heading(plan.after ? "Objectives" : "Objectives at the starting point");
  TextTable table{{"service", "objective", "target", "actual", "", "decided by"},
                  {false, false, true, true, false, false},
                  {}};
  for (const auto& c : now->checks)
    table.rows.push_back({plan.lowered.problem.system.services[c.service].name, c.field,
                          target_text(c.field, c.target), figure_text(c.field, c.actual, c.target),
                          c.met ? "met" : "MISSED", c.decided_by});
  page.table(std::move(table));
  if (std::any_of(now->checks.begin(), now->checks.end(),
                  [](const auto& c) { return c.field == "availability"; }))
    page.sentence(
        "availability is judged by the guaranteed figure, everything else by the placement" +
        std::string(plan.after ? " below." : "."));
}

void add_causes(Page& page, const Plan& plan) {
  if (!plan.after) return;
  const auto& system = plan.lowered.problem.system;
  const auto& services = plan.after->evaluation.services;
  // The services that are down longest, at most three: columns.
  std::vector<model::ServiceId> shown(services.size());
  for (model::ServiceId s = 0; s < shown.size(); ++s) shown[s] = s;
  std::stable_sort(shown.begin(), shown.end(), [&](auto a, auto b) {
    return services[a].unavailability.value > services[b].unavailability.value;
  });
  if (shown.size() > 3) shown.resize(3);
  std::sort(shown.begin(), shown.end());

  using Key = std::tuple<model::CauseKind, std::string, std::string>;
  std::map<Key, std::vector<double>> shares;
  for (std::size_t column = 0; column < shown.size(); ++column)
    for (const auto& cause : services[shown[column]].causes) {
      auto& row = shares[{cause.kind, cause.subject, cause.mode}];
      row.resize(shown.size(), 0.0);
      row[column] += cause.share;
    }
  if (shares.empty()) return;
  const auto largest = [](const std::vector<double>& row) {
    return *std::max_element(row.begin(), row.end());
  };
  std::vector<std::pair<Key, std::vector<double>>> rows(shares.begin(), shares.end());
  std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
    return largest(a.second) > largest(b.second);
  });

  page.heading("Downtime by cause (a year)");
  TextTable table{{"cause"}, {false}, {}};
  for (const auto s : shown) {
    table.header.insert(table.header.end(), {printable(system.services[s].name), ""});
    table.right.insert(table.right.end(), {true, true});
  }
  constexpr std::size_t kShown = 10;
  std::vector<std::string> names;
  std::vector<std::vector<double>> kept;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [kind, subject, mode] = rows[i].first;
    if (i < kShown) {
      names.push_back(cause_text({kind, subject, mode, 0.0}));
      kept.push_back(rows[i].second);
      continue;
    }
    if (i == kShown) {
      names.push_back("the other " + std::to_string(rows.size() - kShown));
      kept.emplace_back(shown.size(), 0.0);
    }
    for (std::size_t column = 0; column < shown.size(); ++column)
      kept.back()[column] += rows[i].second[column];
  }
  table.rows.resize(kept.size());
  for (std::size_t i = 0; i < kept.size(); ++i) table.rows[i].push_back(names[i]);
  for (std::size_t column = 0; column < shown.size(); ++column) {
    std::vector<double> years;
    for (const auto& row : kept) years.push_back(row[column] * kYear);
    const auto texts = durations_text(years, solver::UnitOf::largest);
    const double u = services[shown[column]].unavailability.value;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      table.rows[i].push_back(texts[i]);
      table.rows[i].push_back(part_text(kept[i][column], u));
    }
  }
  page.table(std::move(table));
}

}  // namespace haplan::planner
