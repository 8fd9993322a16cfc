#include "model/numerics/compound_poisson.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <random>

#include "tests/support/near.hpp"

namespace {

using namespace haplan::model;
using haplan::test::near_relative;

Jumps fixed(double expected, double size) {
  return {expected, [size](double t) { return t >= size ? 1.0 : 0.0; },
          [size](double t) { return std::max(0.0, size - t); }};
}

Jumps exponential(double expected, double mean) {
  return {expected, [mean](double t) { return t <= 0.0 ? 0.0 : -std::expm1(-t / mean); },
          [mean](double t) { return mean * std::exp(-t / mean); }};
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

/// Share of 100,000 plain draws of the sum that are at most x: numbers by exponential gaps, sizes by the inverse of their
/// law.
struct Drawn {
  double expected;
  std::function<double(double)> inverse;
};

double drawn_share(const std::vector<Drawn>& kinds, double x, int draws) {
  std::mt19937_64 engine(20261122);
  const auto uniform = [&] { return (static_cast<double>(engine() >> 11) + 0.5) * 0x1p-53; };
  int within = 0;
  for (int i = 0; i < draws; ++i) {
    double sum = 0.0;
    for (const Drawn& kind : kinds)
      for (double t = -std::log(uniform()); t < kind.expected; t -= std::log(uniform()))
        sum += kind.inverse(uniform());
    within += sum <= x ? 1 : 0;
  }
  return static_cast<double>(within) / draws;
}

TEST_CASE("compound_poisson: mixed laws equal plain draws") {
  const auto always = [](double size) { return [size](double) { return size; }; };
  const auto exponentially = [](double mean) {
    return [mean](double u) { return -mean * std::log(u); };
  };
  struct Mix {
    std::vector<Jumps> kinds;
    std::vector<Drawn> drawn;
  };
  const std::vector<Mix> mixes{
      // Switches of 5 s, repairs of 300 s on average, a rare disaster.
      {{fixed(2.0, 5.0), exponential(0.3, 300.0), exponential(0.01, 14'400.0)},
       {{2.0, always(5.0)}, {0.3, exponentially(300.0)}, {0.01, exponentially(14'400.0)}}},
      // Outages as long as what is asked about, and hardly any.
      {{fixed(0.02, 200.0), exponential(0.02, 90.0)},
       {{0.02, always(200.0)}, {0.02, exponentially(90.0)}}},
      // Very many small ones beside a few large ones.
      {{fixed(400.0, 0.2), exponential(1.5, 60.0)},
       {{400.0, always(0.2)}, {1.5, exponentially(60.0)}}}};
  constexpr int kDraws = 100'000;
  for (const Mix& mix : mixes)
    for (const double x : {0.3, 7.3, 91.0, 259.2}) {
      const double expected = drawn_share(mix.drawn, x, kDraws);
      const Estimate p = CompoundPoisson(mix.kinds).at_most(x);
      INFO(x << ": drawn " << expected << ", " << p.value);
      // Four standard errors of the draws, and three in a thousand.
      CHECK(std::abs(p.value - expected) <=
            4.0 * std::sqrt(expected * (1.0 - expected) / kDraws) + 0.003);
      CHECK(p.lower <= p.value);
      CHECK(p.value <= p.upper);
    }
}

TEST_CASE("compound_poisson: very many jumps keep their variance, however small they are") {
  // 4000 exponential jumps of mean 4: mean 16,000, variance 4000 * 32, nearly normal; a step of the grid is two of them.
  const double deviation = std::sqrt(128'000.0);
  for (const double z : {-2.0, -0.8, 0.0, 0.8, 2.0}) {
    const Estimate p = CompoundPoisson({exponential(4000.0, 4.0)}).at_most(16'000 + z * deviation);
    INFO(z << ": " << p.value);
    CHECK(std::abs(p.value - 0.5 * std::erfc(-z / std::sqrt(2.0))) < 0.01);
  }
  // A million jumps of a second each: all but certain, on both sides of the mean.
  const CompoundPoisson many({fixed(1e6, 1.0)});
  CHECK(many.at_most(0.995e6).value < 1e-4);
  CHECK(many.at_most(1.005e6).value > 1.0 - 1e-4);
  CHECK(near_relative(many.quantile(0.99).value, 1e6 + 2.3263 * 1e3, 1e-3));
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
