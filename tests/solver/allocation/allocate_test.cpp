#include "solver/allocation/allocate.hpp"

#include <doctest/doctest.h>

#include "tests/solver/allocation/exhaustive.hpp"
#include "tests/solver/allocation/random_allocation.hpp"

using namespace haplan;
using namespace haplan::solver::allocation;

TEST_CASE("allocate: agrees with listing all choices on random problems of every kind") {
  int infeasible = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    CAPTURE(seed);
    const Problem problem = test::random_allocation(seed);
    const auto expected = test::exhaustive(problem);
    const Answer answer = allocate(problem);
    REQUIRE(answer.verdict == (expected ? Verdict::optimal : Verdict::infeasible));
    if (expected)
      REQUIRE(answer.choice == *expected);
    else
      ++infeasible;
  }
  CHECK(infeasible > 100);
  CHECK(infeasible < 1500);
}
