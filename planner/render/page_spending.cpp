#include <cmath>

#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"
#include "solver/spending.hpp"

/// The section of the page about what a plan costs and what its budgets leave.
namespace haplan::planner {
namespace {

/// At most three decimals, none that are zero.
std::string short_number(double value) { return plain_number(std::round(value * 1000) / 1000); }

std::string amount_text(const solver::Budget& budget, double amount) {
  constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;
  if (budget.kind == solver::Budget::Kind::memory) return short_number(amount / kGiB) + " Gi";
  return short_number(amount);
}

}  // namespace

void add_spending(Page& page, const Plan& plan) {
  const solver::Problem& problem = plan.lowered.problem;
  if (!plan.after || (problem.budgets.empty() && problem.prices.empty())) return;
  page.heading("Spending at the level with most");
  TextTable table{{"what", "used", "budget", "left"}, {false, true, true, true}, {}};
  bool limited = false;
  const auto uses = solver::budget_uses(problem, plan.after->deployment);
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const solver::Budget& budget = problem.budgets[i];
    limited = limited || budget.kind == solver::Budget::Kind::cost;
    table.rows.push_back(
        {uses[i].name + (budget.kind == solver::Budget::Kind::cost ? " a month" : ""),
         amount_text(budget, uses[i].used), amount_text(budget, uses[i].limit),
         uses[i].kept ? amount_text(budget, uses[i].limit - uses[i].used) : "exceeded"});
  }
  if (!problem.prices.empty() && !limited)
    table.rows.push_back(
        {"cost a month",
         short_number(solver::cost_of(problem, plan.after->deployment).peak.value()), "-", "-"});
  page.table(std::move(table));
}

}  // namespace haplan::planner
