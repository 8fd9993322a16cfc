#include "solver/solve.hpp"

#include <doctest/doctest.h>

#include "tests/solver/exhaustive.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

/// Every fifth seed from `first` on, until so many problems were small enough.
void compare_with_exhaustive(std::uint64_t first) {
  constexpr std::size_t kLimit = 600;
  constexpr std::uint64_t kStep = 5;
  int compared = 0;
  int infeasible = 0;
  for (std::uint64_t seed = first; compared < 100; seed += kStep) {
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

}  // namespace

// 500 random problems, in parts that ctest can run side by side.
TEST_CASE("solve: equals exhaustive search on random problems, ties included, first part") {
  compare_with_exhaustive(1);
}

TEST_CASE("solve: equals exhaustive search on random problems, ties included, second part") {
  compare_with_exhaustive(2);
}

TEST_CASE("solve: equals exhaustive search on random problems, ties included, third part") {
  compare_with_exhaustive(3);
}

TEST_CASE("solve: equals exhaustive search on random problems, ties included, fourth part") {
  compare_with_exhaustive(4);
}

TEST_CASE("solve: equals exhaustive search on random problems, ties included, fifth part") {
  compare_with_exhaustive(5);
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
