#include "model/markov/interval_availability.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "model/markov/reward.hpp"
#include "model/numerics/quadrature.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/near.hpp"

namespace haplan::model {
namespace {

using test::chain;
using test::near_relative;
using test::tight;

/// P(down time in [0, t] > d), up at 0, failure rate a, repair rate b: not even the repairs of the
/// N failures within t - d of up time end within d, so sum_n P(N = n) P(Erlang(n, b) > d)
/// = sum_n P(Poisson(a (t - d)) = n) P(Poisson(b d) < n) [Tak57]. Plain double loops of its own.
double two_state_more_than(double a, double b, double t, double d) {
  const auto poisson = [](double mean, int k) {
    return std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
  };
  double sum = 0.0;
  double below = 0.0;
  for (int n = 1; n < 400; ++n) {
    below += poisson(b * d, n - 1);
    sum += poisson(a * (t - d), n) * below;
  }
  return sum;
}

double two_state_at_most(double a, double b, double t, double d) {
  const auto poisson = [](double mean, int k) {
    return std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
  };
  double sum = 0.0;
  for (int n = 0; n < 400; ++n) {
    double at_least = 0.0;
    for (int k = n; k < 600; ++k) at_least += poisson(b * d, k);
    sum += poisson(a * (t - d), n) * at_least;
  }
  return sum;
}

TEST_CASE("interval availability: a two-state chain has its closed form in both tails") {
  struct Case {
    double a;
    double b;
    double t;
  };
  for (const Case& c : {Case{0.1, 1.0, 10.0}, Case{1e-6, 1.0, 100.0}, Case{1e-12, 0.5, 20.0},
                        Case{2.0, 3.0, 0.1}, Case{0.05, 2.0, 200.0}}) {
    const Chain two = chain(2, {{0, 1, c.a}, {1, 0, c.b}});
    const std::vector<double> shares = {1e-4, 0.01, 0.05, 0.2, 0.5};
    const std::vector<double> up = {1.0, 0.0};
    const auto more = down_share_at_least(two, up, {false, true}, shares, c.t);
    const auto less = down_share_less(two, up, {false, true}, shares, c.t);
    REQUIRE(more);
    REQUIRE(less);
    for (std::size_t s = 0; s < shares.size(); ++s) {
      CAPTURE(c.a);
      CAPTURE(c.t);
      CAPTURE(shares[s]);
      const double d = shares[s] * c.t;
      CHECK(near_relative(more->probability[s].value, two_state_more_than(c.a, c.b, c.t, d), 3e-9));
      CHECK(near_relative(less->probability[s].value, two_state_at_most(c.a, c.b, c.t, d), 3e-9));
      CHECK(tight(more->probability[s]));
      CHECK(tight(less->probability[s]));
    }
  }
}

TEST_CASE("interval availability: the ends of the range are the atoms") {
  const Chain two = chain(2, {{0, 1, 0.1}, {1, 0, 1.0}});
  const std::vector<double> ends = {0.0, 1e-300, 1.0};
  // That it was down all the time is impossible: no relative tolerance can say so.
  const auto up = down_share_at_least(two, std::vector<double>{1, 0}, {false, true}, ends, 10.0,
                                      {.absolute_tolerance = 1e-280})
                      .value();
  CHECK(up.probability[0].value == 1.0);
  // Never down in 10: e^-1.
  CHECK(near_relative(up.probability[1].value, -std::expm1(-1.0), 2e-9));
  CHECK(up.probability[2].upper < 2e-280);
  const auto down =
      down_share_at_least(two, std::vector<double>{0, 1}, {false, true}, ends, 10.0).value();
  CHECK(near_relative(down.probability[2].value, std::exp(-10.0), 2e-9));  // down all the time
  const auto less =
      down_share_less(two, std::vector<double>{1, 0}, {false, true}, ends, 10.0).value();
  CHECK(less.probability[0].value == 0.0);
  CHECK(near_relative(less.probability[1].value, std::exp(-1.0), 2e-9));
}

// E[D] t is the expected time in down states, and E[D] = integral of P(D >= y) over y.
TEST_CASE("interval availability: its mean is the accumulated downtime of a chain with memory") {
  // Failures in two stages of repair, a second failure state with a slow way back.
  const Chain four =
      chain(4, {{0, 1, 0.5}, {1, 2, 2.0}, {2, 0, 1.0}, {0, 3, 0.1}, {3, 1, 0.3}, {1, 3, 0.2}});
  const std::vector<double> initial = {0.6, 0.1, 0.0, 0.3};
  const std::vector<bool> down = {false, true, false, true};
  const double t = 6.0;
  // D has mass and kinks at the ends only: 24 nodes are plenty for 1e-9.
  const std::vector<QuadratureNode> nodes = gauss_legendre(24);
  std::vector<double> shares;
  for (const QuadratureNode& node : nodes) shares.push_back(node.x);
  const auto more = down_share_at_least(four, initial, down, shares, t).value();
  const auto less = down_share_less(four, initial, down, shares, t).value();
  double mean = 0.0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    mean += nodes[i].weight * more.probability[i].value;
    CHECK(near_relative(more.probability[i].value + less.probability[i].value, 1.0, 2e-9));
  }
  const ChainFigure time = *accumulated_reward(four, initial, std::vector<double>{0, 1, 0, 1}, t);
  CHECK(near_relative(mean * t, time.value.value, 1e-8));
}

TEST_CASE("interval availability: small shares need few levels") {
  const Chain two = chain(2, {{0, 1, 1e-3}, {1, 0, 1.0}});
  const std::vector<double> shares = {1e-3};
  const auto month =
      down_share_at_least(two, std::vector<double>{1, 0}, {false, true}, shares, 5e3).value();
  const double events = 1.02 * 5e3;
  CHECK(static_cast<double>(month.steps) < events * 70);
  CHECK(near_relative(month.probability[0].value, two_state_more_than(1e-3, 1.0, 5e3, 5.0), 3e-9));
}

TEST_CASE("interval availability: limits are errors") {
  const Chain two = chain(2, {{0, 1, 1e-3}, {1, 0, 1.0}});
  const std::vector<double> up = {1, 0};
  const auto fault = [&](std::vector<double> shares, double t, UniformisationOptions options) {
    const auto result = down_share_at_least(two, up, {false, true}, shares, t, options);
    REQUIRE(!result);
    return result.error().fault;
  };
  CHECK(fault({0.5}, 1e6, {.relative_tolerance = 1e-6}) == Fault::budget_exhausted);
  CHECK(fault({0.5}, 1e3, {.relative_tolerance = 1e-14}) == Fault::not_converged);
  CHECK(fault({1.5}, 1.0, {}) == Fault::invalid_input);
  CHECK(fault({0.5}, 0.0, {}) == Fault::invalid_input);
}

}  // namespace
}  // namespace haplan::model
