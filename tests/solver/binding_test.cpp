#include "solver/binding.hpp"

#include <doctest/doctest.h>

#include "tests/solver/small_problem.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

using namespace solver;
using Sentences = std::vector<std::string>;

/// a and b in series, one to three replicas each, each out for 1 % of the time.
Problem series() {
  const double rate = 0.01 / (0.99 * 60.0);
  SmallSystem small({stateless("a", rate, 60.0), stateless("b", rate, 60.0)}, 0);
  Problem problem = problem_of(small);
  decide_replicas(problem, 0, {1, 2, 3});
  decide_replicas(problem, 1, {1, 2, 3});
  return problem;
}

Binding all_binding(const Problem& problem, int a, int b) {
  model::Deployment plan = problem.before;
  plan.components[0].replicas = a;
  plan.components[1].replicas = b;
  const SolveOptions options;
  Workbench bench(problem, options, numbers_before(problem));
  return binding_counts(bench, plan);
}

Sentences binding(const Problem& problem, int a, int b) {
  return all_binding(problem, a, b).sentences;
}

}  // namespace

TEST_CASE("binding_counts: what one replica less would break, the next smaller count only") {
  Problem problem = series();
  problem.objectives = {{.service = 0, .max_unavailability = 2e-4}};
  // 0.01^2 + 0.01^2 - 1e-8 keeps it; with one replica 0.01 + 1e-4 - 1e-6, 1.0 % in two digits, does not.
  // It costs 0.01 (1 - 0.01) (1 - 1e-4) of a year of 365.25 d: 3.62 d.
  // 1.99990e-4 of 2e-4 leaves nothing to spare.
  CHECK(binding(problem, 2, 2) ==
        Sentences{"a 2 -> 1: all availability 99 %, asked for 99.98 %; 3.62 d of downtime a year "
                  "more (all)",
                  "b 2 -> 1: all availability 99 %, asked for 99.98 %; 3.62 d of downtime a year "
                  "more (all)",
                  "the smaller plan that misses by least: a 2 -> 1: all availability 99 %, asked "
                  "for 99.98 %",
                  "nothing to spare: all availability 99.98 %, asked for 99.98 %"});
  CHECK(binding(problem, 3, 2)[0] ==
        "a 3 -> 2: other components would need more to meet every objective; 52.1 min of downtime "
        "a year more (all)");
}

TEST_CASE("binding_counts: keeps the plan's guaranteed figures where an objective needed them") {
  Problem problem = series();
  problem.objectives = {{.service = 0, .max_unavailability = 2e-4}};
  const auto kept = all_binding(problem, 2, 2).guaranteed;
  REQUIRE(kept.size() == 1);
  CHECK(near_relative(kept[0].value, 2e-4 - 1e-8, 1e-12));
  problem.objectives = {{.service = 0, .max_recovery_time = 100.0}};
  CHECK(all_binding(problem, 2, 2).guaranteed.empty());
}

TEST_CASE("binding_counts: nothing of a component at its least") {
  Problem problem = series();
  problem.objectives = {{.service = 0, .max_unavailability = 0.5}};
  CHECK(binding(problem, 1, 1).empty());
  // Of b, 0.01 with a at one: one line only, so none is nearer than the other.
  problem.objectives = {{.service = 0, .max_unavailability = 0.0105}};
  CHECK(binding(problem, 1, 2).size() == 1);
}

TEST_CASE("solve: says what binds a plan for other goals, and the budgets that are used up") {
  const double rate = 0.01 / (0.99 * 60.0);
  SmallSystem small({stateless("a", rate, 60.0), stateless("b", rate, 60.0)}, 4);
  for (model::Component& component : small.system.components) component.movable = false;
  Problem problem = problem_of(small);
  decide_replicas(problem, 0, {1, 2, 3});
  decide_replicas(problem, 1, {1, 2, 3});
  problem.objectives = {{.service = 0}};
  problem.maximize_availability = true;
  problem.budgets = {{Budget::Kind::replicas, "replicas", {4, 1}}};
  const auto most = solve(problem);
  REQUIRE(most.has_value());
  REQUIRE(most->status == Status::optimal);
  // Two of each; the difference is that of the first case.
  CHECK(most->binding == Sentences{"a 2 -> 1: 3.62 d of downtime a year more (all)",
                                   "b 2 -> 1: 3.62 d of downtime a year more (all)",
                                   "nothing to spare: budget of replicas, 4 of at most 4"});
  problem.maximize_availability = false;
  problem.objectives = {{.service = 0, .max_unavailability = 3e-4}};
  problem.budgets = {{Budget::Kind::replicas, "replicas", {5, 1}}};
  const auto fewest = solve(problem);
  REQUIRE(fewest.has_value());
  REQUIRE(fewest->binding.size() == 3);
  CHECK(fewest->binding[0] ==
        "a 2 -> 1: all availability 99 %, asked for 99.97 %; 3.62 d of downtime a year more (all)");
}

TEST_CASE("missed_sentence: a time that never ends is said in words") {
  const Problem problem = series();
  CHECK(missed_sentence(problem, {.service = 0,
                                  .field = "loss.node",
                                  .target = 60.0,
                                  .actual = std::numeric_limits<double>::infinity()}) ==
        "all loss.node without end, asked for 60 s");
  CHECK(missed_sentence(problem,
                        {.service = 0, .field = "recoveryTime", .target = 10.0, .actual = 74.0}) ==
        "all recoveryTime 74.0 s, asked for 10 s");
}

}  // namespace haplan::test
