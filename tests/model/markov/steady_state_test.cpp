#include "model/markov/steady_state.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <numeric>
#include <random>
#include <vector>

#include "model/base/contract.hpp"
#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

TEST_CASE("steady_state: two states share time as their holding times do") {
  const auto p = steady_state(2, {{0, 1, 1e-9}, {1, 0, 1e3}});
  REQUIRE(p.has_value());
  // lambda / (lambda + mu): twelve digits below one, all of them kept.
  CHECK(near_relative((*p)[1], 1e-9 / (1e-9 + 1e3), 1e-15));
  CHECK(near_relative((*p)[0], 1e3 / (1e-9 + 1e3), 1e-15));
}

TEST_CASE("steady_state: three states in a circle with a way back equal Kirchhoff's trees") {
  // Weights are the spanning trees into each state; rates ab = 2, bc = 3, ca = 5, ba = 7.
  // a: trees {b->a, c->a} = 7*5, {b->c, c->a} = 3*5; b: {a->b, c->a} = 2*5; c: {a->b, b->c} = 2*3.
  const auto p = steady_state(3, {{0, 1, 2}, {1, 2, 3}, {2, 0, 5}, {1, 0, 7}});
  REQUIRE(p.has_value());
  CHECK(near_relative((*p)[0], 50.0 / 66.0, 1e-15));
  CHECK(near_relative((*p)[1], 10.0 / 66.0, 1e-15));
  CHECK(near_relative((*p)[2], 6.0 / 66.0, 1e-15));
}

TEST_CASE("steady_state: a birth-death chain keeps its digits down to 1e-200") {
  const std::size_t n = 41;
  std::vector<RatedEdge> edges;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    edges.push_back({i, i + 1, 1e-5});
    edges.push_back({i + 1, i, 1.0});
  }
  const auto p = steady_state(n, edges);
  REQUIRE(p.has_value());
  // p_i = p_0 x^i with x = 1e-5 and p_0 = (1 - x) / (1 - x^n).
  for (std::size_t i = 0; i < n; ++i) {
    CAPTURE(i);
    CHECK(near_relative((*p)[i], (1 - 1e-5) * std::pow(1e-5, static_cast<double>(i)), 1e-12));
  }
}

TEST_CASE("steady_state: independent repairs equal the binomial product") {
  // State = number out of 5 machines, each failing at 0.02 and repaired at 1: binomial with u =
  // 0.02/1.02.
  std::vector<RatedEdge> edges;
  for (std::size_t out = 0; out < 5; ++out) {
    edges.push_back({out, out + 1, 0.02 * static_cast<double>(5 - out)});
    edges.push_back({out + 1, out, static_cast<double>(out + 1)});
  }
  const auto p = steady_state(6, edges);
  REQUIRE(p.has_value());
  const double u = 0.02 / 1.02;
  const double choose[] = {1, 5, 10, 10, 5, 1};
  for (int out = 0; out <= 5; ++out) {
    CHECK(near_relative((*p)[static_cast<std::size_t>(out)],
                        choose[out] * std::pow(u, out) * std::pow(1 - u, 5 - out), 1e-13));
  }
}

TEST_CASE("steady_state: parallel edges add up and self loops do not count") {
  const auto once = steady_state(2, {{0, 1, 3}, {1, 0, 4}});
  const auto twice = steady_state(2, {{0, 1, 1}, {0, 0, 9}, {0, 1, 2}, {1, 0, 4}});
  REQUIRE(once.has_value());
  REQUIRE(twice.has_value());
  CHECK(*once == *twice);
}

TEST_CASE("steady_state: transient states have probability zero") {
  // 0 -> 1 <-> 3, 2 -> 0.
  const auto p = steady_state(4, {{0, 1, 1}, {1, 3, 1}, {3, 1, 3}, {2, 0, 1}});
  REQUIRE(p.has_value());
  CHECK((*p)[0] == 0.0);
  CHECK((*p)[2] == 0.0);
  CHECK(near_relative((*p)[1], 0.75, 1e-15));
  CHECK(near_relative((*p)[3], 0.25, 1e-15));
  // An absorbing state takes everything.
  CHECK(*steady_state(2, {{0, 1, 1}}) == std::vector<double>{0.0, 1.0});
  CHECK(*steady_state(1, {}) == std::vector<double>{1.0});
}

TEST_CASE("steady_state: two ends of no return have no one answer") {
  const auto p = steady_state(3, {{0, 1, 1}, {0, 2, 1}});
  REQUIRE_FALSE(p.has_value());
  CHECK(p.error().fault == Fault::not_unique);
}

TEST_CASE("steady_state: no states and rates that are none are bad input, unknown states a bug") {
  CHECK(steady_state(0, {}).error().fault == Fault::invalid_input);
  CHECK(steady_state(2, {{0, 1, 0.0}}).error().fault == Fault::invalid_input);
  CHECK(steady_state(2, {{0, 1, std::nan("")}}).error().fault == Fault::invalid_input);
  CHECK_THROWS_AS((void)steady_state(2, {{0, 2, 1.0}}), ContractViolation);
}

TEST_CASE("steady_state: random stiff chains balance the flow through every state") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> exponent(-8.0, 3.0);
  for (int round = 0; round < 100; ++round) {
    const std::size_t n = 2 + random() % 8;
    std::vector<RatedEdge> edges;
    for (std::size_t i = 0; i < n; ++i) {
      edges.push_back({i, (i + 1) % n, std::pow(10.0, exponent(random))});
      edges.push_back({i, random() % n, std::pow(10.0, exponent(random))});
    }
    const auto p = steady_state(n, edges);
    REQUIRE(p.has_value());
    CHECK(near_relative(std::accumulate(p->begin(), p->end(), 0.0), 1.0, 1e-14));
    for (std::size_t state = 0; state < n; ++state) {
      double in = 0.0;
      double out = 0.0;
      for (const RatedEdge& edge : edges) {
        if (edge.from == edge.to) continue;
        if (edge.to == state) in += (*p)[edge.from] * edge.rate;
        if (edge.from == state) out += (*p)[state] * edge.rate;
      }
      CHECK(near_relative(in, out, 1e-12));
    }
  }
}
