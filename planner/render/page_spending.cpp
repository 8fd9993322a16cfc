#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"
#include "solver/spending.hpp"

/// The section of the page about what a plan costs and what its budgets leave.
namespace haplan::planner {
namespace {

std::string amount_text(const solver::Budget& budget, double amount) {
  constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;
  if (budget.kind == solver::Budget::Kind::memory) return significant(amount / kGiB, 6) + " Gi";
  return significant(amount, 6);
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
         significant(solver::cost_of(problem, plan.after->deployment).peak.value(), 6), "-", "-"});
  page.table(std::move(table));
}

}  // namespace haplan::planner
