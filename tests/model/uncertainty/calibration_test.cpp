#include "model/uncertainty/calibration.hpp"

#include <cmath>
#include <cstdint>
#include <doctest/doctest.h>
#include <numbers>

#include "model/base/contract.hpp"
#include "model/numerics/normal.hpp"
#include "tests/support/near.hpp"

namespace haplan::model {

namespace {

using test::near_relative;

/// SplitMix64: the same draws on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// In (0, 1).
  double uniform() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (static_cast<double>((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
  }
  double exponential() { return -std::log(uniform()); }
  double normal() { return normal_quantile(uniform()); }
  std::size_t poisson(double mean) {
    std::size_t n = 0;
    for (double sum = exponential(); sum < mean; sum += exponential()) ++n;
    return n;
  }

 private:
  std::uint64_t state_;
};

constexpr RepairPrior kReference{0.0, 0.0, 0.0, 0.0};

double mean_of_logs(const std::vector<double>& times) {
  double sum = 0.0;
  for (const double t : times) sum += std::log(t);
  return sum / static_cast<double>(times.size());
}

double squares_of_logs(const std::vector<double>& times) {
  const double mean = mean_of_logs(times);
  double sum = 0.0;
  for (const double t : times) sum += (std::log(t) - mean) * (std::log(t) - mean);
  return sum;
}

/// P(mu + s^2 / 2 <= x) of times with a flat mean, by plain sums over a grid of mu and ln s.
double brute_force_cdf_of_mean(const RepairTimes& times, double shape, double scale, double x) {
  const double center = mean_of_logs(times.exact);
  const double n = static_cast<double>(times.exact.size());
  double below = 0.0;
  double total = 0.0;
  for (double s = -3.0; s < 5.0; s += 0.01) {
    const double sigma = std::exp(s);
    const double step = 0.05 * sigma / std::sqrt(n);
    for (int i = -160; i < 800; ++i) {
      const double mu = center + step * i;
      double log_density = -2.0 * shape * s - scale * std::exp(-2.0 * s);
      for (const double t : times.exact) {
        const double z = (std::log(t) - mu) / sigma;
        log_density -= s + 0.5 * z * z;
      }
      for (const double t : times.at_least)
        log_density += std::log(normal_tail((std::log(t) - mu) / sigma));
      for (const double t : times.at_most)
        log_density += std::log(normal_cdf((std::log(t) - mu) / sigma));
      const double mass = std::exp(log_density) * step;
      total += mass;
      if (mu + sigma * sigma / 2.0 <= x) below += mass;
    }
  }
  return below / total;
}

/// Active repair times of an airborne transceiver in hours: 46 of them.
const RepairTimes kTransceiver{
    {0.2, 0.3, 0.5, 0.5, 0.5, 0.5, 0.6, 0.6, 0.7, 0.7, 0.7, 0.8,  0.8,  1.0, 1.0, 1.0,
     1.0, 1.1, 1.3, 1.5, 1.5, 1.5, 1.5, 2.0, 2.0, 2.2, 2.5, 2.7,  3.0,  3.0, 3.3, 3.3,
     4.0, 4.0, 4.5, 4.7, 5.0, 5.4, 5.4, 7.0, 7.5, 8.8, 9.0, 10.3, 22.0, 24.5},
    {},
    {}};

}  // namespace

TEST_CASE("rate_posterior: no event with a flat prior leaves an exponential law") {
  const RatePosterior r = rate_posterior(0, 1000.0, {1.0, 0.0}, 0.9);
  // P(rate > x) = exp(-1000 x): the upper end is -ln(0.05) / T, the rule of three is its short form.
  CHECK(near_relative(r.high, -std::log(0.05) / 1000.0, 1e-14));
  CHECK(near_relative(r.low, -std::log(0.95) / 1000.0, 1e-14));
  CHECK(near_relative(r.median, std::log(2.0) / 1000.0, 1e-14));
  CHECK(near_relative(r.mean, 1e-3, 1e-15));
}

TEST_CASE("rate_posterior: no event with the prior of Jeffreys is half a chi-squared law") {
  // 2 T rate is chi-squared with one degree of freedom, the square of a normal one.
  const RatePosterior r = rate_posterior(0, 50.0, {}, 0.9);
  const double z_high = normal_quantile(0.975);
  const double z_low = normal_quantile(0.525);
  CHECK(near_relative(r.high, z_high * z_high / 100.0, 1e-12));
  CHECK(near_relative(r.low, z_low * z_low / 100.0, 1e-12));
  CHECK(near_relative(r.mean, 0.5 / 50.0, 1e-15));
}

TEST_CASE("rate_posterior: the exact limits of Poisson means in the tables of Garwood") {
  // F. Garwood, Biometrika 28, 1936: 95 % limits of the mean after n events. The lower one is the gamma quantile of
  // shape n, the upper one of shape n + 1: priors with 0 and with 1 event.
  struct Row {
    std::size_t events;
    double low, high;
  };
  for (const Row& row : {Row{1, 0.0253, 5.57}, Row{3, 0.619, 8.77}, Row{5, 1.623, 11.67},
                         Row{10, 4.80, 18.39}, Row{30, 20.24, 42.83}}) {
    CAPTURE(row.events);
    CHECK(near_relative(rate_posterior(row.events, 1.0, {0.0, 0.0}, 0.95).low, row.low, 2e-3));
    CHECK(near_relative(rate_posterior(row.events, 1.0, {1.0, 0.0}, 0.95).high, row.high, 1e-3));
  }
}

TEST_CASE("rate_posterior: the worked example of the NIST handbook") {
  // [NIST] 8.4.6: prior gamma with a = 2 and b = 1400 h, then 2 failures in 1909 h: a' = 4, b' = 3309 h; the median
  // MTBF is 901 h, the inverse of the mean rate 827 h, and 80 % lie between 495 h and 1897 h.
  const RatePosterior r = rate_posterior(2, 1909.0, {2.0, 1400.0}, 0.8);
  CHECK(r.events == 4.0);
  CHECK(r.time == 3309.0);
  CHECK(std::lround(1.0 / r.median) == 901);
  CHECK(std::lround(1.0 / r.mean) == 827);
  CHECK(std::lround(1.0 / r.high) == 495);
  CHECK(std::lround(1.0 / r.low) == 1897);
}

TEST_CASE(
    "rate_posterior: intervals hold the rate as often as they say when it is drawn from the "
    "prior") {
  // Rates from gamma(2, 3 h): two exponential times. The share is binomial with standard deviation 0.0021.
  Random random(7);
  int held = 0;
  const int draws = 20'000;
  for (int i = 0; i < draws; ++i) {
    const double rate = (random.exponential() + random.exponential()) / 3.0;
    const RatePosterior r = rate_posterior(random.poisson(rate * 4.0), 4.0, {2.0, 3.0}, 0.9);
    if (r.low <= rate && rate <= r.high) ++held;
  }
  CHECK(std::abs(held / static_cast<double>(draws) - 0.9) < 4 * 0.0021);
}

TEST_CASE("rate_posterior: what has no meaning is refused") {
  CHECK_THROWS_AS(rate_posterior(0, 1.0, {0.0, 0.0}, 0.9), ContractViolation);
  CHECK_THROWS_AS(rate_posterior(1, 0.0, {}, 0.9), ContractViolation);
  CHECK_THROWS_AS(rate_posterior(1, 1.0, {}, 1.0), ContractViolation);
}

TEST_CASE("repair_posterior: the median and the spread follow Student's and the chi-squared law") {
  // Without a prior (ln median - m) / (s / sqrt(5)) is Student's t with 4 degrees of freedom, t(0.95) = 2.131847;
  // S / sigma^2 is chi-squared with 4: 0.710723 and 9.487729 are its 5 % and 95 % points, 3.356694 its median.
  const RepairTimes times{{60.0, 120.0, 180.0, 300.0, 480.0}, {}, {}};
  const auto r = repair_posterior(times, kReference, 0.9);
  REQUIRE(r);
  const double m = mean_of_logs(times.exact);
  const double squares = squares_of_logs(times.exact);
  const double half = 2.131847 * std::sqrt(squares / 4.0 / 5.0);
  CHECK(near_relative(r->median.median, std::exp(m), 1e-9));
  CHECK(near_relative(r->median.low, std::exp(m - half), 1e-6));
  CHECK(near_relative(r->median.high, std::exp(m + half), 1e-6));
  CHECK(near_relative(r->sigma.low, std::sqrt(squares / 9.487729), 1e-6));
  CHECK(near_relative(r->sigma.high, std::sqrt(squares / 0.710723), 1e-6));
  CHECK(near_relative(r->sigma.median, std::sqrt(squares / 3.356694), 1e-6));
}

TEST_CASE("repair_posterior: what was believed of the mean widens the spread when it is far off") {
  // Weight 1 around ln 60, shape 1/2, scale 0, and three times with mean m and sum of squares S of their logarithms:
  // s^2 is inverse gamma with shape 2 and scale b = S / 2 + 3 / 8 (m - ln 60)^2, so that 2 b / s^2 is chi-squared with 4
  // degrees of freedom; the median of mu is (ln 60 + 3 m) / 4. Points of chi-squared as above.
  const RepairTimes times{{600.0, 900.0, 2400.0}, {}, {}};
  const auto r = repair_posterior(times, {std::log(60.0), 1.0, 0.5, 0.0}, 0.9);
  REQUIRE(r);
  const double m = mean_of_logs(times.exact);
  const double off = m - std::log(60.0);
  const double b = squares_of_logs(times.exact) / 2.0 + 3.0 / 8.0 * off * off;
  CHECK(near_relative(r->sigma.median, std::sqrt(2.0 * b / 3.356694), 1e-6));
  CHECK(near_relative(r->sigma.low, std::sqrt(2.0 * b / 9.487729), 1e-6));
  CHECK(near_relative(r->median.median, std::exp((std::log(60.0) + 3.0 * m) / 4.0), 1e-9));
}

TEST_CASE("repair_posterior: the mean repair solves a sum over the spread") {
  // With n = 5, a flat mean and shape = scale = 2: s^2 is inverse gamma with shape 4 and scale 2 + S / 2, and
  // P(mu + s^2 / 2 <= x) is the mean over it of Phi((x - m - s^2 / 2) sqrt(5) / s).
  const RepairTimes times{{60.0, 120.0, 180.0, 300.0, 480.0}, {}, {}};
  const auto r = repair_posterior(times, {}, 0.9);
  REQUIRE(r);
  const double m = mean_of_logs(times.exact);
  const double scale = 2.0 + 0.5 * squares_of_logs(times.exact);
  const auto cdf = [&](double mean) {
    double below = 0.0;
    double total = 0.0;
    for (double s = -4.0; s < 8.0; s += 0.001) {
      const double sigma = std::exp(s);
      const double weight = std::exp(-8.0 * s - scale * std::exp(-2.0 * s));
      total += weight;
      below +=
          weight * normal_cdf((std::log(mean) - m - sigma * sigma / 2.0) * std::sqrt(5.0) / sigma);
    }
    return below / total;
  };
  CHECK(near_relative(cdf(r->mean.low), 0.05, 1e-7));
  CHECK(near_relative(cdf(r->mean.median), 0.5, 1e-7));
  CHECK(near_relative(cdf(r->mean.high), 0.95, 1e-7));
}

TEST_CASE("repair_posterior: a published lognormal fit of 46 repair times") {
  // [MIL338] 5.6.2.1.1 fits the logarithms of these times with mean 0.65879 and standard deviation 1.11435, hence a
  // median of 1.932 h and a mean of 3.595 h. The posterior median of the mean lies a little above, by its skewness.
  CHECK(near_relative(mean_of_logs(kTransceiver.exact), 0.65879, 1e-3));
  CHECK(near_relative(std::sqrt(squares_of_logs(kTransceiver.exact) / 45.0), 1.11435, 2e-3));
  const auto r = repair_posterior(kTransceiver, kReference, 0.9);
  REQUIRE(r);
  CHECK(near_relative(r->median.median, 1.932, 1e-3));
  CHECK(near_relative(r->mean.median, 3.595, 0.02));
  CHECK(r->mean.median > 3.595);
  CHECK(near_relative(r->sigma.median, 1.11435, 0.01));
}

TEST_CASE("repair_posterior: censored times enter with the probability of what was seen") {
  const RepairTimes times{{60.0, 120.0, 180.0, 300.0, 480.0}, {600.0, 1200.0}, {30.0}};
  const auto r = repair_posterior(times, {}, 0.9);
  REQUIRE(r);
  CHECK(std::abs(brute_force_cdf_of_mean(times, 2.0, 2.0, std::log(r->mean.low)) - 0.05) < 1e-3);
  CHECK(std::abs(brute_force_cdf_of_mean(times, 2.0, 2.0, std::log(r->mean.median)) - 0.5) < 2e-3);
  CHECK(std::abs(brute_force_cdf_of_mean(times, 2.0, 2.0, std::log(r->mean.high)) - 0.95) < 1e-3);
}

TEST_CASE("repair_posterior: equal times below a clock's tick count as often as they are there") {
  RepairTimes times{{60.0, 120.0, 180.0}, {}, {60.0, 60.0, 60.0, 60.0, 30.0}};
  const auto r = repair_posterior(times, {}, 0.9);
  REQUIRE(r);
  CHECK(std::abs(brute_force_cdf_of_mean(times, 2.0, 2.0, std::log(r->mean.low)) - 0.05) < 1e-3);
  CHECK(std::abs(brute_force_cdf_of_mean(times, 2.0, 2.0, std::log(r->mean.high)) - 0.95) < 1e-3);
}

TEST_CASE("repair_posterior: censored times that say nothing change nothing") {
  // At least a microsecond, at most 30 000 years: both are certain, which takes the other way of integrating.
  RepairTimes times{{60.0, 120.0, 180.0, 300.0, 480.0}, {}, {}};
  const auto plain = repair_posterior(times, {}, 0.9);
  times.at_least = {1e-100};
  times.at_most = {1e100};
  const auto censored = repair_posterior(times, {}, 0.9);
  REQUIRE(plain);
  REQUIRE(censored);
  CHECK(near_relative(plain->mean.high, censored->mean.high, 1e-6));
  CHECK(near_relative(plain->median.low, censored->median.low, 1e-6));
  CHECK(near_relative(plain->sigma.high, censored->sigma.high, 1e-6));
}

TEST_CASE("repair_posterior: a unit of time more or less scales the times and leaves the spread") {
  const RepairTimes seconds{{60.0, 600.0, 6000.0}, {900.0}, {}};
  const RepairTimes minutes{{1.0, 10.0, 100.0}, {15.0}, {}};
  const auto s = repair_posterior(seconds, {}, 0.9);
  const auto m = repair_posterior(minutes, {}, 0.9);
  REQUIRE(s);
  REQUIRE(m);
  CHECK(near_relative(s->mean.high, 60.0 * m->mean.high, 1e-9));
  CHECK(near_relative(s->median.median, 60.0 * m->median.median, 1e-9));
  CHECK(near_relative(s->sigma.median, m->sigma.median, 1e-9));
}

TEST_CASE(
    "repair_posterior: intervals hold the mean as often as they say, also when repairs are cut "
    "off") {
  // Parameters from the prior: s^2 = 2 / gamma(2), mu normal around 0 with the variance s^2. Times above 2 are only
  // known to be above. The share is binomial with standard deviation 0.021.
  Random random(11);
  int held = 0;
  const int draws = 200;
  for (int i = 0; i < draws; ++i) {
    const double variance = 2.0 / (random.exponential() + random.exponential());
    const double mu = std::sqrt(variance) * random.normal();
    RepairTimes times;
    for (int k = 0; k < 6; ++k) {
      const double t = std::exp(mu + std::sqrt(variance) * random.normal());
      (t > 2.0 ? times.at_least : times.exact).push_back(std::min(t, 2.0));
    }
    const auto r = repair_posterior(times, {0.0, 1.0, 2.0, 2.0}, 0.9);
    REQUIRE(r);
    const double mean = std::exp(mu + variance / 2.0);
    if (r->mean.low <= mean && mean <= r->mean.high) ++held;
  }
  CHECK(std::abs(held / static_cast<double>(draws) - 0.9) < 4 * 0.021);
}

TEST_CASE("repair_posterior: too little to know is an answer") {
  CHECK_FALSE(repair_posterior({{}, {60.0}, {}}, {}, 0.9).has_value());          // the mean is open
  CHECK_FALSE(repair_posterior({{60.0}, {}, {}}, kReference, 0.9).has_value());  // the spread is
  CHECK_FALSE(repair_posterior({{60.0, 60.0}, {}, {}}, kReference, 0.9).has_value());
  CHECK(repair_posterior({{60.0}, {}, {}}, {}, 0.9).has_value());
}

TEST_CASE("trend_test: the published statistic of an improving system") {
  // System 1 of L. H. Crow's example (1974), 2000 h, with U = -2.6121 as it stands in reliability growth texts.
  const std::vector<double> times{1.2, 55.6, 72.7, 111.9, 121.9, 303.6, 326.9, 1568.4, 1913.5};
  const TestOutcome outcome = trend_test(times, 2000.0);
  CHECK(near_relative(outcome.statistic, -2.6121, 2e-5));
  CHECK(near_relative(outcome.p_value, 2.0 * normal_tail(2.6121), 1e-3));
  std::vector<double> mirrored;
  for (const double t : times) mirrored.push_back(2000.0 - t);
  CHECK(near_relative(trend_test(mirrored, 2000.0).statistic, 2.6121, 2e-5));
}

TEST_CASE("dispersion_test: variance over mean against chi-squared points") {
  // Counts 0, 2, 4, 2: the mean is 2, the sum of squares 8, the index 4 with 3 degrees of freedom.
  const TestOutcome outcome = dispersion_test({0, 2, 4, 2});
  CHECK(outcome.statistic == 4.0);
  // P(chi^2_3 > x) = 2 Q(sqrt(x)) + sqrt(2 x / pi) exp(-x / 2).
  CHECK(near_relative(outcome.p_value,
                      2.0 * normal_tail(2.0) + std::sqrt(8.0 / std::numbers::pi) * std::exp(-2.0),
                      1e-12));
  CHECK(dispersion_test({0, 12, 0, 0}).p_value < 1e-4);
  CHECK(near_relative(dispersion_test({3, 3, 3}).p_value, 1.0, 1e-12));
}

TEST_CASE("tests of constancy: a constant rate is doubted as often as the level says") {
  // 4000 periods with 20 uniform times each: 5 % have a p-value below 0.05, with a standard deviation of 0.0034.
  Random random(3);
  int trends = 0;
  int clusters = 0;
  for (int i = 0; i < 4000; ++i) {
    std::vector<double> times;
    std::vector<std::size_t> counts(5);
    for (int k = 0; k < 20; ++k) {
      times.push_back(random.uniform());
      ++counts[static_cast<std::size_t>(times.back() * 5.0)];
    }
    if (trend_test(times, 1.0).p_value < 0.05) ++trends;
    if (dispersion_test(counts).p_value < 0.05) ++clusters;
  }
  CHECK(std::abs(trends / 4000.0 - 0.05) < 4 * 0.0034);
  // The counts are whole, so that the chi-squared law is met only nearly: summed over all multinomial outcomes the share
  // is 0.05053.
  CHECK(std::abs(clusters / 4000.0 - 0.0505) < 4 * 0.0034);
}

}  // namespace haplan::model
