#include "model/availability/long_failures.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"
#include "tests/support/small_systems.hpp"

namespace {

using namespace haplan;
using namespace haplan::model;
using test::near_relative;

/// Mean time that is left of a node's failures at a random moment, and their weights together.
struct Left {
  double weight = 0.0;
  double mean = 0.0;
};

Left left_of(const std::vector<DomainMode>& modes) {
  test::SmallSystem small({test::stateless("web", 1e-6, 60.0)}, 1);
  small.system.nodes[0].modes = modes;
  small.place(0, {0});
  const auto found = quantify(small.system, small.deployment);
  REQUIRE(found.has_value());
  Left left;
  for (const LongFailure& failure : long_failures(small.system, found->compiled, found->numbers))
    if (failure.kind == CauseKind::node)
      for (const TimeLeft& time : failure.left) {
        left.weight += time.weight;
        left.mean += time.weight * time.mean;
      }
  return left;
}

TEST_CASE("long_failures: what is left is E[D^2] / 2 E[D] of repairs D") {
  constexpr double kRate = 1e-6;
  const DomainMode exponential{"e", kRate, 3600.0, RepairLaw::exponential, 0.0};
  const DomainMode fixed{"f", kRate, 600.0, RepairLaw::fixed, 0.0};
  const DomainMode lognormal{"l", kRate, 1800.0, RepairLaw::lognormal, 0.6};
  CHECK(near_relative(left_of({exponential}).mean, 3600.0, 1e-12));
  CHECK(near_relative(left_of({fixed}).mean, 300.0, 1e-12));
  // 16 lengths of equal weight lose a little of the tail.
  CHECK(near_relative(left_of({lognormal}).mean, 0.5 * 1800.0 * std::exp(0.6 * 0.6), 0.02));
  const Left both = left_of({exponential, fixed});
  CHECK(near_relative(both.weight, 1.0, 1e-12));
  CHECK(near_relative(both.mean, (3600.0 * 3600.0 + 600.0 * 300.0) / (3600.0 + 600.0), 1e-12));
}

}  // namespace
