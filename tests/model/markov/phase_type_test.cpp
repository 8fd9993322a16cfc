#include "model/markov/phase_type.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "model/markov/first_passage.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/near.hpp"

namespace haplan::model {
namespace {

using test::contains;
using test::near_relative;

/// The greatest difference at many times: never more than the exact distance.
double sampled_distance(const SingleDelay& delay, const PhaseType& type) {
  double greatest = 0.0;
  for (int i = 0; i <= 4000; ++i) {
    const double t = mean_of(delay) * i / 1000.0;
    greatest = std::max(greatest, std::abs(1 - cdf(delay, t) - type.survival(t)));
  }
  return greatest;
}

TEST_CASE("delay: moments and excess of each kind") {
  CHECK(mean_of(UniformDelay{2, 8}) == 5.0);
  CHECK(variance_of(UniformDelay{2, 8}) == 3.0);
  CHECK(expected_excess(UniformDelay{2, 8}, 5.0) == 0.75);  // (8 - 5)^2 / (2 * 6)
  CHECK(expected_excess(UniformDelay{2, 8}, 1.0) == 4.0);
  CHECK(expected_excess(FixedDelay{3}, 1.0) == 2.0);
  CHECK(cdf_before(FixedDelay{3}, 3.0) == 0.0);
  CHECK(cdf(FixedDelay{3}, 3.0) == 1.0);
  const LognormalDelay lognormal{10.0, 0.7};
  CHECK(near_relative(variance_of(lognormal), 100 * std::expm1(0.49), 1e-15));
  // The median is mean e^(-sigma^2 / 2).
  CHECK(near_relative(cdf(lognormal, 10 * std::exp(-0.245)), 0.5, 1e-14));
  // E[max(X - t, 0)] is the integral of P(X > u) from t on: Simpson's rule in steps of 0.01.
  double integral = 0.0;
  const int n = 30'000;
  for (int i = 0; i <= n; ++i) {
    const double weight = i == 0 || i == n ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0);
    integral += weight * (1 - cdf(lognormal, 4.0 + 0.01 * i));
  }
  CHECK(near_relative(expected_excess(lognormal, 4.0), integral * 0.01 / 3, 1e-6));
}

// One stage: e^(-r t). Two branches by hand.
TEST_CASE("phase type: survival, excess and moments of a mixture") {
  const PhaseType type{{{0.3, 1, 2.0}, {0.7, 3, 5.0}}};
  const double t = 0.8;
  const double x = 5 * t;
  const double erlang = std::exp(-x) * (1 + x + x * x / 2);
  CHECK(near_relative(type.survival(t), 0.3 * std::exp(-1.6) + 0.7 * erlang, 1e-14));
  CHECK(near_relative(type.mean(), 0.3 / 2 + 0.7 * 3 / 5, 1e-15));
  // E[X^2] = 2 / r^2 and k (k + 1) / r^2.
  const double second = 0.3 * 2 / 4 + 0.7 * 12 / 25;
  CHECK(near_relative(type.variance(), second - type.mean() * type.mean(), 1e-14));
  // Excess of Erlang(3, r): (3 - x) P(N < 3) + x P(N = 2), N Poisson with mean x = r t.
  const double excess = ((3 - x) * erlang + x * std::exp(-x) * x * x / 2) / 5;
  CHECK(near_relative(type.expected_excess(t), 0.3 * std::exp(-1.6) / 2 + 0.7 * excess, 1e-13));
  CHECK(type.survival(0.0) == 1.0);
  CHECK(type.survival(1e9) == 0.0);
}

TEST_CASE("phase type: short and long branches are summed alike") {
  // 40 stages are summed term by term, 41 by a window; one stage more adds P(N = 40).
  const PhaseType forty{{{1.0, 40, 1.0}}};
  const PhaseType more{{{1.0, 41, 1.0}}};
  CHECK(forty.survival(1e-12) == 1.0);
  CHECK(near_relative(forty.expected_excess(1e-12), 40.0, 1e-13));
  for (const double t : {5.0, 39.9, 40.0, 90.0, 700.0}) {
    const double weight = std::exp(40 * std::log(t) - t - std::lgamma(41.0));
    CHECK(near_relative(more.survival(t), forty.survival(t) + weight, 1e-12));
    CHECK(
        near_relative(more.expected_excess(t), forty.expected_excess(t) + more.survival(t), 1e-12));
  }
}

TEST_CASE("phases_of: the chain of the phases reaches its end as the phase type does") {
  for (const SingleDelay& delay :
       std::vector<SingleDelay>{UniformDelay{0, 10}, LognormalDelay{3.0, 1.5},
                                LognormalDelay{3.0, 0.4}, FixedDelay{4}}) {
    const PhaseType type = fit_phases(delay, 20).value().type;
    const std::vector<Phase> phases = phases_of(type);
    CHECK(phases.size() <= 20);
    std::vector<RatedEdge> edges;
    std::vector<double> initial;
    for (std::size_t i = 0; i < phases.size(); ++i) {
      edges.push_back({i, phases[i].next, phases[i].rate});
      initial.push_back(phases[i].enter);
    }
    initial.push_back(0.0);
    std::vector<bool> end(phases.size() + 1, false);
    end.back() = true;
    const Chain chain = chain_of(phases.size() + 1, edges).value();
    for (const double t : {0.3, 2.0, 9.0}) {
      const ChainFigure beyond = not_reached_within(chain, initial, end, t).value();
      CHECK(near_relative(beyond.value.value, type.survival(t), 3e-9));
    }
    CHECK(near_relative(mean_first_passage(chain, initial, end)->value, mean_of(delay), 1e-12));
  }
}

// Erlang(k) of mean d: mean |X - d| = 2 d k^k e^(-k) / k!, P(X <= d) = P(Poisson(k) >= k).
TEST_CASE("fit_phases: a fixed delay becomes Erlang with its exact distances") {
  for (const std::uint32_t k : {1U, 2U, 7U, 60U}) {
    const PhaseFit fit = fit_phases(FixedDelay{30.0}, k).value();
    const double n = k;
    CHECK(near_relative(fit.type.mean(), 30.0, 1e-15));
    CHECK(!fit.variance_matched);
    const double deviation = 60 * std::exp(n * std::log(n) - n - std::lgamma(n + 1));
    CHECK(near_relative(fit.mean_distance.value, deviation, 1e-9));
    double below = 0.0;
    double term = std::exp(-n);
    for (std::uint32_t i = 0; i < k; ++i) {
      below += term;
      term *= n / (i + 1);
    }
    CHECK(near_relative(fit.cdf_distance.value, 1 - below, 1e-12));
    CHECK(fit.cdf_distance.lower > 0.5);
  }
}

// U(0, 10) against an exponential of mean 5: t / 10 and 1 - e^(-t / 5) differ most at 5 ln 2, by
// 1/2 - ln 2 / 2.
TEST_CASE("fit_phases: a uniform delay in one exponential has its distance in closed form") {
  const PhaseFit fit = fit_phases(UniformDelay{0, 10}, 1).value();
  CHECK(contains(fit.cdf_distance, 0.5 - std::log(2.0) / 2));
  CHECK(fit.cdf_distance.upper - fit.cdf_distance.lower <= 1e-5);
}

// Both distributions have mean 5 and variance 25/3: Erlang(3) [Tij94].
TEST_CASE("fit_phases: c = 1/3 is Erlang(3)") {
  const PhaseFit fit = fit_phases(UniformDelay{0, 10}, 3).value();
  CHECK(fit.variance_matched);
  CHECK(near_relative(fit.type.variance(), 25.0 / 3, 1e-12));
  CHECK(near_relative(fit.type.survival(4.0), std::exp(-2.4) * (1 + 2.4 + 2.88), 1e-9));
}

// E[X^3] of a mixture of exponentials is 6 sum p / r^3.
TEST_CASE("fit_phases: two phases give a wide lognormal delay three moments") {
  const LognormalDelay delay{7.0, 1.3};
  const PhaseFit fit = fit_phases(delay, 2).value();
  CHECK(fit.variance_matched);
  double third = 0.0;
  for (const ErlangBranch& b : fit.type.branches) third += 6 * b.probability / std::pow(b.rate, 3);
  CHECK(near_relative(third, third_moment_of(delay), 1e-11));
}

TEST_CASE("fit_phases: mean and variance are exact, distances certain, more phases closer") {
  struct Case {
    SingleDelay delay;
    double few;   ///< distance with 20 phases, at most
    double many;  ///< with 150 phases
  };
  // Measured, rounded up: the shape converges as the square root of the phases at a corner.
  for (const Case& c :
       {Case{UniformDelay{0, 10}, 0.054, 0.028}, Case{UniformDelay{20, 30}, 0.19, 0.06},
        Case{LognormalDelay{1, 0.3}, 0.02, 0.006}, Case{LognormalDelay{100, 0.8}, 0.018, 0.006},
        Case{LognormalDelay{1, 1}, 0.03, 0.006}, Case{LognormalDelay{1, 2}, 0.04, 0.02}}) {
    const PhaseFit few = fit_phases(c.delay, 20).value();
    const PhaseFit many = fit_phases(c.delay, 150).value();
    for (const PhaseFit& fit : {few, many}) {
      CHECK(near_relative(fit.type.mean(), mean_of(c.delay), 1e-13));
      const double ratio = fit.type.variance() / variance_of(c.delay);
      CHECK(fit.variance_matched == near_relative(ratio, 1.0, 1e-9));
      const double seen = sampled_distance(c.delay, fit.type);
      CHECK(seen <= fit.cdf_distance.upper);
      CHECK(seen >= fit.cdf_distance.lower - 1e-3);
      CHECK(fit.cdf_distance.upper - fit.cdf_distance.lower <= 1.0001e-5);
      CHECK(fit.mean_distance.upper - fit.mean_distance.lower <= 1e-4 * mean_of(c.delay));
      // | E[max(X - t, 0)] - E[max(Y - t, 0)] | is at most the integral of the difference.
      const double t = 0.9 * mean_of(c.delay);
      CHECK(std::abs(fit.type.expected_excess(t) - expected_excess(c.delay, t)) <=
            fit.mean_distance.upper);
    }
    CHECK(many.variance_matched);
    CHECK(few.cdf_distance.upper <= c.few);
    CHECK(many.cdf_distance.upper <= c.many);
  }
}

TEST_CASE("fit_phases: bad delays and numbers of phases are errors") {
  for (const SingleDelay& wrong : std::vector<SingleDelay>{
           FixedDelay{0}, UniformDelay{3, 3}, UniformDelay{-1, 3}, LognormalDelay{1, 0},
           LognormalDelay{-1, 1}, LognormalDelay{1, 9}}) {
    REQUIRE(!fit_phases(wrong, 10));
    CHECK(fit_phases(wrong, 10).error().fault == Fault::invalid_input);
  }
  CHECK(!fit_phases(FixedDelay{1}, 0));
  CHECK(!fit_phases(FixedDelay{1}, kMostPhases + 1));
}

}  // namespace
}  // namespace haplan::model
