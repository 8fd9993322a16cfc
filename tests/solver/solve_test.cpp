#include "solver/solve.hpp"

#include <doctest/doctest.h>

#include "tests/solver/exhaustive.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

TEST_CASE("solve: equals exhaustive search on 100 random problems, ties included") {
  constexpr std::size_t kLimit = 600;
  int compared = 0;
  int infeasible = 0;
  for (std::uint64_t seed = 1; compared < 100; ++seed) {
    const solver::Problem problem = random_problem(seed);
    const auto expected = exhaustive_search(problem, kLimit);
    if (!expected) continue;
    CAPTURE(seed);
    const auto actual = solver::solve(problem);
    REQUIRE(actual.has_value());
    ++compared;
    if (!expected->best) {
      ++infeasible;
      CHECK(actual->status == solver::Status::infeasible);
      CHECK(actual->infeasibility.has_value());
      continue;
    }
    CHECK(actual->status == solver::Status::optimal);
    CHECK(actual->deployment == *expected->best);
  }
  CHECK(infeasible > 10);
  CHECK(infeasible < 60);
}

TEST_CASE("solve: equals exhaustive search where a node is down for good") {
  constexpr std::size_t kLimit = 600;
  int compared = 0;
  int found = 0;
  int limits_losses = 0;
  for (std::uint64_t seed = 1; compared < 60; ++seed) {
    const solver::Problem problem = random_problem(seed, true);
    if (problem.system.nodes.empty()) continue;
    const auto expected = exhaustive_search(problem, kLimit);
    if (!expected) continue;
    CAPTURE(seed);
    const auto actual = solver::solve(problem);
    REQUIRE(actual.has_value());
    ++compared;
    if (!expected->best) {
      CHECK(actual->status == solver::Status::infeasible);
      continue;
    }
    ++found;
    for (const solver::Objective& o : problem.objectives)
      limits_losses +=
          o.max_node_loss || o.max_zone_loss || o.max_replica_loss || o.max_primary_loss ? 1 : 0;
    CHECK(actual->status == solver::Status::optimal);
    CHECK(actual->deployment == *expected->best);
  }
  CHECK(found >= 10);
  CHECK(limits_losses >= 3);
}

}  // namespace haplan::test
