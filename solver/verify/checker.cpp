#include "solver/verify/checker.hpp"

#include <algorithm>
#include <cmath>

#include "solver/spending.hpp"
#include "solver/verify/judged.hpp"
#include "solver/verify/relaxation.hpp"

namespace haplan::solver {

using namespace model;

void add(Proved& sum, const Proved& more, const std::vector<Preference>& minimize) {
  sum.splits += more.splits;
  sum.boxes += more.boxes;
  sum.open += more.open;
  if (!more.least_open) return;
  if (!sum.least_open || !not_before(*more.least_open, *sum.least_open, minimize))
    sum.least_open = more.least_open;
}

bool agree(double a, double b) {
  if (!std::isfinite(a) || !std::isfinite(b)) return a == b;
  return std::abs(a - b) <= Relaxation::kMargin * std::max(std::abs(a), std::abs(b));
}

PlanVerdict judge_plan(const Problem& problem, const Deployment& plan, const model::Stop& stop) {
  Problem all = problem;
  constexpr double kAny = 2.0;
  for (Objective& objective : all.objectives)
    objective.max_unavailability = objective.max_unavailability.value_or(kAny);
  PlanVerdict verdict;
  const auto checks = judged(problem.maximize_availability ? all : problem, plan, stop);
  if (!checks) {
    verdict.wrong = "the plan cannot be judged: " + checks.error().message;
    return verdict;
  }
  for (const ObjectiveCheck& check : *checks) {
    if (!check.met)
      verdict.wrong =
          "the plan misses " + problem.system.services[check.service].name + " " + check.field;
    if (check.field == "availability") verdict.worst = std::max(verdict.worst, check.actual);
  }
  for (const BudgetUse& use : budget_uses(problem, plan))
    if (!use.kept) verdict.wrong = "the plan exceeds the budget of " + use.name;
  return verdict;
}

Problem more_available(const Problem& problem, double worst) {
  constexpr double kMore = 3.0 * Relaxation::kMargin;
  Problem asked = problem;
  asked.maximize_availability = false;
  for (Objective& objective : asked.objectives)
    objective.max_unavailability =
        std::min(objective.max_unavailability.value_or(1.0), worst * (1.0 - kMore));
  return asked;
}

}  // namespace haplan::solver
