#include "model/numerics/delay.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <random>
#include <utility>
#include <vector>

#include "model/base/contract.hpp"
#include "model/numerics/normal.hpp"
#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

namespace {

/// The truth lies inside, and the interval is this narrow.
void check_contains(const Estimate& estimate, double truth, double width) {
  CHECK(estimate.lower <= truth + 1e-13);
  CHECK(estimate.upper >= truth - 1e-13);
  CHECK(estimate.upper - estimate.lower <= width);
  CHECK(estimate.lower <= estimate.value);
  CHECK(estimate.value <= estimate.upper);
}

}  // namespace

TEST_CASE("delay: fixed stages alone end at one instant") {
  const Delay delay({Stage::fixed(2.0), Stage::fixed(3.0), Stage::lognormal(1.0, 0.0)});
  CHECK(delay.mean() == 6.0);
  CHECK(delay.worst() == 6.0);
  CHECK(delay.exact());
  CHECK(delay.at_most(6.0).value == 1.0);
  CHECK(delay.at_most(5.999).value == 0.0);
  CHECK(delay.above(6.0).value == 0.0);
}

TEST_CASE(
    "delay: uniform and fixed stages are exact, a probe's detection never exceeds its worst") {
  // A hang: U(0,10) + 2 * 10 + 1, grace 30, start 3, ready U(0,5): 54 + U(0,10) + U(0,5).
  const Delay delay({Stage::uniform(0.0, 10.0), Stage::fixed(21.0), Stage::fixed(30.0),
                     Stage::fixed(3.0), Stage::uniform(0.0, 5.0)});
  CHECK(delay.exact());
  CHECK(delay.mean() == 61.5);
  CHECK(delay.least() == 54.0);
  CHECK(delay.worst() == 69.0);
  // Trapezoid: F(54 + x) = x^2 / 100 up to x = 5, then 1/4 + (x - 5) / 10 up to x = 10.
  CHECK(near_relative(delay.at_most(56.0).value, 0.04, 1e-14));
  CHECK(near_relative(delay.at_most(61.5).value, 0.5, 1e-14));
  CHECK(near_relative(delay.above(68.0).value, 0.01, 1e-13));
  CHECK(delay.above(69.0).value == 0.0);
  CHECK(delay.at_most(68.0).method == Method::exact);
  CHECK(delay.knots() == std::vector<double>{54.0, 59.0, 64.0, 69.0});
}

TEST_CASE("delay: a single exponential or lognormal stage is exact, small tails included") {
  const Delay repair({Stage::fixed(5.0), Stage::exponential(300.0)});
  CHECK(repair.exact());
  CHECK(std::isinf(repair.worst()));
  CHECK(near_relative(repair.above(305.0).value, std::exp(-1.0), 1e-15));
  CHECK(near_relative(repair.above(12005.0).value, std::exp(-40.0), 1e-14));
  const Delay slow({Stage::lognormal(14400.0, 1.2)});
  CHECK(slow.mean() == 14400.0);
  // Median exp(mu) with mu = ln 14400 - 0.72.
  CHECK(near_relative(slow.at_most(14400.0 * std::exp(-0.72)).value, 0.5, 1e-13));
  CHECK(near_relative(slow.above(14400.0 * std::exp(-0.72 + 1.2 * 6.0)).value, normal_tail(6.0),
                      1e-12));
}

TEST_CASE("delay: uniform plus exponential equals its closed form") {
  // With X ~ Exp(m), U ~ U(0, w): P(X + U <= t) = t/w - m/w (1 - e^(-t/m)) for t <= w, and
  // P(X + U > t) = m/w e^(-t/m) (e^(w/m) - 1) beyond.
  const double m = 3.0;
  const double w = 10.0;
  const Delay delay({Stage::exponential(m), Stage::uniform(0.0, w)});
  for (const double t : {0.01, 1.0, 4.0, 9.99}) {
    const double truth = t / w - m / w * -std::expm1(-t / m);
    check_contains(delay.at_most(t), truth, 1e-14);
    CHECK(near_relative(delay.at_most(t).value, truth, 1e-9));
  }
  for (const double t : {10.01, 20.0, 60.0}) {
    const double truth = m / w * std::exp(-t / m) * std::expm1(w / m);
    CHECK(near_relative(delay.above(t).value, truth, 1e-12));
  }
}

TEST_CASE("delay: two exponentials equal their closed form within the stated error") {
  // P(X + Y > t) = (a e^(-t/a) - b e^(-t/b)) / (a - b).
  const double a = 5.0;
  const double b = 2.0;
  const Delay delay({Stage::exponential(b), Stage::exponential(a)});
  for (const double t : {0.5, 3.0, 10.0, 40.0}) {
    const double truth = (a * std::exp(-t / a) - b * std::exp(-t / b)) / (a - b);
    check_contains(delay.above(t), truth, 1e-3);
    check_contains(delay.at_most(t), 1.0 - truth, 1e-3);
  }
}

TEST_CASE("delay: lognormal plus uniforms contains the truth in its stated interval") {
  const Delay delay({Stage::lognormal(4.0, 0.7), Stage::uniform(0.0, 10.0),
                     Stage::uniform(1.0, 3.0), Stage::fixed(2.0)});
  CHECK_FALSE(delay.exact());
  CHECK(near_relative(delay.mean(), 13.0, 1e-15));
  // The integral of phi(z) G(t - 3 - e^(mu + sigma z)), G of widths 10 and 2, cut at the kinks of G; 25 digits by mpmath.
  const std::vector<std::pair<double, double>> truths{{6.0, 0.01994000736909519},
                                                      {12.0, 0.4328235979753446},
                                                      {16.0, 0.7917643667462711},
                                                      {30.0, 0.9959711197715461}};
  for (const auto& [t, truth] : truths) {
    CHECK(delay.at_most(t).method == Method::bounded);
    check_contains(delay.at_most(t), truth, 1e-5);
    check_contains(delay.above(t), 1.0 - truth, 1e-5);
  }
}

TEST_CASE("delay: three smooth stages still contain the truth") {
  // Erlang with 3 stages of mean 2: P(> t) = e^(-x) (1 + x + x^2/2), x = t/2.
  const Delay delay({Stage::exponential(2.0), Stage::exponential(2.0), Stage::exponential(2.0)});
  for (const double t : {1.0, 6.0, 15.0}) {
    const double x = t / 2.0;
    check_contains(delay.above(t), std::exp(-x) * (1.0 + x + x * x / 2.0), 0.2);
  }
}

TEST_CASE("delay: agrees with drawn times") {
  const Delay delay({Stage::uniform(0.0, 10.0), Stage::exponential(4.0), Stage::uniform(0.0, 3.0),
                     Stage::fixed(1.0)});
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  constexpr int kDraws = 200'000;
  int below = 0;
  for (int i = 0; i < kDraws; ++i)
    below +=
        1.0 + 10.0 * unit(random) + 3.0 * unit(random) - 4.0 * std::log1p(-unit(random)) <= 10.0;
  const double p = delay.at_most(10.0).value;
  // Five standard deviations.
  CHECK(std::abs(static_cast<double>(below) / kDraws - p) <
        5.0 * std::sqrt(p * (1.0 - p) / kDraws));
}

TEST_CASE("delay: head and tail add up, and the tail never rises") {
  const Delay delay({Stage::exponential(3.0), Stage::uniform(0.0, 4.0), Stage::uniform(2.0, 9.0)});
  double before = 1.0;
  for (int i = 0; i <= 60; ++i) {
    const double t = 0.5 * i;
    const Estimate tail = delay.above(t);
    CHECK(near_relative(tail.value + delay.at_most(t).value, 1.0, 1e-6));
    CHECK(tail.value <= before + 1e-7);
    before = tail.value;
  }
  CHECK_THROWS_AS((void)delay.knots(), ContractViolation);
}
