#include "model/markov/long_run.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "model/base/contract.hpp"
#include "model/markov/explore.hpp"
#include "model/numerics/k_of_n.hpp"
#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

namespace {

/// By iteration only, however small the chain.
constexpr LongRunOptions kIterated{
    .absolute = 0.0, .relative = 1e-10, .dense_states = 0, .most_products = 0};

std::vector<double> where(std::size_t n, auto&& holds) {
  std::vector<double> f(n);
  for (std::size_t i = 0; i < n; ++i) f[i] = holds(i) ? 1.0 : 0.0;
  return f;
}

bool contains(const Result<LongRunMean>& mean, double value, double rounding = 0.0) {
  return mean->value.lower <= value * (1 + rounding) && mean->value.upper >= value * (1 - rounding);
}

/// A queue in numbers 0..most, up(i) and down(i) [1/s].
Chain birth_death(std::size_t most, auto&& up, auto&& down) {
  std::vector<RatedEdge> edges;
  for (std::size_t i = 0; i < most; ++i) {
    edges.push_back({i, i + 1, up(i)});
    edges.push_back({i + 1, i, down(i + 1)});
  }
  return *chain_of(most + 1, edges);
}

}  // namespace

TEST_CASE("long_run_mean: the tail of an M/M/c/K queue keeps its digits at 1e-30") {
  // p_i = p_0 a^i / i! up to c, then p_c (a/c)^(i-c); a = 2, c = 4, K = 100.
  const auto up = [](std::size_t) { return 2.0; };
  const auto down = [](std::size_t i) { return std::min(static_cast<double>(i), 4.0); };
  const Chain chain = birth_death(100, up, down);
  std::vector<double> p{1.0};
  double sum = 1.0;
  for (std::size_t i = 1; i <= 100; ++i) sum += (p.emplace_back(p.back() * 2.0 / down(i)));
  for (const std::size_t from : {1U, 20U, 60U, 100U}) {
    CAPTURE(from);
    double tail = 0.0;
    for (std::size_t i = 101; i-- > from;) tail += p[i] / sum;
    const auto f = where(101, [&](std::size_t i) { return i >= from; });
    const auto eliminated = long_run_mean(chain, f, {.absolute = 0.0, .relative = 1e-10});
    REQUIRE(eliminated.has_value());
    CHECK(eliminated->iterations == 0);
    CHECK(contains(eliminated, tail, 1e-13));
    CHECK(near_relative(eliminated->value.value, tail, 1e-13));
  }
}

TEST_CASE("long_run_mean: iteration meets a relative tolerance at 1e-12, or says that it cannot") {
  const Chain chain =
      birth_death(200, [](std::size_t) { return 1.0; }, [](std::size_t) { return 2.0; });
  // Geometric with ratio 1/2 but for 2^-200: P(>= k) = 2^-k.
  for (const int k : {1, 10, 40}) {
    CAPTURE(k);
    const auto f = where(201, [&](std::size_t i) { return i >= static_cast<std::size_t>(k); });
    const auto mean = long_run_mean(chain, f, kIterated);
    REQUIRE(mean.has_value());
    CHECK(mean->iterations > 0);
    CHECK(contains(mean, std::ldexp(1.0, -k), 1e-14));
    CHECK(near_relative(mean->value.value, std::ldexp(1.0, -k), 1e-10));
  }
}

TEST_CASE("long_run_mean: a queue of a hundred thousand places is eliminated, not iterated") {
  // Ratio 1/2 again, and 1.25: counted from the other end that is geometric too. Iteration carries
  // news through a few places at a time and grows unstable long before the end.
  for (const double down : {2.0, 0.8}) {
    const std::size_t most = 100000;
    const Chain chain =
        birth_death(most, [](std::size_t) { return 1.0; }, [&](std::size_t) { return down; });
    const double x = down > 1 ? 1 / down : down;
    for (const std::size_t k : {1U, 30U}) {
      CAPTURE(k);
      const auto f = where(most + 1, [&](std::size_t i) { return (down > 1 ? i : most - i) >= k; });
      const auto mean = long_run_mean(chain, f, {.absolute = 0.0, .relative = 1e-10});
      REQUIRE(mean.has_value());
      CHECK(mean->iterations == 0);
      CHECK(contains(mean, std::pow(x, k), 1e-14));
      CHECK(near_relative(mean->value.value, std::pow(x, k), 1e-10));
    }
  }
}

TEST_CASE("long_run_mean: where iteration stalls, elimination takes over") {
  // Three copies of a long queue side by side, between which the chain changes at random: too much
  // fill for the cheap try, unstable for iteration. The number in the queue does not depend on the
  // copy, so that P(>= k) = 2^-k.
  const std::size_t most = 3000;
  std::vector<RatedEdge> edges;
  for (std::size_t i = 0; i <= most; ++i) {
    for (std::size_t copy = 0; copy < 3; ++copy) {
      if (i < most) edges.push_back({3 * i + copy, 3 * (i + 1) + copy, 1.0});
      if (i > 0) edges.push_back({3 * i + copy, 3 * (i - 1) + copy, 2.0});
      edges.push_back({3 * i + copy, 3 * i + (copy + 1) % 3, 0.3});
    }
  }
  const Chain chain = *chain_of(3 * (most + 1), edges);
  const auto f = where(3 * (most + 1), [](std::size_t i) { return i >= 3 * 20; });
  const auto iterated = long_run_mean(chain, f, kIterated);
  REQUIRE_FALSE(iterated.has_value());
  CHECK(iterated.error().fault == Fault::not_converged);
  const auto mean = long_run_mean(chain, f, {.absolute = 0.0, .relative = 1e-10});
  REQUIRE(mean.has_value());
  CHECK(mean->iterations > 0);
  CHECK(contains(mean, std::ldexp(1.0, -20), 1e-14));
  CHECK(near_relative(mean->value.value, std::ldexp(1.0, -20), 1e-10));
}

TEST_CASE("long_run_mean: a repair shop of twelve machines equals the binomial product") {
  // 2^12 states, one bit a machine; each fails and is repaired on its own.
  const auto explored = explore(0U, [](unsigned state, const auto& emit) {
    for (unsigned m = 0; m < 12; ++m) emit(state ^ (1U << m), (state >> m & 1U) != 0 ? 1.0 : 0.01);
  });
  REQUIRE(explored.has_value());
  REQUIRE(explored->states.size() == 4096);
  for (const int need : {12, 10, 8}) {
    CAPTURE(need);
    const auto f = where(
        4096, [&](std::size_t i) { return 12 - __builtin_popcount(explored->states[i]) < need; });
    const double u = 0.01 / 1.01;
    const auto mean = long_run_mean(explored->chain, f, kIterated);
    REQUIRE(mean.has_value());
    CHECK(contains(mean, fewer_than(need, 12, u), 1e-13));
    CHECK(near_relative(mean->value.value, fewer_than(need, 12, u), 1e-10));
  }
}

TEST_CASE("long_run_mean: a mean number, not only a share, is enclosed") {
  // M/M/infinity cut at 400, load 20: the mean number is 20 up to 1e-300.
  const Chain chain = birth_death(
      400, [](std::size_t) { return 20.0; }, [](std::size_t i) { return static_cast<double>(i); });
  std::vector<double> f(401);
  for (std::size_t i = 0; i <= 400; ++i) f[i] = static_cast<double>(i);
  const auto mean = long_run_mean(chain, f, kIterated);
  REQUIRE(mean.has_value());
  CHECK(contains(mean, 20.0));
  CHECK(near_relative(mean->value.value, 20.0, 1e-10));
}

TEST_CASE("long_run_mean: rates over twelve orders of magnitude") {
  // Independent units with failure 1e-6 and repair 1e6, and 1e-3 and 1: product form.
  const auto explored = explore(0U, [](unsigned state, const auto& emit) {
    const double fails[] = {1e-6, 1e-6, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3};
    const double repair[] = {1e6, 1e6, 1, 1, 1, 1, 1, 1, 1, 1};
    for (unsigned m = 0; m < 10; ++m)
      emit(state ^ (1U << m), (state >> m & 1U) != 0 ? repair[m] : fails[m]);
  });
  REQUIRE(explored.has_value());
  const double fast = 1e-6 / (1e6 + 1e-6);
  const double slow = 1e-3 / (1 + 1e-3);
  const auto mean_of = [&](unsigned bits) {
    const auto f = where(1024, [&](std::size_t i) { return (explored->states[i] & bits) == bits; });
    return long_run_mean(
        explored->chain, f,
        {.absolute = 0.0, .relative = 1e-9, .dense_states = 0, .most_products = 0});
  };
  for (const auto& [bits, exact] : {std::pair{1U, fast}, {4U, slow}, {5U, fast * slow}}) {
    CAPTURE(bits);
    const auto mean = mean_of(bits);
    REQUIRE(mean.has_value());
    CHECK(contains(mean, exact, 1e-14));
    CHECK(near_relative(mean->value.value, exact, 1e-9));
  }
}

TEST_CASE("long_run_mean: a nearly decomposable chain is weighed right") {
  // Two rings of 400 states with rates of 1, joined at state 0 of each by 1e-9 and 3e-9: within a
  // ring all states are equal, so the flow between them balances at 3 : 1.
  const std::size_t n = 400;
  std::vector<RatedEdge> edges{{0, n, 1e-9}, {n, 0, 3e-9}};
  for (std::size_t i = 0; i < n; ++i) {
    for (const std::size_t base : {std::size_t{0}, n}) {
      edges.push_back({base + i, base + (i + 1) % n, 1.0});
      edges.push_back({base + (i + 1) % n, base + i, 1.0});
    }
  }
  const auto f = where(2 * n, [&](std::size_t i) { return i < n; });
  const auto mean = long_run_mean(*chain_of(2 * n, edges), f, kIterated);
  REQUIRE(mean.has_value());
  CHECK(contains(mean, 0.75));
  CHECK(near_relative(mean->value.value, 0.75, 1e-10));
}

TEST_CASE("long_run_mean: what is not reached within the tolerance is an error") {
  const Chain chain =
      birth_death(2000, [](std::size_t) { return 1.0; }, [](std::size_t) { return 1.1; });
  const auto f = where(2001, [](std::size_t i) { return i > 10; });
  LongRunOptions few = kIterated;
  few.most_iterations = 2;
  const auto stopped = long_run_mean(chain, f, few);
  REQUIRE_FALSE(stopped.has_value());
  CHECK(stopped.error().fault == Fault::not_converged);
  // Nothing can be exact.
  const auto exact = long_run_mean(chain, f, {.absolute = 0.0, .relative = 0.0, .dense_states = 0});
  REQUIRE_FALSE(exact.has_value());
  CHECK(exact.error().fault == Fault::not_converged);
}

TEST_CASE("long_run_mean: two ends of no return have no one answer without a start") {
  const Chain chain = *chain_of(3, std::vector<RatedEdge>{{0, 1, 1}, {0, 2, 3}});
  const std::vector<double> f{0, 1, 0};
  const auto mean = long_run_mean(chain, f);
  REQUIRE_FALSE(mean.has_value());
  CHECK(mean.error().fault == Fault::not_unique);
  const std::vector<double> start{1, 0, 0};
  const auto from = long_run_mean_from(chain, f, start);
  REQUIRE(from.has_value());
  CHECK(contains(from, 0.25));
  CHECK(near_relative(from->value.value, 0.25, 1e-10));
  // In one of the ends already there is nothing to mix.
  const std::vector<double> ended{0, 1, 0};
  CHECK(long_run_mean_from(chain, f, ended)->value.value == 1.0);
}

TEST_CASE("long_run_mean: transient states do not count") {
  // 0 -> 1 <-> 3, 2 -> 0: a quarter of the time in 3.
  const Chain chain =
      *chain_of(4, std::vector<RatedEdge>{{0, 1, 1}, {1, 3, 1}, {3, 1, 3}, {2, 0, 1}});
  for (const std::size_t dense : {0U, 300U}) {
    const auto mean = long_run_mean(chain, std::vector<double>{5, 0, 7, 1},
                                    {.absolute = 1e-12, .dense_states = dense});
    REQUIRE(mean.has_value());
    CHECK(contains(mean, 0.25));
    CHECK(near_relative(mean->value.value, 0.25, 1e-11));
  }
}

TEST_CASE("long_run_mean_from: the gambler's ruin") {
  // From i, ruin before 200 with probability (x^i - x^200) / (1 - x^200), x = down / up. At 0 the
  // chain goes on between two states, of which one counts, a third of the time.
  for (const double x : {0.9, 1.2}) {
    std::vector<RatedEdge> edges{{0, 201, 1.0}, {201, 0, 2.0}};
    for (std::size_t i = 1; i < 200; ++i) {
      edges.push_back({i, i - 1, x});
      edges.push_back({i, i + 1, 1.0});
    }
    const Chain chain = *chain_of(202, edges);
    const auto f = where(202, [](std::size_t i) { return i == 201; });
    for (const std::size_t i : {3U, 100U, 190U}) {
      CAPTURE(x);
      CAPTURE(i);
      std::vector<double> start(202, 0.0);
      start[i] = 1.0;
      const auto eliminated = long_run_mean_from(chain, f, start);
      LongRunOptions iteration;
      iteration.most_products = 0;
      const auto mean = long_run_mean_from(chain, f, start, iteration);
      REQUIRE(eliminated.has_value());
      REQUIRE(mean.has_value());
      CHECK(eliminated->iterations == 0);
      CHECK(mean->iterations > 0);
      const double ruin = (std::pow(x, i) - std::pow(x, 200)) / (1 - std::pow(x, 200));
      CHECK(contains(eliminated, ruin / 3, 1e-12));
      CHECK(eliminated->value.upper - eliminated->value.lower <= 2e-10);
      CHECK(contains(mean, ruin / 3, 1e-12));
      CHECK(mean->value.upper - mean->value.lower <= 2e-10);
    }
  }
}

TEST_CASE("long_run_mean_from: a walk on a grid ends where symmetry says") {
  // 60 x 60 inner places, all four steps at rate 1; each side of the square holds the walk for good.
  // From a corner of the middle, by symmetry: the opposite sides together catch it half of the time.
  const std::size_t n = 60;
  std::vector<RatedEdge> edges;
  const auto place = [&](std::size_t x, std::size_t y) {
    if (x == 0) return n * n;
    if (x == n + 1) return n * n + 1;
    if (y == 0) return n * n + 2;
    if (y == n + 1) return n * n + 3;
    return (x - 1) * n + (y - 1);
  };
  for (std::size_t x = 1; x <= n; ++x) {
    for (std::size_t y = 1; y <= n; ++y) {
      for (const std::size_t to :
           {place(x - 1, y), place(x + 1, y), place(x, y - 1), place(x, y + 1)}) {
        edges.push_back({place(x, y), to, 1.0});
      }
    }
  }
  const Chain chain = *chain_of(n * n + 4, edges);
  std::vector<double> f(n * n + 4, 0.0);
  f[n * n] = f[n * n + 1] = 1.0;
  std::vector<double> start(n * n + 4, 0.0);
  start[place(17, 17)] = 1.0;
  for (const std::size_t products : {std::size_t{0}, std::size_t{100'000'000}}) {
    LongRunOptions options;
    options.most_products = products;
    const auto mean = long_run_mean_from(chain, f, start, options);
    REQUIRE(mean.has_value());
    CHECK(contains(mean, 0.5));
    CHECK(near_relative(mean->value.value, 0.5, 2e-10));
    CHECK(mean->iterations > 0);
  }
}

TEST_CASE("long_run_mean_from: a start with several states and a bad one") {
  const Chain chain = *chain_of(4, std::vector<RatedEdge>{{0, 1, 1}, {0, 2, 3}, {3, 2, 5}});
  const std::vector<double> f{0, 1, 0, 0};
  const auto mean = long_run_mean_from(chain, f, std::vector<double>{0.4, 0.1, 0.2, 0.3});
  REQUIRE(mean.has_value());
  CHECK(near_relative(mean->value.value, 0.4 * 0.25 + 0.1, 1e-10));
  for (const auto& bad : {std::vector<double>{0.4, 0.1, 0.2, 0.2}, {1.5, -0.5, 0, 0}}) {
    CHECK(long_run_mean_from(chain, f, bad).error().fault == Fault::invalid_input);
  }
  const std::vector<double> no_number{0, NAN, 0, 0};
  CHECK(long_run_mean(chain, no_number).error().fault == Fault::invalid_input);
  CHECK_THROWS_AS((void)long_run_mean(chain, std::vector<double>{1}), ContractViolation);
}
