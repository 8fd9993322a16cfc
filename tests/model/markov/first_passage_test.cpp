#include "model/markov/first_passage.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "model/markov/transient.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/near.hpp"
#include "tests/support/workstation_cluster.hpp"

namespace haplan::model {
namespace {

using test::chain;
using test::contains;
using test::near_relative;
using test::start;
using test::tight;

std::vector<bool> only(std::size_t n, std::size_t state) {
  std::vector<bool> target(n, false);
  target[state] = true;
  return target;
}

TEST_CASE("first passage: a single step is exponential, in both tails") {
  const Chain two = chain(2, {{0, 1, 0.25}, {1, 0, 4.0}});
  for (const double t : {1e-12, 1e-3, 1.0, 40.0, 1000.0}) {
    CAPTURE(t);
    const Result<ChainFigure> within = reached_within(two, start(2, 0), only(2, 1), t);
    const Result<ChainFigure> beyond = not_reached_within(two, start(2, 0), only(2, 1), t);
    REQUIRE(within);
    REQUIRE(beyond);
    CHECK(contains(within->value, -std::expm1(-0.25 * t)));
    CHECK(contains(beyond->value, std::exp(-0.25 * t)));  // e^-250 at the end
    CHECK(tight(within->value));
    CHECK(tight(beyond->value));
  }
}

// Erlang: P(T <= t) = 1 - sum_{i<n} e^(-x) x^i / i!, x = r t; for small x the leading terms
// x^n / n! - n x^(n+1) / (n+1)!.
TEST_CASE("first passage: stages in a row are Erlang, relatively exact far below 1e-100") {
  const std::size_t stages = 30;
  std::vector<RatedEdge> edges;
  for (std::size_t i = 0; i < stages; ++i) edges.push_back({i, i + 1, 3.0});
  const Chain row = chain(stages + 1, edges);
  const std::vector<bool> end = only(stages + 1, stages);
  const ChainFigure tiny = *reached_within(row, start(stages + 1, 0), end, 1e-6);
  const double leading = std::exp(30 * std::log(3e-6) - std::lgamma(31.0));  // 7.8e-199
  CHECK(near_relative(tiny.value.value, leading * (1 - 30.0 / 31 * 3e-6), 2e-9));
  CHECK(tight(tiny.value));

  double below = 0.0;
  double term = std::exp(-30.0);
  for (int i = 0; i < 30; ++i) {
    below += term;
    term *= 30.0 / (i + 1);
  }
  const ChainFigure beyond = *not_reached_within(row, start(stages + 1, 0), end, 10.0);
  CHECK(contains(beyond.value, below));
  const ChainFigure within = *reached_within(row, start(stages + 1, 0), end, 10.0);
  CHECK(near_relative(within.value.value, 1 - below, 3e-9));
  const Result<Estimate> mean = mean_first_passage(row, start(stages + 1, 0), end);
  REQUIRE(mean);
  CHECK(contains(*mean, 10.0));
}

// Hypoexponential with rates 1, 2, 5: P(T > t) = sum_i e^(-r_i t) prod_{j != i} r_j / (r_j - r_i)
// = 5/2 e^-t - 5/3 e^-2t + 1/6 e^-5t.
TEST_CASE("first passage: different stages in a row are hypoexponential") {
  const Chain row = chain(4, {{0, 1, 1.0}, {1, 2, 2.0}, {2, 3, 5.0}});
  for (const double t : {0.5, 2.0, 15.0}) {
    const double beyond =
        5.0 / 2 * std::exp(-t) - 5.0 / 3 * std::exp(-2 * t) + 1.0 / 6 * std::exp(-5 * t);
    const ChainFigure figure = *not_reached_within(row, start(4, 0), only(4, 3), t);
    CHECK(near_relative(figure.value.value, beyond, 2e-9));
  }
  CHECK(contains(*mean_first_passage(row, start(4, 0), only(4, 3)), 1.7));
}

// Births b_i, deaths d_i: E[time from i to i + 1] = sum_{j <= i} (1 / b_j) prod_{j < k <= i} d_k /
// b_k.
TEST_CASE("mean_first_passage: birth-death chains keep all digits of means up to 1e40") {
  for (const double death : {0.5, 10.0, 1e4}) {
    const std::size_t n = 11;
    std::vector<RatedEdge> edges;
    double total = 0.0;
    double step = 0.0;
    for (std::size_t i = 0; i + 1 < n; ++i) {
      const double birth = 1.0 / static_cast<double>(i + 1);
      edges.push_back({i, i + 1, birth});
      if (i > 0) edges.push_back({i, i - 1, death});
      step = 1 / birth + (i > 0 ? death / birth * step : 0.0);
      total += step;
    }
    const Chain ladder = chain(n, edges);
    const Result<Estimate> mean = mean_first_passage(ladder, start(n, 0), only(n, n - 1));
    REQUIRE(mean);
    CHECK(near_relative(mean->value, total, 1e-14));
    CHECK(contains(*mean, total));
    CHECK(tight(*mean));
  }
}

TEST_CASE("mean_first_passage: starts weigh, targets at once count 0") {
  const Chain row = chain(3, {{0, 1, 2.0}, {1, 2, 4.0}});
  const std::vector<double> initial = {0.5, 0.25, 0.25};
  const Result<Estimate> mean = mean_first_passage(row, initial, only(3, 2));
  REQUIRE(mean);
  CHECK(contains(*mean, 0.5 * 0.75 + 0.25 * 0.25));
  CHECK(mean_first_passage(row, start(3, 2), only(3, 2))->value == 0.0);
}

TEST_CASE("mean_first_passage: a trap makes it infinite, which is an error") {
  const Chain trap = chain(4, {{0, 1, 1.0}, {0, 2, 1.0}, {2, 3, 1.0}, {3, 2, 1.0}});
  const Result<Estimate> mean = mean_first_passage(trap, start(4, 0), only(4, 1));
  REQUIRE(!mean);
  CHECK(mean.error().fault == Fault::not_unique);
  // The distribution is defective and well defined: half of the mass never arrives.
  const ChainFigure late = *reached_within(trap, start(4, 0), only(4, 1), 1e4);
  CHECK(contains(late.value, 0.5));
  const Result<Estimate> renewed = mean_first_passage(trap, start(4, 0), only(4, 1), 1);
  REQUIRE(!renewed);
  CHECK(renewed.error().fault == Fault::not_unique);
}

// [HHK00], N = 4: elimination of all states before the target, and renewal with an iterative
// solver.
TEST_CASE("mean_first_passage: elimination and renewal agree") {
  const test::WorkstationCluster cluster = *test::workstation_cluster(4);
  const std::vector<double> minimum = cluster.service(3);
  std::vector<bool> below(minimum.size());
  for (std::size_t i = 0; i < below.size(); ++i) below[i] = minimum[i] == 0.0;
  std::vector<double> initial = start(below.size(), 0);
  initial[0] = 0.75;
  initial[1] = 0.25;
  const Result<Estimate> eliminated = mean_first_passage(cluster.chain, initial, below, 1000);
  const Result<Estimate> renewed = mean_first_passage(cluster.chain, initial, below, 1);
  REQUIRE(eliminated);
  REQUIRE(renewed);
  CHECK(tight(*eliminated));
  CHECK(tight(*renewed));
  CHECK(near_relative(eliminated->value, renewed->value, 2e-9));
}

// The mean is the integral of P(T > t).
TEST_CASE("first passage: mean and distribution agree where a return is likely") {
  const Chain three = chain(3, {{0, 1, 1.0}, {1, 0, 3.0}, {1, 2, 0.5}});
  const double mean = mean_first_passage(three, start(3, 0), only(3, 2))->value;
  CHECK(near_relative(mean, 9.0, 1e-15));  // m0 = 1 + m1 and 3.5 m1 = 1 + 3 m0
  double integral = 0.0;
  const double h = 0.05;
  const int n = 5000;  // until t = 250, beyond which e^(-0.107 t) leaves 2e-11
  for (int i = 0; i <= n; ++i) {
    const double weight = i == 0 || i == n ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0);
    integral += weight * not_reached_within(three, start(3, 0), only(3, 2), h * i)->value.value;
  }
  CHECK(near_relative(integral * h / 3, mean, 1e-6));
}

// A pair of repairable replicas, MTBF 1e6 s and repair 100 s each: down together for the first
// time. Over years, P(T <= t) = 1 - e^(-t / E[T]) to first order in the repair time; detection ends
// the sum after some dozens of steps although rate t is 3e7.
TEST_CASE("first passage: quasi-steady states end the sum") {
  const Chain pair = chain(3, {{0, 1, 2e-6}, {1, 0, 1e-2}, {1, 2, 1e-6}});
  const double mean = mean_first_passage(pair, start(3, 0), only(3, 2))->value;
  const double t = 3e9;
  const Result<ChainFigure> within =
      reached_within(pair, start(3, 0), only(3, 2), t, {.relative_tolerance = 1e-7});
  REQUIRE(within);
  CHECK(within->steps < 500);
  CHECK(near_relative(within->value.value, -std::expm1(-t / mean), 1e-6));
}

// [HHK00], N = 16: P(below minimum at least once within 2000 h). Another tool's digits: 0.00104095.
// Ours: 0.0010409514885 from 83,094 steps without detection.
TEST_CASE("first passage: minimum quality of the workstation cluster") {
  const test::WorkstationCluster cluster = *test::workstation_cluster(16, true);
  const std::vector<double> minimum = cluster.service(12);
  std::vector<bool> below(minimum.size());
  for (std::size_t i = 0; i < below.size(); ++i) below[i] = minimum[i] == 0.0;
  const std::vector<double> initial = start(below.size(), 0);
  for (const double factor : {1.02, 1.5}) {
    const Result<ChainFigure> within =
        reached_within(cluster.chain, initial, below, 2000.0, {.rate_factor = factor});
    REQUIRE(within);
    CHECK(near_relative(within->value.value, 0.00104095, 5e-6));  // half a unit of the last digit
    CHECK(contains(within->value, 0.0010409514885));
    CHECK(tight(within->value));
    CHECK(within->steps < 20'000);  // of 100,120 and more events of the Poisson process
  }
}

// The same sums forwards on the likely states alone: another direction, another chain, another
// bound.
TEST_CASE("first passage: likely states alone give the same figure of the workstation cluster") {
  const test::WorkstationCluster cluster = *test::workstation_cluster(16, true);
  const std::vector<double> minimum = cluster.service(12);
  std::vector<bool> below(minimum.size());
  for (std::size_t i = 0; i < below.size(); ++i) below[i] = minimum[i] == 0.0;
  const std::vector<double> initial = start(below.size(), 0);
  const UniformisationOptions loose{.relative_tolerance = 1e-3, .truncate_beyond = 500};
  const ChainFigure rough = reached_within(cluster.chain, initial, below, 2000.0, loose).value();
  CHECK(rough.states < 1000);
  CHECK(contains(rough.value, 0.0010409514885));
  CHECK(rough.value.upper - rough.value.lower <= 2e-3 * rough.value.lower);
  const UniformisationOptions close{.relative_tolerance = 1e-9, .truncate_beyond = 500};
  const ChainFigure fine = reached_within(cluster.chain, initial, below, 2000.0, close).value();
  CHECK(contains(fine.value, 0.0010409514885));
  CHECK(tight(fine.value));
  const ChainFigure beyond =
      not_reached_within(cluster.chain, initial, below, 2000.0, loose).value();
  CHECK(contains(beyond.value, 1 - 0.0010409514885));
}

}  // namespace
}  // namespace haplan::model
