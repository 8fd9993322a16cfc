#include <algorithm>
#include <doctest/doctest.h>

#include "model/system/load.hpp"
#include "model/system/variants.hpp"
#include "solver/spending.hpp"
#include "tests/solver/exhaustive.hpp"
#include "tests/solver/random_goals.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

using namespace model;
using solver::Budget;
using solver::Objective;
using solver::Problem;

std::int64_t requested(const Component& component, const char* what) {
  const auto found = component.requests.find(what);
  return found == component.requests.end() ? 0 : found->second;
}

/// What a deployment spends, in plain floating arithmetic.
struct Spent {
  double cost = 0.0;  ///< peak
  double mean_cost = 0.0;
  double replicas = 0.0;  ///< peak
  double mean_replicas = 0.0;
  double money = 0.0;
  double cpu = 0.0;
};

Spent spent_by(const Problem& plain, const Deployment& d) {
  Spent spent;
  const LoadTable load = load_table(plain.system);
  for (LevelId level = 0; level < plain.system.levels.size(); ++level) {
    Spent now;
    for (ComponentId c = 0; c < plain.system.components.size(); ++c) {
      const Component& component = plain.system.components[c];
      const double n =
          component.replicated() ? replicas_at(plain.system, load, d.components[c], c, level) : 1.0;
      if (component.type == ComponentType::gate) continue;
      const auto cpu = static_cast<double>(requested(component, "cpu")) / 1000.0;
      const auto memory = static_cast<double>(requested(component, "memory")) / 1000.0;
      now.cost += n * (cpu * 20.0 + memory / 1073741824.0 * 3.0);
      now.cpu += n * cpu;
      if (component.replicated()) now.replicas += n;
      if (const auto uses = component.uses.find("money"); uses != component.uses.end())
        now.money += n * uses->second.value();
    }
    spent.cost = std::max(spent.cost, now.cost);
    spent.mean_cost += plain.system.levels[level].share * now.cost;
    spent.replicas = std::max(spent.replicas, now.replicas);
    spent.mean_replicas += plain.system.levels[level].share * now.replicas;
    spent.money = std::max(spent.money, now.money);
    spent.cpu = std::max(spent.cpu, now.cpu);
  }
  return spent;
}

bool keeps_budgets(const Problem& problem, const Spent& spent) {
  return std::ranges::all_of(problem.budgets, [&](const Budget& budget) {
    const double used = budget.name == "money"      ? spent.money
                        : budget.name == "replicas" ? spent.replicas
                        : budget.name == "cpu"      ? spent.cpu
                                                    : spent.cost;
    return used <= budget.limit.value() * (1.0 + 1e-12);
  });
}

/// The goal's figures of a plan, in the order in which they count.
std::vector<double> goal_of(const Problem& problem, const Spent& spent, double worst) {
  const std::vector<double> replicas{spent.replicas, spent.mean_replicas};
  const std::vector<double> cost{spent.cost, spent.mean_cost};
  std::vector<double> goal;
  if (problem.maximize_availability) goal.push_back(worst);
  const bool cost_first = problem.minimize.front() == solver::Preference::cost;
  const bool cost_counts = cost_first || problem.minimize.size() > 1;
  if (cost_first) goal.insert(goal.end(), cost.begin(), cost.end());
  goal.insert(goal.end(), replicas.begin(), replicas.end());
  if (cost_counts && !cost_first) goal.insert(goal.end(), cost.begin(), cost.end());
  return goal;
}

bool before(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!near_relative(a[i], b[i], 1e-11)) return a[i] < b[i];
  return false;
}

double worst_of(const Problem& problem, const std::vector<double>& judged) {
  double worst = 0.0;
  for (const Objective& objective : problem.objectives)
    worst = std::max(worst, judged[objective.service]);
  return worst;
}

}  // namespace

TEST_CASE("goals: variants, budgets, cost and most availability equal exhaustive search") {
  constexpr std::size_t kLimit = 400;
  int compared = 0;
  int infeasible = 0;
  int maximised = 0;
  int cheapest = 0;
  int second = 0;
  for (std::uint64_t seed = 1; compared < 60; ++seed) {
    const auto choosing = random_goals(seed);
    if (!choosing) continue;
    CAPTURE(seed);
    std::optional<std::vector<double>> expected;
    bool small = true;
    for (const Problem& plain : choosing->plain) {
      const auto plans = every_plan(plain, kLimit);
      small = small && plans.has_value();
      if (!small) break;
      for (const FeasiblePlan& plan : *plans) {
        const Spent spent = spent_by(plain, plan.deployment);
        if (!keeps_budgets(plain, spent)) continue;
        auto goal = goal_of(plain, spent, worst_of(plain, plan.worst));
        if (!expected || before(goal, *expected)) expected = std::move(goal);
      }
    }
    if (!small) continue;
    ++compared;
    const Problem& open = choosing->open;
    const auto actual = solver::solve(open);
    REQUIRE(actual.has_value());
    if (!expected) {
      ++infeasible;
      CHECK(actual->status == solver::Status::infeasible);
      CHECK(actual->infeasibility.has_value());
      continue;
    }
    REQUIRE(actual->has_plan);
    CHECK(actual->status == solver::Status::optimal);
    const ComponentId c = open.choices[0].component;
    const auto used = used_variants(actual->deployment.components[c]);
    REQUIRE(used.size() == 1);
    second += used.front() == 1 ? 1 : 0;
    const Problem& plain = choosing->plain[used.front()];
    const Deployment chosen = resolve(open.system, actual->deployment).deployment;
    const Spent spent = spent_by(plain, chosen);
    CHECK(keeps_budgets(plain, spent));
    CHECK(solver::keeps_budgets(open, actual->deployment));
    const auto judged = worst_unavailability(plain.system, chosen, plain.rules, 10 * kLimit);
    REQUIRE(judged.has_value());
    const double worst = worst_of(plain, *judged);
    const auto goal = goal_of(plain, spent, worst);
    for (std::size_t i = 0; i < goal.size(); ++i) {
      CAPTURE(i);
      CHECK(near_relative(goal[i], (*expected)[i], 1e-9));
    }
    for (const Objective& o : open.objectives)
      if (o.max_unavailability)
        CHECK((*judged)[o.service] <= *o.max_unavailability * (1.0 + 1e-12));
    if (open.maximize_availability) {
      ++maximised;
      REQUIRE(actual->criteria.worst_unavailability.has_value());
      CHECK(near_relative(*actual->criteria.worst_unavailability, worst, 1e-9));
      CHECK(near_relative(actual->bound_unavailability.value_or(0.0), worst, 1e-9));
    }
    if (open.minimize.front() == solver::Preference::cost) ++cheapest;
  }
  CHECK(infeasible > 5);
  CHECK(maximised > 5);
  CHECK(cheapest > 5);
  CHECK(second > 5);
}

}  // namespace haplan::test
