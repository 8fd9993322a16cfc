#include <algorithm>
#include <doctest/doctest.h>

#include "model/system/load.hpp"
#include "model/system/variants.hpp"
#include "solver/spending.hpp"
#include "tests/solver/exhaustive.hpp"
#include "tests/solver/goal_figures.hpp"
#include "tests/solver/random_goals.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

using namespace model;
using solver::Objective;
using solver::Problem;

/// A hundred problems, from the first of these seeds on; none of another part's.
void compare_with_exhaustive(std::uint64_t first) {
  constexpr std::size_t kLimit = 400;
  int compared = 0;
  int infeasible = 0;
  int maximised = 0;
  int cheapest = 0;
  int second = 0;
  for (std::uint64_t seed = first; compared < 100; ++seed) {
    REQUIRE(seed < first + 1'000);
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
  CHECK(cheapest > 1);
  CHECK(second > 5);
}

}  // namespace

TEST_CASE("goals: variants, budgets, cost and availability equal exhaustive search, first part") {
  compare_with_exhaustive(1);
}
TEST_CASE("goals: variants, budgets, cost and availability equal exhaustive search, second part") {
  compare_with_exhaustive(1'001);
}
TEST_CASE("goals: variants, budgets, cost and availability equal exhaustive search, third part") {
  compare_with_exhaustive(2'001);
}
TEST_CASE("goals: variants, budgets, cost and availability equal exhaustive search, fourth part") {
  compare_with_exhaustive(3'001);
}
TEST_CASE("goals: variants, budgets, cost and availability equal exhaustive search, fifth part") {
  compare_with_exhaustive(4'001);
}

}  // namespace haplan::test
