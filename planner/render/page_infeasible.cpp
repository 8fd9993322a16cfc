#include <algorithm>

#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"

/// The section of the page that says why there is no plan.
namespace haplan::planner {
namespace {

std::string verdict(const solver::Achievable& best) {
  if (best.check.met) return "reachable";
  return best.out_of_reach ? "OUT OF REACH" : "not reached";
}

/// What is proved of a figure that was found.
std::string proof(const solver::Achievable& best) {
  const auto& c = best.check;
  if (best.exact) return "exact";
  const auto bound = figure_text(c.field, best.bound, c.target);
  if (bound == figure_text(c.field, c.actual, c.target)) return "to these digits";
  if (best.bound > c.target) return "at best " + bound;
  return best.out_of_reach ? "the miss" : "-";
}

void add_best(Page& page, const Plan& plan, const solver::Infeasibility& why) {
  if (why.best.empty()) return;
  page.heading(plan.lowered.problem.budgets.empty()
                   ? "Best achievable, each objective by itself"
                   : "Best achievable within the budgets, each objective by itself");
  TextTable table{{"service", "objective", "target", "best found", "", "proved", "decided by"},
                  {false, false, true, true, false, true, false},
                  {}};
  for (const auto& best : why.best) {
    const auto& c = best.check;
    table.rows.push_back({plan.lowered.problem.system.services[c.service].name, c.field,
                          target_text(c.field, c.target), figure_text(c.field, c.actual, c.target),
                          verdict(best), proof(best), c.decided_by});
  }
  page.table(std::move(table));
}

void add_breaking_causes(Page& page, const Plan& plan, const solver::Infeasibility& why) {
  const auto& services = plan.lowered.problem.system.services;
  if (why.causes.empty() || why.service >= services.size()) return;
  std::string title = std::string(why.causes.size() == 1 ? "One cause that alone breaks"
                                                         : "Causes that alone break") +
                      " the budget of " + printable(services[why.service].name);
  for (const auto& best : why.best)
    if (best.check.service == why.service && best.check.field == "availability")
      title += " (" + duration_text(best.check.target * kYear) + " a year)";
  page.heading(title);
  std::vector<double> shares;
  for (const auto& cause : why.causes) shares.push_back(cause.share * kYear);
  const auto texts = durations_text(shares, solver::UnitOf::largest);
  TextTable table{{"cause", "a year"}, {false, true}, {}};
  for (std::size_t i = 0; i < texts.size(); ++i)
    table.rows.push_back({cause_text(why.causes[i]), texts[i]});
  page.table(std::move(table));
  page.sentence(why.unavoidable ? "nothing that haplan decides changes this."
                                : "in the deployment that comes closest.");
}

std::string ended_by(solver::Stop stop) {
  switch (stop) {
    case solver::Stop::none: break;
    case solver::Stop::work_limit: return "the work limit ended it";
    case solver::Stop::time_limit: return "the time limit ended it";
    case solver::Stop::interrupted: return "it was interrupted";
  }
  return {};
}

void add_reliefs(Page& page, const solver::Infeasibility& why) {
  if (why.reliefs.empty()) return;
  page.heading("Each of these gives a plan (made and solved)");
  TextTable table{{"change", "replicas", ""}, {false, true, false}, {}};
  for (const solver::Relief& relief : why.reliefs)
    table.rows.push_back({relief.change, std::to_string(relief.peak_replicas),
                          relief.optimal ? "proved minimal" : "enough"});
  page.table(std::move(table));
}

}  // namespace

void add_infeasibility(Page& page, const Plan& plan) {
  if (!plan.outcome.infeasibility) return;
  const auto& why = *plan.outcome.infeasibility;
  page.sentence(why.reason + ".");
  add_best(page, plan, why);
  add_breaking_causes(page, plan, why);
  add_reliefs(page, why);
  if (!why.would_help.empty()) {
    page.heading("What would have to change");
    for (const auto& help : why.would_help) page.sentence(help, "  - ");
  }
  if (plan.outcome.stop != solver::Stop::none)
    page.sentence("the explanation is not complete: " + ended_by(plan.outcome.stop) + ".");
}

}  // namespace haplan::planner
