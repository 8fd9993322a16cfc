#include "model/markov/bias.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <numeric>
#include <random>

#include "model/markov/steady_state.hpp"
#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

TEST_CASE("enclose: the long-run mean lies inside whatever the function") {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> exponent(-6.0, 6.0);
  for (int round = 0; round < 300; ++round) {
    const std::size_t n = 2 + random() % 9;
    std::vector<RatedEdge> edges;
    std::vector<double> f(n);
    std::vector<std::uint32_t> states(n);
    std::iota(states.begin(), states.end(), 0U);
    for (std::size_t i = 0; i < n; ++i) {
      edges.push_back({i, (i + 1) % n, std::pow(10.0, exponent(random))});
      edges.push_back({i, random() % n, std::pow(10.0, exponent(random))});
      f[i] = exponent(random);
    }
    const auto pi = steady_state(n, edges);
    REQUIRE(pi.has_value());
    const double mean = std::inner_product(f.begin(), f.end(), pi->begin(), 0.0);
    Bias h(n);
    for (std::size_t i = 0; i < n; ++i) h.add(i, round == 0 ? 0.0 : exponent(random));
    std::vector<double> residual(n);
    const Enclosure hull = enclose(*chain_of(n, edges), states, f, h, residual);
    CHECK(hull.lower <= mean + 1e-12);
    CHECK(hull.upper >= mean - 1e-12);
    CHECK(hull.lower < hull.upper);
  }
}

TEST_CASE("enclose: the exact bias leaves a point, however stiff") {
  // Two states, a = 1e-9 from 0 to 1 and b = 1e9 back, f = 1 in state 1: the mean is a / (a + b),
  // h_1 - h_0 = 1 / (a + b).
  const Chain chain = *chain_of(2, std::vector<RatedEdge>{{0, 1, 1e-9}, {1, 0, 1e9}});
  const std::vector<std::uint32_t> states{0, 1};
  const std::vector<double> f{0, 1};
  std::vector<double> residual(2);
  Bias h(2);
  const double step = 1 / (1e-9 + 1e9);
  h.add(0, 12345.0);  // a constant makes no difference
  h.add(1, 12345.0);
  h.add(1, step);
  h.add(1, std::fma(-step, 1e9, 1.0) / 1e9 - 1e-27);  // what rounding took off
  const Enclosure hull = enclose(chain, states, f, h, residual);
  CHECK(hull.lower <= 1e-18);
  CHECK(hull.upper >= 1e-18 * (1 - 1e-14));
  CHECK(hull.upper - hull.lower < 1e-14);
  CHECK(near_relative(residual[0], 1e-18, 1e-12));
}

TEST_CASE("bias: adding loses nothing that fits into two doubles") {
  Bias h(1);
  h.add(0, 1e10);
  h.add(0, 1e-15);
  h.add(0, -1e10);
  CHECK(h.high[0] == 1e-15);
  CHECK(h.low[0] == 0.0);
}
