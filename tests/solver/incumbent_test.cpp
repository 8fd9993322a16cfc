#include <algorithm>
#include <doctest/doctest.h>

#include "model/availability/headroom.hpp"
#include "solver/objectives.hpp"
#include "solver/solve.hpp"
#include "tests/support/reference_problem.hpp"

namespace haplan::test {

TEST_CASE(
    "solve: a search over 30 nodes in three zones that is cut short shows a plan and its bound") {
  solver::Problem problem = reference_problem(30, 3);
  for (model::Component& component : problem.system.components) component.spread.over = "zone";
  const auto outcome = solver::solve(problem, {.work_limit = 6'000'000});
  REQUIRE(outcome.has_value());
  CHECK(outcome->status == solver::Status::feasible);
  CHECK(outcome->stop == solver::Stop::work_limit);
  REQUIRE(outcome->has_plan);
  CHECK(outcome->bound_peak_replicas > 0.0);
  CHECK(outcome->bound_peak_replicas <= outcome->criteria.peak_replicas);
  CHECK(model::check_placement(problem.system, outcome->deployment).ok);
  const auto evaluation = model::evaluate(problem.system, outcome->deployment);
  const auto guaranteed =
      model::guaranteed_unavailability(problem.system, outcome->deployment, problem.rules);
  REQUIRE(evaluation.has_value());
  REQUIRE(guaranteed.has_value());
  for (const solver::ObjectiveCheck& check : solver::checks_of(problem, *evaluation, *guaranteed)) {
    CAPTURE(check.field);
    CHECK(check.met);
  }
}

}  // namespace haplan::test
