#include "model/numerics/beta.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <numbers>

#include "model/base/contract.hpp"
#include "model/numerics/normal.hpp"
#include "tests/support/near.hpp"

using haplan::model::beta_cdf;
using haplan::model::beta_quantile;
using haplan::model::student_quantile;
using haplan::test::near_relative;

TEST_CASE("beta: whole parameters give binomial tails") {
  // I_x(a, b) = P(Bin(a + b - 1, x) >= a): a = 3, b = 2, x = 0.4 is 4 0.4^3 0.6 + 0.4^4.
  CHECK(near_relative(beta_cdf(3, 2, 0.4), 4 * 0.064 * 0.6 + 0.0256, 1e-14));
  // I_x(1, b) = 1 - (1 - x)^b and I_x(a, 1) = x^a, far into the tail too.
  CHECK(near_relative(beta_cdf(1, 7, 1e-12), -std::expm1(7 * std::log1p(-1e-12)), 1e-13));
  CHECK(near_relative(beta_cdf(30, 1, 1e-5), 1e-150, 1e-12));
  CHECK(beta_cdf(2, 3, 0.0) == 0.0);
  CHECK(beta_cdf(2, 3, 1.0) == 1.0);
  // Arcsine law: 2/pi asin(sqrt(x)).
  CHECK(near_relative(beta_cdf(0.5, 0.5, 0.3), 2 / std::numbers::pi * std::asin(std::sqrt(0.3)),
                      1e-13));
}

TEST_CASE("beta: quantiles invert the distribution function") {
  for (const double a : {0.5, 3.0, 250.5, 40'000.0})
    for (const double b : {0.5, 2.0, 999.0})
      for (const double p : {1e-9, 0.025, 0.5, 0.975}) {
        CAPTURE(a);
        CAPTURE(b);
        CAPTURE(p);
        CHECK(near_relative(beta_cdf(a, b, beta_quantile(a, b, p)), p, 1e-9));
      }
  // 1 - (1 - x)^10 = 0.025: the upper end of Clopper and Pearson for 0 of 10 is 0.3084971.
  CHECK(near_relative(beta_quantile(1, 10, 0.975), 1 - std::pow(0.025, 0.1), 1e-13));
}

TEST_CASE("student: quantiles equal published values and the closed forms for 1 and 2 degrees") {
  // One degree is Cauchy: tan(pi (p - 1/2)); two degrees: (2 p - 1) / sqrt(2 p (1 - p)).
  for (const double p : {1e-6, 0.1, 0.3, 0.6, 0.975}) {
    CAPTURE(p);
    CHECK(near_relative(student_quantile(1, p), std::tan(std::numbers::pi * (p - 0.5)), 1e-9));
    CHECK(near_relative(student_quantile(2, p), (2 * p - 1) / std::sqrt(2 * p * (1 - p)), 1e-11));
  }
  // Standard tables, to the digits they have.
  CHECK(near_relative(student_quantile(10, 0.975), 2.228138852, 1e-9));
  CHECK(near_relative(student_quantile(30, 0.995), 2.749995654, 1e-9));
  CHECK(student_quantile(7, 0.5) == 0.0);
  // Many degrees: normal, with the first term of the expansion (z^3 + z) / (4 n).
  const double z = haplan::model::normal_quantile(0.9999);
  CHECK(near_relative(student_quantile(1e6, 0.9999), z + (z * z * z + z) / 4e6, 1e-9));
}

TEST_CASE("student: a probability outside (0, 1) is a caller's bug") {
  CHECK_THROWS_AS(student_quantile(5, 0.0), haplan::model::ContractViolation);
  CHECK_THROWS_AS(beta_cdf(0, 1, 0.5), haplan::model::ContractViolation);
}
