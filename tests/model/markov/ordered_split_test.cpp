#include "model/markov/ordered_split.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <random>

#include "model/markov/bicgstab.hpp"
#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

namespace {

struct Case {
  Chain chain;
  std::vector<std::uint32_t> order;
};

/// A ring with chords; with `many`, every rate is another, so that none can be coded.
Case random_case(std::size_t n, bool many, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(0.5, 2.0);
  std::vector<RatedEdge> edges;
  const auto rate = [&] {
    return many ? uniform(random) : 0.5 * static_cast<double>(1 + random() % 4);
  };
  for (std::size_t i = 0; i < n; ++i) {
    edges.push_back({i, (i + 1) % n, rate()});
    edges.push_back({i, random() % n, rate()});
  }
  Chain chain = *chain_of(n, edges);
  const std::vector<std::uint32_t> seeds{3};
  std::vector<std::uint32_t> order = ordered_by_distance(chain, std::vector<bool>(n, true), seeds);
  return {std::move(chain), std::move(order)};
}

/// b - A h, by the definition.
double residual(const Case& c, const std::vector<double>& b, const std::vector<double>& h) {
  std::vector<double> by_state(h.size());
  for (std::size_t i = 0; i < h.size(); ++i) by_state[c.order[i]] = h[i];
  double result = 0.0;
  for (std::size_t i = 0; i < h.size(); ++i) {
    const auto to = c.chain.targets(c.order[i]);
    const auto rate = c.chain.rates(c.order[i]);
    double sum = b[i] + h[0];
    for (std::size_t k = 0; k < to.size(); ++k) sum -= rate[k] * (by_state[to[k]] - h[i]);
    result = std::max(result, std::abs(sum));
  }
  return result;
}

}  // namespace

TEST_CASE("ordered_by_distance: by distance, then by number, and what leads nowhere is left out") {
  // 4 -> 2 -> 0 <- 1, 3 -> 4, 5 alone; and 2 through 6, which is no member.
  const Chain chain = *chain_of(
      7, std::vector<RatedEdge>{{4, 2, 1}, {2, 0, 1}, {1, 0, 1}, {3, 4, 1}, {6, 0, 1}, {5, 6, 1}});
  std::vector<bool> member(7, true);
  member[6] = false;
  const std::vector<std::uint32_t> seeds{0};
  CHECK(ordered_by_distance(chain, member, seeds) == std::vector<std::uint32_t>{0, 1, 2, 4, 3});
}

TEST_CASE("ordered_split: improve() solves the system that the split stands for") {
  for (const bool many : {false, true}) {
    // With 70,000 states and rates at random more than 65,536 rates are distinct.
    const std::size_t n = many ? 70000 : 500;
    CAPTURE(n);
    const Case c = random_case(n, many, 9);
    REQUIRE(c.order.size() == n);
    const OrderedSplit split(c.chain, c.order, true);
    std::vector<double> b(n);
    for (std::size_t i = 0; i < n; ++i) b[i] = i % 3 == 0 ? -1.0 : 0.0;
    std::vector<double> r(n);
    std::vector<double> y(n);
    split.left(b, r);
    const std::size_t iterations = improve(split, r, y, {.tolerance = 1e-9});
    CHECK(iterations > 2);
    CHECK(iterations < 60);
    split.right(y, y);
    CHECK(residual(c, b, y) < 1e-8);
    CHECK(split.residual(r) <= 1e-9);
  }
}

TEST_CASE("ordered_split: its residual is the residual of the system") {
  const Case c = random_case(300, false, 4);
  const OrderedSplit split(c.chain, c.order, true);
  std::vector<double> b(300);
  std::vector<double> y(300);
  std::mt19937 random(2);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  for (std::size_t i = 0; i < 300; ++i) {
    b[i] = uniform(random);
    y[i] = uniform(random);
  }
  // left(b) - apply(y) is the preconditioned residual of h = right(y).
  std::vector<double> r(300);
  std::vector<double> a(300);
  split.left(b, r);
  split.apply(y, a);
  for (std::size_t i = 0; i < 300; ++i) r[i] -= a[i];
  std::vector<double> h(300);
  split.right(y, h);
  CHECK(near_relative(split.residual(r), residual(c, b, h), 1e-12));
  const double largest = std::abs(*std::max_element(
      r.begin(), r.end(), [](double p, double q) { return std::abs(p) < std::abs(q); }));
  CHECK(split.residual(r) <= split.residual_scale() * largest * (1 + 1e-12));
}
