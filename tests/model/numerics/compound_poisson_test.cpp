#include "model/numerics/compound_poisson.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"

namespace {

using namespace haplan::model;
using haplan::test::near_relative;

Jumps fixed(double expected, double size) {
  return {expected, size, [size](double t) { return t >= size ? 1.0 : 0.0; }};
}

Jumps exponential(double expected, double mean) {
  return {expected, mean, [mean](double t) { return t <= 0.0 ? 0.0 : -std::expm1(-t / mean); }};
}

/// P(Poisson(mean) <= n).
double poisson_at_most(double mean, int n) {
  double sum = 0.0;
  for (int k = 0; k <= n; ++k) sum += std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
  return sum;
}

/// P(sum of a Poisson(m) number of exponential jumps of mean 1 <= x), by its series: the n-th sum is Erlang.
double exponential_sum(double m, double x) {
  double sum = std::exp(-m);
  for (int n = 1; n < 400; ++n) {
    const double weight = std::exp(n * std::log(m) - m - std::lgamma(n + 1.0));
    double erlang = 0.0;  // P(Poisson(x) >= n)
    for (int k = n; k < n + 200; ++k)
      erlang += std::exp(k * std::log(x) - x - std::lgamma(k + 1.0));
    sum += weight * erlang;
  }
  return sum;
}

TEST_CASE("compound_poisson: fixed jumps count as a Poisson number") {
  // Jumps of 2, so that at most 3 fit into 7.5.
  const CompoundPoisson sum({fixed(2.5, 2.0)});
  CHECK(near_relative(sum.mean(), 5.0, 1e-15));
  const Estimate p = sum.at_most(7.5);
  CHECK(near_relative(p.value, poisson_at_most(2.5, 3), 1e-9));
  CHECK(p.lower <= p.value);
  CHECK(p.value <= p.upper);
}

TEST_CASE("compound_poisson: exponential jumps equal their Erlang series, inside the bounds") {
  for (const double expected : {0.05, 1.0, 8.0, 60.0})
    for (const double x : {0.5, 4.0, 40.0}) {
      const Estimate p = CompoundPoisson({exponential(expected, 1.0)}).at_most(x);
      const double exact = exponential_sum(expected, x);
      INFO(expected << " jumps, x = " << x);
      CHECK(p.lower <= exact * (1 + 1e-12));
      CHECK(exact <= p.upper * (1 + 1e-12));
      CHECK(near_relative(p.value, exact, 1e-4));
    }
}

TEST_CASE("compound_poisson: kinds add up, whatever their order") {
  // Two kinds of the same law are one kind of the summed number.
  const Estimate one = CompoundPoisson({exponential(3.0, 1.0)}).at_most(4.0);
  const Estimate two = CompoundPoisson({exponential(1.0, 1.0), exponential(2.0, 1.0)}).at_most(4.0);
  CHECK(near_relative(one.value, two.value, 1e-12));
}

TEST_CASE("compound_poisson: thousands of jumps neither vanish nor overflow") {
  // Mean 5000, variance 5000 of fixed jumps of 1: nearly normal; Poisson(5000) at 5000.5.
  const Estimate p = CompoundPoisson({fixed(5000.0, 1.0)}).at_most(5000.5, 10'001);
  CHECK(near_relative(p.value, poisson_at_most(5000.0, 5000), 1e-6));
}

TEST_CASE("compound_poisson: the quantile inverts the distribution") {
  for (const double expected : {0.05, 1.0, 30.0}) {
    const CompoundPoisson sum({exponential(expected, 7.0)});
    const Estimate q = sum.quantile(0.99);
    INFO(expected);
    CHECK(near_relative(exponential_sum(expected, q.value / 7.0), 0.99, 1e-3));
    CHECK(exponential_sum(expected, q.lower / 7.0) <= 0.99 + 1e-9);
    CHECK(exponential_sum(expected, q.upper / 7.0) >= 0.99 - 1e-9);
  }
}

TEST_CASE("compound_poisson: without a jump in 99 of 100 cases the quantile is 0") {
  CHECK(CompoundPoisson({exponential(0.01, 7.0)}).quantile(0.99).value == 0.0);
  CHECK(CompoundPoisson({}).quantile(0.5).value == 0.0);
  CHECK(CompoundPoisson({}).at_most(0.0).value == 1.0);
  CHECK(CompoundPoisson({fixed(1.0, 2.0)}).at_most(-1.0).value == 0.0);
}

}  // namespace

TEST_CASE(
    "compound_poisson: the quantile of thousands of small jumps is near that of a normal law") {
  // 4000 jumps of mean 4, and of mean square 32: mean 16,000, variance 128,000. On the grid, whose steps are four times as
  // long as a jump, the variance is twice as large; all jumps rounded up would never do.
  const Estimate q = CompoundPoisson({exponential(4000, 4.0)}).quantile(0.99);
  CAPTURE(q.value);
  CAPTURE(q.lower);
  CAPTURE(q.upper);
  CHECK(near_relative(q.value, 16'000 + 2.3263 * std::sqrt(128'000.0), 0.025));
  CHECK(q.lower <= q.value);
  CHECK(q.value <= q.upper);
}
