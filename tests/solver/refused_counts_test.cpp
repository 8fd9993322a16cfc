#include "solver/refused_counts.hpp"

#include <doctest/doctest.h>

#include "solver/run.hpp"
#include "solver/solve.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/solver/small_problem.hpp"

namespace haplan::test {

namespace {

using namespace solver;

Problem two_services() {
  SmallSystem small({stateless("a", 1e-6, 60.0), stateless("b", 1e-6, 60.0)}, 3);
  Problem problem = problem_of(small);
  problem.objectives = {{.service = 0, .max_unavailability = 1e-3},
                        {.service = 1, .max_unavailability = 1e-4}};
  return problem;
}

}  // namespace

TEST_CASE("refused counts: stricter limits refuse the same, looser ones on any service need not") {
  RefusedCounts refused;
  Problem problem = two_services();
  const auto asked = refused.question(problem);
  REQUIRE(asked.has_value());
  CHECK_FALSE(refused.knows(*asked, {1, 2}));
  refused.add(*asked, {1, 2});
  CHECK(refused.knows(*asked, {1, 2}));
  CHECK_FALSE(refused.knows(*asked, {2, 2}));
  problem.objectives[0].max_unavailability = 9e-4;
  CHECK(refused.knows(*refused.question(problem), {1, 2}));
  problem.objectives[1].max_unavailability = 1.1e-4;
  CHECK_FALSE(refused.knows(*refused.question(problem), {1, 2}));
  problem.objectives[1].max_unavailability.reset();
  CHECK_FALSE(refused.knows(*refused.question(problem), {1, 2}));
  // What was refused without a limit is refused with any.
  refused.add(*refused.question(problem), {1, 2});
  problem.objectives[1].max_unavailability = 0.5;
  CHECK(refused.knows(*refused.question(problem), {1, 2}));
}

TEST_CASE("refused counts: budgets and preferences make no other question, everything else does") {
  RefusedCounts refused;
  const Problem problem = two_services();
  refused.add(*refused.question(problem), {1, 2});
  const auto known_of = [&](auto change) {
    Problem other = problem;
    change(other);
    return refused.knows(*refused.question(other), {1, 2});
  };
  CHECK(known_of([](Problem& p) {
    p.budgets.push_back({Budget::Kind::replicas, "replicas", {3, 1}});
    p.minimize = {Preference::cost};
    p.prices = {{"cpu", {1, 1}}};
    p.maximize_availability = true;
  }));
  CHECK_FALSE(
      known_of([](Problem& p) { p.system.nodes[0].modes.push_back({"fire", 1e-9, 60.0}); }));
  CHECK_FALSE(known_of([](Problem& p) { p.before.components[0].nodes = {2}; }));
  CHECK_FALSE(known_of(
      [](Problem& p) { p.decisions.push_back({.path = "a", .component = 0, .values = {1, 2}}); }));
  CHECK_FALSE(known_of([](Problem& p) { p.placement_open[0] = !p.placement_open[0]; }));
  CHECK_FALSE(known_of([](Problem& p) { p.rules[1].spread = !p.rules[1].spread; }));
  CHECK_FALSE(known_of([](Problem& p) { p.objectives[1].max_recovery_time = 5.0; }));
  CHECK_FALSE(known_of([](Problem& p) { p.objectives[0].max_window_miss = 0.1; }));
}

TEST_CASE("refused counts: the limit counts as it is where windows are asked for") {
  RefusedCounts refused;
  Problem problem = two_services();
  problem.objectives[0].max_window_miss = 0.1;
  refused.add(*refused.question(problem), {1, 2});
  CHECK(refused.knows(*refused.question(problem), {1, 2}));
  problem.objectives[0].max_unavailability = 9e-4;
  CHECK_FALSE(refused.knows(*refused.question(problem), {1, 2}));
}

TEST_CASE("refused counts: searches of one run answer as they do alone, and look at fewer counts") {
  std::size_t alone_looked = 0;
  std::size_t together_looked = 0;
  int refusing = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Problem problem = random_problem(seed);
    CAPTURE(seed);
    Run run({.work_limit = 0});
    for (const double factor : {4.0, 1.0, 0.5, 2.0, 0.25, 1.0}) {
      Problem asked = problem;
      for (Objective& objective : asked.objectives)
        if (objective.max_unavailability)
          objective.max_unavailability = std::min(1.0, factor * *objective.max_unavailability);
      const auto alone = solve(asked, {.explain = false});
      SolveOptions options;
      options.explain = false;
      options.run = &run;
      const auto together = solve(asked, options);
      REQUIRE(alone.has_value());
      REQUIRE(together.has_value());
      CHECK(together->status == alone->status);
      CHECK(together->has_plan == alone->has_plan);
      CHECK(together->deployment == alone->deployment);
      CHECK(together->bound_peak_replicas == alone->bound_peak_replicas);
      alone_looked += alone->work.count_vectors;
      together_looked += together->work.count_vectors;
      refusing += alone->work.count_vectors > together->work.count_vectors ? 1 : 0;
    }
  }
  CHECK(refusing > 5);
  CHECK(10 * together_looked < 9 * alone_looked);
}

}  // namespace haplan::test
