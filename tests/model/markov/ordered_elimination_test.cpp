#include "model/markov/ordered_elimination.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <numeric>
#include <random>

#include "model/markov/bias.hpp"
#include "model/markov/steady_state.hpp"

using namespace haplan::model;

namespace {

/// Largest distance of Q h + r from its middle (closed) or from 0.
double rest(const Chain& chain, const std::vector<std::uint32_t>& order,
            const std::vector<double>& r, const std::vector<double>& h, bool closed) {
  Bias bias(chain.state_count());
  std::vector<double> f(chain.state_count(), 0.0);
  for (std::size_t i = 0; i < order.size(); ++i) {
    bias.add(order[i], h[i]);
    f[order[i]] = r[i];
  }
  std::vector<double> residual(order.size());
  const Enclosure hull = enclose(chain, order, f, bias, residual);
  return closed ? hull.upper - hull.lower : std::max(std::abs(hull.lower), std::abs(hull.upper));
}

}  // namespace

TEST_CASE("ordered_elimination: random chains are solved in any order, within the limit only") {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> exponent(-3.0, 3.0);
  for (int round = 0; round < 200; ++round) {
    const std::size_t n = 2 + random() % 30;
    std::vector<RatedEdge> edges;
    std::vector<double> r(n);
    for (std::size_t i = 0; i < n; ++i) {
      edges.push_back({i, (i + 1) % n, std::pow(10.0, exponent(random))});
      for (int k = 0; k < 3; ++k)
        edges.push_back({i, random() % n, std::pow(10.0, exponent(random))});
      r[i] = exponent(random);
    }
    const Chain chain = *chain_of(n, edges);
    std::vector<std::uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0U);
    std::shuffle(order.begin(), order.end(), random);
    const auto closed = OrderedElimination::of(chain, order);
    REQUIRE(closed.has_value());
    std::vector<double> h(n);
    closed->solve(r, h);
    CHECK(h[0] == 0.0);
    CHECK(rest(chain, order, r, h, true) < 1e-7);
    const auto pi = *steady_state(n, edges);
    CHECK(pi[order[closed->likeliest()]] == *std::max_element(pi.begin(), pi.end()));
    CHECK_FALSE(OrderedElimination::of(chain, order, {closed->products() - 1}).has_value());
    CHECK(OrderedElimination::of(chain, order, {closed->products()}).has_value());

    // Half of the states, which are left for good through the others.
    order.resize((n + 1) / 2);
    r.resize(order.size());
    h.resize(order.size());
    const auto open = OrderedElimination::of(chain, order);
    REQUIRE(open.has_value());
    open->solve(r, h);
    CHECK(rest(chain, order, r, h, false) < 1e-7);
  }
}

TEST_CASE("ordered_elimination: a line costs two products a state") {
  const std::size_t n = 1000;
  std::vector<RatedEdge> edges;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    edges.push_back({i, i + 1, 1.0});
    edges.push_back({i + 1, i, 3.0});
  }
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  const auto line = OrderedElimination::of(*chain_of(n, edges), order);
  REQUIRE(line.has_value());
  CHECK(line->products() == 2 * (n - 1));
  CHECK(line->likeliest() == 0);
  CHECK(OrderedElimination::of(*chain_of(n, edges), order, {1'000'000, 2}).has_value());
  CHECK_FALSE(OrderedElimination::of(*chain_of(n, edges), order, {1'000'000, 1}).has_value());
  // Counted from the other end, where it is unlikely, to 3^-999.
  std::reverse(order.begin(), order.end());
  CHECK(OrderedElimination::of(*chain_of(n, edges), order)->likeliest() == n - 1);
}
