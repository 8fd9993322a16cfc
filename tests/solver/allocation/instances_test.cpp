#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/rap.hpp"

using namespace haplan;
using namespace haplan::solver::allocation;

namespace {

void check_instances(const std::vector<test::RapInstance>& instances, std::size_t most_boxes) {
  for (const test::RapInstance& instance : instances) {
    CAPTURE(instance.name);
    const Problem problem = test::problem_of(instance);
    const Answer answer = allocate(problem);
    REQUIRE(answer.verdict == Verdict::optimal);
    CHECK(keeps_limits(problem, answer.choice));
    const double found = unavailability_of(problem, problem.goals[0], answer.choice);
    CHECK(std::abs(found - instance.optimum) <= instance.digits);
    CHECK(answer.bound <= found);
    CHECK(answer.bound >= found * (1.0 - 1e-12));
    CHECK(answer.work.boxes < most_boxes);
  }
}

}  // namespace

// The optima in the files were proved by two methods independent of this one; see the files.

TEST_CASE("allocation: finds the proved optima of the 256 bridge-like instances") {
  check_instances(test::feng_instances(HAPLAN_DATA "/rap/feng2025.json"), 5000);
}

TEST_CASE("allocation: finds the proved optima of the 33 series instances with mixing") {
  check_instances(test::fyffe_instances(HAPLAN_DATA "/rap/fyffe33.json", true), 2000);
}

TEST_CASE("allocation: finds the proved optima of the 33 series instances without mixing") {
  check_instances(test::fyffe_instances(HAPLAN_DATA "/rap/fyffe33.json", false), 2000);
}
