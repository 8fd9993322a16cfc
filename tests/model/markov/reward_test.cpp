#include "model/markov/reward.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <vector>

#include "tests/support/chains.hpp"
#include "tests/support/dense_exponential.hpp"
#include "tests/support/near.hpp"
#include "tests/support/workstation_cluster.hpp"

namespace haplan::model {
namespace {

using test::chain;
using test::contains;
using test::near_relative;
using test::start;
using test::tight;

// Two states, failure rate a, repair rate b, up at 0. With s = a + b:
// P(down at t) = a / s (1 - e^(-s t)), its integral a / s (t - (1 - e^(-s t)) / s).
TEST_CASE("reward_at: an unavailability of 1e-12 has nine digits at every time") {
  const double a = 1e-12;
  const double b = 1.0;
  const Chain two = chain(2, {{0, 1, a}, {1, 0, b}});
  for (const double t : {1e-9, 1e-3, 1.0, 30.0, 1e4, 1e8 / 1.02}) {
    CAPTURE(t);
    const Result<ChainFigure> at = reward_at(two, start(2, 0), std::vector<double>{0, 1}, t);
    REQUIRE(at);
    CHECK(contains(at->value, a / (a + b) * -std::expm1(-(a + b) * t)));
    CHECK(tight(at->value));
    CHECK(at->steps < 200);
  }
}

TEST_CASE("accumulated_reward: expected downtime of a two-state chain at every time") {
  for (const double a : {1e-12, 1e-3, 2.0}) {
    const double s = a + 1.0;
    const Chain two = chain(2, {{0, 1, a}, {1, 0, 1.0}});
    for (const double t : {1e-6, 1e-2, 1.0, 30.0, 1e4, 1e7}) {
      CAPTURE(a);
      CAPTURE(t);
      const Result<ChainFigure> sum =
          accumulated_reward(two, start(2, 0), std::vector<double>{0, 1}, t);
      REQUIRE(sum);
      // For small s t the difference in the closed form is taken by its series.
      const double x = s * t;
      const double expected =
          x < 0.1 ? a / s / s * x * x * (0.5 - x / 6 * (1 - x / 4 * (1 - x / 5 * (1 - x / 6))))
                  : a / s * (t + std::expm1(-x) / s);
      CHECK(near_relative(sum->value.value, expected, 3e-9));
      CHECK(tight(sum->value));
    }
  }
}

TEST_CASE("reward_at: equals a dense matrix exponential on a chain with general rewards") {
  const Chain four = chain(4, {{0, 1, 0.2},
                               {1, 0, 3.0},
                               {1, 2, 0.1},
                               {2, 3, 7.0},
                               {3, 0, 0.5},
                               {3, 1, 0.01},
                               {2, 0, 1e-3}});
  const std::vector<double> reward = {0.5, 0.0, 12.0, 3.0};
  const std::vector<double> initial = {0.1, 0.2, 0.3, 0.4};
  for (const double t : {0.0, 0.01, 1.0, 20.0, 3000.0}) {
    CAPTURE(t);
    const test::DenseMatrix matrix = test::dense_exponential(four, t);
    long double expected = 0.0L;
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 4; ++j) expected += initial[i] * matrix[i][j] * reward[j];
    }
    for (const double factor : {1.001, 1.02, 1.7, 20.0}) {
      for (const bool detect : {true, false}) {
        const Result<ChainFigure> at =
            reward_at(four, initial, reward, t, {.rate_factor = factor, .detect = detect});
        REQUIRE(at);
        CHECK(contains(at->value, static_cast<double>(expected)));
        CHECK(tight(at->value));
      }
    }
  }
}

TEST_CASE("accumulated_reward: is the time integral of reward_at") {
  const Chain three = chain(3, {{0, 1, 0.3}, {1, 2, 0.7}, {2, 0, 0.2}, {1, 0, 2.0}});
  const std::vector<double> reward = {0.0, 1.0, 5.0};
  // Simpson's rule with 400 intervals of 0.025: error below 1e-8 relative for rates of 3.
  const int n = 400;
  const double t = 10.0;
  double integral = 0.0;
  for (int i = 0; i <= n; ++i) {
    const double weight = i == 0 || i == n ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0);
    integral += weight * reward_at(three, start(3, 0), reward, t * i / n)->value.value;
  }
  integral *= t / n / 3;
  const ChainFigure sum = *accumulated_reward(three, start(3, 0), reward, t);
  CHECK(near_relative(sum.value.value, integral, 1e-7));
}

TEST_CASE("reward: what is out of reach counts nothing, what never moves stays") {
  const Chain split = chain(3, {{0, 1, 1.0}, {2, 0, 1.0}});
  const ChainFigure none = *reward_at(split, start(3, 0), std::vector<double>{0, 0, 9}, 5.0);
  CHECK(none.value.upper == 0.0);
  const ChainFigure still =
      *accumulated_reward(split, start(3, 1), std::vector<double>{0, 2, 0}, 5);
  CHECK(still.value.value == 10.0);
  CHECK(still.value.method == Method::exact);
}

TEST_CASE("reward_at: what cannot reach the tolerance is an error") {
  const Chain two = chain(2, {{0, 1, 0.1}, {1, 0, 1.0}});
  const std::vector<double> reward = {0, 1};
  const Result<ChainFigure> beyond_rounding =
      reward_at(two, start(2, 0), reward, 5.0, {.relative_tolerance = 1e-17});
  REQUIRE(!beyond_rounding);
  CHECK(beyond_rounding.error().fault == Fault::not_converged);
  const Result<ChainFigure> limited =
      reward_at(two, start(2, 0), reward, 1e5, {.step_limit = 10, .detect = false});
  REQUIRE(!limited);
  CHECK(limited.error().fault == Fault::budget_exhausted);
  const Result<ChainFigure> wrong = reward_at(two, start(2, 0), std::vector<double>{0, -1}, 1.0);
  REQUIRE(!wrong);
  CHECK(wrong.error().fault == Fault::invalid_input);
}

// [HHK00], N = 16: expected time below minimum quality in 2000 h, everything up at first. Another
// tool's digits: 0.00420709. Ours: 0.004207094508 from 103,613 steps without detection at a rate
// factor of 1.02, and with detection within the interval of that.
TEST_CASE("accumulated_reward: time below minimum of the workstation cluster") {
  const test::WorkstationCluster cluster = *test::workstation_cluster(16, true);
  std::vector<double> below = cluster.service(12);
  for (double& reward : below) reward = 1.0 - reward;
  const std::vector<double> initial = start(below.size(), 0);
  for (const double factor : {1.02, 1.5}) {
    const Result<ChainFigure> time =
        accumulated_reward(cluster.chain, initial, below, 2000.0, {.rate_factor = factor});
    REQUIRE(time);
    CHECK(near_relative(time->value.value, 0.00420709, 1.2e-6));  // half a unit of the last digit
    CHECK(contains(time->value, 0.00420709450906));
    CHECK(tight(time->value));
  }
}

// A queue: arrivals 1, services 4. At t = 300 it is steady and P(n or more) = 4^-n; of its 2001
// states the likely ones suffice.
TEST_CASE("reward_at: likely states alone, with what leaks bounded") {
  const std::size_t n = 2001;
  std::vector<RatedEdge> edges;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    edges.push_back({i, i + 1, 1.0});
    edges.push_back({i + 1, i, 4.0});
  }
  std::vector<double> reward(n, 0.0);
  for (std::size_t i = 10; i < n; ++i) reward[i] = 1.0;
  const UniformisationOptions options{.truncate_beyond = 1000};
  const ChainFigure at = reward_at(chain(n, edges), start(n, 0), reward, 300.0, options).value();
  CHECK(at.states < 200);
  CHECK(contains(at.value, std::pow(0.25, 10)));
  CHECK(tight(at.value));
  // The last state's 4^-2000 is below every double: the others must not be left out, nor guessed.
  std::vector<double> last(n, 0.0);
  last.back() = 1.0;
  const Result<ChainFigure> none = reward_at(chain(n, edges), start(n, 0), last, 300.0, options);
  REQUIRE(!none);
  CHECK(none.error().fault == Fault::not_converged);
}

}  // namespace
}  // namespace haplan::model
