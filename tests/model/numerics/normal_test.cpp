#include "model/numerics/normal.hpp"

#include <doctest/doctest.h>

#include "model/base/contract.hpp"
#include "tests/support/near.hpp"

using haplan::model::normal_cdf;
using haplan::model::normal_quantile;
using haplan::model::normal_tail;
using haplan::test::near_relative;

TEST_CASE("normal: quantiles equal published values to full double precision") {
  // Standard tables with 20 digits.
  CHECK(near_relative(normal_quantile(0.99), 2.32634787404084110089, 1e-15));
  CHECK(near_relative(normal_quantile(0.975), 1.95996398454005423552, 1e-15));
  CHECK(near_relative(normal_quantile(0.01), -2.32634787404084110089, 1e-15));
  CHECK(normal_quantile(0.5) == 0.0);
}

TEST_CASE("normal: tails keep relative accuracy") {
  // P(Z > 6) and P(Z <= -10), standard tables.
  CHECK(near_relative(normal_tail(6.0), 9.8658764503769814e-10, 1e-13));
  CHECK(near_relative(normal_cdf(-10.0), 7.6198530241605261e-24, 1e-13));
}

TEST_CASE("normal: the quantile inverts the distribution function far into the tail") {
  for (const double p : {1e-300, 1e-30, 1e-9, 0.001, 0.2, 0.499, 0.7}) {
    CAPTURE(p);
    CHECK(near_relative(normal_cdf(normal_quantile(p)), p, 1e-12));
  }
}

TEST_CASE("normal: a quantile outside (0, 1) is a caller's bug") {
  CHECK_THROWS_AS(normal_quantile(0.0), haplan::model::ContractViolation);
  CHECK_THROWS_AS(normal_quantile(1.0), haplan::model::ContractViolation);
}
