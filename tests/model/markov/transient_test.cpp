#include "model/markov/transient.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <random>
#include <vector>

#include "model/base/contract.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/dense_exponential.hpp"

namespace haplan::model {
namespace {

using test::chain;
using test::start;

/// Every state leads to its neighbour in a ring, and to others at random; rates over five decades.
Chain random_chain(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  std::vector<RatedEdge> edges;
  for (std::size_t i = 0; i < n; ++i) {
    edges.push_back({i, (i + 1) % n, std::pow(10.0, 5 * uniform() - 4)});
    for (std::size_t j = 0; j < n; ++j) {
      if (j != i && uniform() < 0.3) edges.push_back({i, j, std::pow(10.0, 5 * uniform() - 4)});
    }
  }
  return chain(n, edges);
}

// Two states, failure rate a, repair rate b, up at 0: P(down at t) = a / (a + b) (1 - e^(-(a + b)
// t)).
TEST_CASE("distribution_at: a two-state chain for all times from 0 to rate t = 1e8") {
  const double a = 1e-3;
  const double b = 1.0;
  const Chain two = chain(2, {{0, 1, a}, {1, 0, b}});
  for (const double t : {0.0, 1e-12, 1e-3, 0.3, 1.0, 7.0, 1e2, 1e3, 1e5, 1e7, 1e8 / 1.02}) {
    CAPTURE(t);
    const Result<Distribution> at =
        distribution_at(two, start(2, 0), t, {.absolute_tolerance = 1e-12});
    REQUIRE(at);
    const double down = a / (a + b) * -std::expm1(-(a + b) * t);
    CHECK(at->error <= 1e-12);
    CHECK(std::abs(at->probability[1] - down) <= at->error);
    CHECK(std::abs(at->probability[0] - (1 - down)) <= at->error + 2e-16);
    // Steady after a few steps, since the second eigenvalue of P is 0.02: never 1e8 of them.
    CHECK(at->steps < 200);
  }
}

TEST_CASE("distribution_at: equals a dense matrix exponential on random chains") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const std::size_t n = 2 + seed;
    const Chain random = random_chain(n, seed);
    for (const double t : {1e-3, 0.1, 3.0, 40.0, 1000.0}) {
      CAPTURE(seed);
      CAPTURE(t);
      const test::DenseMatrix expected = test::dense_exponential(random, t);
      for (const bool detect : {true, false}) {
        const Result<Distribution> at = distribution_at(
            random, start(n, 0), t, {.absolute_tolerance = 1e-10, .detect = detect});
        REQUIRE(at);
        long double difference = 0.0L;
        for (std::size_t i = 0; i < n; ++i) {
          difference += std::abs(at->probability[i] - expected[0][i]);
        }
        CHECK(difference <= at->error);
        CHECK(at->error <= 1e-10);
      }
    }
  }
}

// A pure birth process of rate r: the number of births is Poisson(r t).
TEST_CASE("distribution_at: births are Poisson") {
  const std::size_t n = 60;
  std::vector<RatedEdge> edges;
  for (std::size_t i = 0; i + 1 < n; ++i) edges.push_back({i, i + 1, 2.0});
  const Result<Distribution> at = distribution_at(chain(n, edges), start(n, 0), 5.0);
  REQUIRE(at);
  CHECK(at->error <= 1e-9);
  double expected = std::exp(-10.0);
  for (std::size_t k = 0; k + 1 < n; ++k) {
    CHECK(std::abs(at->probability[k] - expected) <= at->error);
    expected *= 10.0 / static_cast<double>(k + 1);
  }
}

// m items, each fails at rate a and is gone: binomial with survival e^(-a t).
TEST_CASE("distribution_at: pure death is binomial, and absorption is a steady state") {
  const Chain death = chain(4, {{0, 1, 3.0}, {1, 2, 2.0}, {2, 3, 1.0}});
  const double p = std::exp(-0.4);
  const Distribution at = *distribution_at(death, start(4, 0), 0.4);
  CHECK(std::abs(at.probability[0] - p * p * p) <= at.error);
  CHECK(std::abs(at.probability[1] - 3 * p * p * (1 - p)) <= at.error);
  CHECK(std::abs(at.probability[2] - 3 * p * (1 - p) * (1 - p)) <= at.error);
  CHECK(std::abs(at.probability[3] - std::pow(1 - p, 3)) <= at.error);

  const Result<Distribution> late = distribution_at(death, start(4, 0), 3e7);
  REQUIRE(late);
  CHECK(std::abs(late->probability[3] - 1.0) <= late->error);
  CHECK(late->steps < 2000);
}

TEST_CASE("distribution_at: several bottom components and states that are never reached") {
  // From 0 to the absorbing 1 and 2 in the ratio 1 : 3; 3 is not reached.
  const Chain split = chain(4, {{0, 1, 1.0}, {0, 2, 3.0}, {3, 0, 1.0}});
  const Distribution at = *distribution_at(split, start(4, 0), 100.0);
  CHECK(std::abs(at.probability[1] - 0.25) <= at.error);
  CHECK(std::abs(at.probability[2] - 0.75) <= at.error);
  CHECK(at.probability[3] == 0.0);
}

TEST_CASE("distribution_at: a chain without transitions stays where it is") {
  const Distribution at = *distribution_at(chain(2, {}), std::vector<double>{0.25, 0.75}, 1e9);
  CHECK(at.probability == std::vector<double>{0.25, 0.75});
}

TEST_CASE("distribution_at: what cannot reach the tolerance is an error") {
  // Two states that hardly mix: nothing is steady, and 1e8 steps round too much for 1e-12.
  const Chain slow = chain(3, {{0, 1, 1.0}, {1, 0, 1.0}, {1, 2, 1e-9}, {2, 1, 1e-9}});
  const Result<Distribution> at =
      distribution_at(slow, start(3, 0), 1e8, {.absolute_tolerance = 1e-12});
  REQUIRE(!at);
  CHECK(at.error().fault == Fault::not_converged);

  const Result<Distribution> limited =
      distribution_at(slow, start(3, 0), 1e4, {.step_limit = 100, .detect = false});
  REQUIRE(!limited);
  CHECK(limited.error().fault == Fault::budget_exhausted);
}

TEST_CASE("distribution_at: bad numbers are errors, wrong sizes are bugs") {
  const Chain two = chain(2, {{0, 1, 1.0}, {1, 0, 1.0}});
  const auto fault = [&](std::vector<double> initial, double t) {
    const Result<Distribution> at = distribution_at(two, initial, t);
    REQUIRE(!at);
    return at.error().fault;
  };
  CHECK(fault({0.5, 0.4}, 1.0) == Fault::invalid_input);
  CHECK(fault({1.5, -0.5}, 1.0) == Fault::invalid_input);
  CHECK(fault({1.0, 0.0}, -1.0) == Fault::invalid_input);
  CHECK(fault({1.0, 0.0}, std::numeric_limits<double>::infinity()) == Fault::invalid_input);
  CHECK(fault({1.0, 0.0}, 1e11) == Fault::invalid_input);
  CHECK_THROWS_AS(distribution_at(two, start(3, 0), 1.0), ContractViolation);
  CHECK_THROWS_AS(distribution_at(two, start(2, 0), 1.0, {.rate_factor = 1.0}), ContractViolation);
}

}  // namespace
}  // namespace haplan::model
