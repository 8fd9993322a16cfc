#include "solver/wishes.hpp"

#include <doctest/doctest.h>

#include "model/availability/headroom.hpp"
#include "solver/judge.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/solver/small_problem.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

using namespace solver;

/// a in one to three replicas, each out for 1 % of the time; more would lose more data.
Problem one_to_three() {
  SmallSystem small({stateless("a", 0.01 / (0.99 * 60.0), 60.0)}, 0);
  Problem problem = problem_of(small);
  decide_replicas(problem, 0, {1, 2, 3});
  return problem;
}

Objective available(double unavailability) {
  return {.service = 0, .max_unavailability = unavailability};
}

}  // namespace

TEST_CASE("single_wishes: one limit each, in order, compliance with its availability") {
  Objective both = available(1e-3);
  both.max_data_loss = 5.0;
  both.max_window_miss = 0.05;
  both.window = 7.0;
  const auto wishes = single_wishes({both});
  REQUIRE(wishes.size() == 3);
  CHECK(wishes[0].max_unavailability == 1e-3);
  CHECK_FALSE(wishes[0].max_data_loss.has_value());
  CHECK(wishes[1].max_data_loss == 5.0);
  CHECK_FALSE(wishes[1].max_unavailability.has_value());
  CHECK(wishes[2].max_window_miss == 0.05);
  CHECK(wishes[2].max_unavailability == 1e-3);
  for (const Objective& wish : wishes) CHECK(wish.window == 7.0);
}

TEST_CASE("joined: undoes what single_wishes does") {
  Objective both = available(1e-3);
  both.max_data_loss = 5.0;
  Objective other;
  other.service = 1;
  other.max_node_loss = 60.0;
  const auto again = joined(single_wishes({both, other}));
  REQUIRE(again.size() == 2);
  CHECK(again[0].max_unavailability == 1e-3);
  CHECK(again[0].max_data_loss == 5.0);
  CHECK(again[1].service == 1);
  CHECK(again[1].max_node_loss == 60.0);
  CHECK_FALSE(again[1].max_unavailability.has_value());
}

TEST_CASE("has_plan: yes with the plan, no with proof") {
  Problem problem = one_to_three();
  problem.objectives = {available(1e-4)};
  const Reply yes = has_plan(problem, {});
  CHECK(yes.answer == Answer::yes);
  CHECK(yes.plan.components[0].replicas == 2);  // 0.01^2
  problem.objectives = {available(0.9e-6)};
  CHECK(has_plan(problem, {}).answer == Answer::no);
}

TEST_CASE("has_plan: on random problems what solve says, with a plan that meets every objective") {
  int with = 0;
  int without = 0;
  int unknown = 0;  // a question has less work than a search
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    const Problem problem = random_problem(seed);
    const auto best = solve(problem, {.explain = false});
    REQUIRE(best.has_value());
    const Reply reply = has_plan(problem, {});
    if (reply.answer == Answer::unknown) {
      ++unknown;
      continue;
    }
    CHECK((reply.answer == Answer::yes) == best->has_plan);
    (best->has_plan ? with : without) += 1;
    if (reply.answer != Answer::yes) continue;
    CHECK(model::check_placement(problem.system, reply.plan).ok);
    const auto met = meets_all(problem, reply.plan);
    REQUIRE(met.has_value());
    CHECK(*met == model::Kept::yes);
  }
  CHECK(with > 50);
  CHECK(without > 20);
  CHECK(unknown < 5);
}

TEST_CASE("best_attempt: reaches the best figure, and its bound is below it") {
  const Problem problem = one_to_three();
  const auto attempt = best_attempt(problem, {}, problem.before, available(1e-9));
  REQUIRE(attempt.has_value());
  CHECK(attempt->deployment.components[0].replicas == 3);
  CHECK(attempt->bound <= 1e-6 * (1.0 + 1e-9));
  CHECK(near_relative(attempt->bound, 1e-6, 1e-9));  // one component: the bound is the figure
}

TEST_CASE("smallest_conflict: what cannot be left out, and nothing else") {
  // Three replicas are wanted, and an autoscaler's budget of two allows none: asked as two services
  // over a and b that share two nodes with room for three replicas.
  SmallSystem small(
      {stateless("a", 0.01 / (0.99 * 60.0), 60.0), stateless("b", 0.01 / (0.99 * 60.0), 60.0)}, 1);
  for (model::Component& component : small.system.components) {
    component.requests = {{"cpu", 1000}};
    component.spread.hard = false;
  }
  small.system.nodes[0].capacity = {{"cpu", 3000}};
  model::Service of_a;
  of_a.name = "of_a";
  of_a.requires_.of = {leaf(0)};
  model::Service of_b = of_a;
  of_b.name = "of_b";
  of_b.requires_.of = {leaf(1)};
  small.system.services = {of_a, of_b};
  Problem problem = problem_of(small);
  decide_replicas(problem, 0, {1, 2});
  decide_replicas(problem, 1, {1, 2});
  // Either may have two replicas, both may not; a tenth of a percent needs two.
  Objective a = available(1e-3);
  Objective b = available(1e-3);
  b.service = 1;
  Objective easy;
  easy.service = 0;
  easy.max_error_ratio = 0.5;
  const std::vector<Objective> wishes{a, easy, b};
  problem.objectives = joined(wishes);
  const std::vector<Answer> known(3, Answer::yes);
  CHECK(smallest_conflict(problem, {}, wishes, known) == std::vector<std::size_t>{0, 2});
  CHECK(smallest_conflict(problem, {}, wishes, {Answer::yes, Answer::yes, Answer::no}) ==
        std::vector<std::size_t>{2});
}

}  // namespace haplan::test
