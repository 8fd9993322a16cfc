#include "model/simulate/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <vector>

#include "model/numerics/beta.hpp"
#include "model/numerics/normal.hpp"
#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"

using namespace haplan::model;
using haplan::test::near_relative;
using haplan::test::Random;

namespace {

double uniform(Random& random) {
  return (static_cast<double>(random.next() >> 11) + 0.5) * 0x1p-53;
}

double exponential(Random& random, double mean) { return -mean * std::log(uniform(random)); }

/// Independent outages as an alternating process has them: up for 1 on average, down for `down`.
struct Played {
  double time = 0.0;
  double down = 0.0;
  double outages = 0.0;
};

Played play(Random& random, double down, int outages) {
  Played r;
  for (int i = 0; i < outages; ++i) {
    const double outage = exponential(random, down);
    r.time += exponential(random, 1.0) + outage;
    r.down += outage;
    r.outages += 1.0;
  }
  return r;
}

/// Whether a share of `hits` in `rounds` is what `confidence` promises, by four deviations.
bool covers(int hits, int rounds, double confidence) {
  const double deviation = std::sqrt(confidence * (1 - confidence) * rounds);
  return std::abs(hits - confidence * rounds) <= 4 * deviation;
}

}  // namespace

TEST_CASE("ratio_figure: a constant denominator gives the mean with Student's interval") {
  const std::vector<double> x{1, 2, 3, 4, 5};
  const std::vector<double> y(5, 2.0);
  const SimulatedFigure f = ratio_figure(x, y, 0.95);
  // Mean 3, variance 2.5: standard error sqrt(2.5 / 5) = 0.70711, half of it for y = 2; t(4) = 2.776445.
  CHECK(f.known);
  CHECK(near_relative(f.estimate.value, 1.5, 1e-15));
  CHECK(near_relative(f.deviation, std::sqrt(0.5) / 2, 1e-14));
  CHECK(
      near_relative(f.estimate.upper - f.estimate.value, 2.7764451052 * std::sqrt(0.5) / 2, 1e-9));
  CHECK(f.estimate.method == Method::simulated);
}

TEST_CASE("ratio_figure: exact proportion has no error, whatever the lengths") {
  const std::vector<double> x{0.1, 0.4, 0.2};
  const std::vector<double> y{1, 4, 2};
  const SimulatedFigure f = ratio_figure(x, y, 0.99);
  CHECK(near_relative(f.estimate.value, 0.1, 1e-15));
  CHECK(f.deviation < 1e-16);
}

TEST_CASE("ratio_figure: nothing seen is nothing known") {
  const std::vector<double> none(10, 0.0);
  const std::vector<double> y(10, 1.0);
  const SimulatedFigure f = ratio_figure(none, y, 0.95);
  CHECK_FALSE(f.known);
  CHECK(f.estimate.upper == std::numeric_limits<double>::infinity());
  CHECK(relative_half_width(f) == std::numeric_limits<double>::infinity());
  CHECK_FALSE(ratio_figure(std::vector<double>{1.0}, std::vector<double>{2.0}, 0.95).known);
}

TEST_CASE("ratio_figure: intervals cover unavailability and mean outage as often as they say") {
  Random random(7);
  constexpr int kRounds = 2000;
  const double down = 0.25;
  int unavailability = 0;
  int outage = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> time;
    std::vector<double> lost;
    std::vector<double> count;
    for (int i = 0; i < 64; ++i) {
      const Played r = play(random, down, 5 + static_cast<int>(random.below(10)));
      time.push_back(r.time);
      lost.push_back(r.down);
      count.push_back(r.outages);
    }
    const Estimate u = ratio_figure(lost, time, 0.95).estimate;
    unavailability += u.lower <= down / (1 + down) && down / (1 + down) <= u.upper;
    const Estimate mean = ratio_figure(lost, count, 0.95).estimate;
    outage += mean.lower <= down && down <= mean.upper;
  }
  CHECK(covers(unavailability, kRounds, 0.95));
  CHECK(covers(outage, kRounds, 0.95));
}

TEST_CASE("ratio_figure: weighted numerators over unweighted denominators cover the ratio") {
  // A cycle of length Exp(1) has an outage of 0.01 with probability 1e-4: U = 1e-6. Biased cycles have it with probability
  // 1/2 and weight 2e-4; numerator and denominator come from different cycles of one replication.
  Random random(11);
  constexpr int kRounds = 2000;
  int hits = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> time;
    std::vector<double> lost;
    for (int i = 0; i < 64; ++i) {
      double t = 0.0;
      double down = 0.0;
      for (int cycle = 0; cycle < 10; ++cycle) {
        t += exponential(random, 1.0);
        if (uniform(random) < 0.5) down += 2e-4 * 0.01;
      }
      time.push_back(t);
      lost.push_back(down);
    }
    const SimulatedFigure f = ratio_figure(lost, time, 0.95);
    hits += f.estimate.lower <= 1e-6 && 1e-6 <= f.estimate.upper;
    CHECK(relative_half_width(f) < 0.2);
  }
  CHECK(covers(hits, kRounds, 0.95));
}

TEST_CASE("proportion_figure: one trial per replication gives Clopper and Pearson's interval") {
  std::vector<double> successes(20, 1.0);
  const std::vector<double> trials(20, 1.0);
  const SimulatedFigure all = proportion_figure(successes, trials, 0.95);
  // No failure in 20: the lower end is 0.025^(1/20).
  CHECK(all.estimate.value == 1.0);
  CHECK(all.estimate.upper == 1.0);
  CHECK(near_relative(all.estimate.lower, std::pow(0.025, 0.05), 1e-12));
  // Independent trials show the binomial variance times 20/19 here, which is more: 19 count.
  std::fill(successes.begin(), successes.begin() + 10, 0.0);
  const SimulatedFigure half = proportion_figure(successes, trials, 0.95);
  CHECK(near_relative(half.estimate.lower, beta_quantile(9.5, 10.5, 0.025), 1e-12));
  CHECK(near_relative(half.estimate.upper, beta_quantile(10.5, 9.5, 0.975), 1e-12));
  CHECK_FALSE(proportion_figure({}, {}, 0.95).known);
}

TEST_CASE("proportion_figure: trials that go together widen the interval") {
  // All or nothing of 10 trials each: 30 replications are worth about 30 trials and not 300.
  std::vector<double> successes;
  for (int i = 0; i < 30; ++i) successes.push_back(i % 3 == 0 ? 0.0 : 10.0);
  const std::vector<double> trials(30, 10.0);
  const Estimate grouped = proportion_figure(successes, trials, 0.95).estimate;
  CHECK(near_relative(grouped.lower, beta_quantile(29 * 2.0 / 3, 29 / 3.0 + 1, 0.025), 1e-9));
  CHECK(grouped.upper - grouped.lower > 0.3);
}

TEST_CASE("quantile_figure: intervals cover the quantile as often as they say") {
  Random random(13);
  constexpr int kRounds = 1000;
  const double truth = -std::log(0.01);  // 99 % of Exp(1)
  int hits = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> values;
    for (int i = 0; i < 1200; ++i) values.push_back(exponential(random, 1.0));
    const Estimate q = quantile_figure(values, 12, 0.99, 0.95).estimate;
    hits += q.lower <= truth && truth <= q.upper;
  }
  // Ranks are whole, so the interval is a little wider than asked for.
  CHECK(hits >= 0.93 * kRounds);
  CHECK(hits <= 0.985 * kRounds);
}

TEST_CASE(
    "quantile_figure: ranks are those of the binomial law, and too few values have no upper end") {
  std::vector<double> values;
  for (int i = 1; i <= 100; ++i) values.push_back(i);
  const SimulatedFigure median = quantile_figure(values, 1, 0.5, 0.95);
  // The classical interval of the median of 100: ranks 40 and 61, cover 96.5 %; here the alternating groups show no more
  // variance than independent ones, times 100/99.
  CHECK(median.estimate.value == 50);
  CHECK(median.estimate.lower == 40);
  CHECK(median.estimate.upper == 61);
  const SimulatedFigure high = quantile_figure(values, 1, 0.99, 0.95);
  CHECK(high.estimate.value == 99);
  CHECK(high.estimate.upper == std::numeric_limits<double>::infinity());
  CHECK_FALSE(quantile_figure({}, 1, 0.5, 0.95).known);
}
