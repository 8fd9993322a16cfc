#include "model/uncertainty/calibration.hpp"

#include <cmath>

#include <boost/math/special_functions/gamma.hpp>

#include "model/base/contract.hpp"
#include "model/numerics/normal.hpp"

namespace haplan::model {

namespace {

/// x with P(X <= x) = p of a gamma distribution of unit scale.
double gamma_quantile(double shape, double p) { return boost::math::gamma_p_inv(shape, p); }

bool is_level(double level) { return level > 0.0 && level < 1.0; }

}  // namespace

double rate_quantile(const RatePosterior& posterior, double p) {
  HAPLAN_EXPECTS(p > 0.0 && p < 1.0);
  return gamma_quantile(posterior.events, p) / posterior.time;
}

RatePosterior rate_posterior(std::size_t events, double exposure, const RatePrior& prior,
                             double level) {
  HAPLAN_EXPECTS(exposure > 0.0 && std::isfinite(exposure) && is_level(level));
  HAPLAN_EXPECTS(prior.events >= 0.0 && prior.time >= 0.0);
  HAPLAN_EXPECTS(prior.events + static_cast<double>(events) > 0.0);
  RatePosterior posterior;
  posterior.events = prior.events + static_cast<double>(events);
  posterior.time = prior.time + exposure;
  posterior.mean = posterior.events / posterior.time;
  posterior.median = rate_quantile(posterior, 0.5);
  posterior.low = rate_quantile(posterior, (1.0 - level) / 2.0);
  posterior.high = rate_quantile(posterior, (1.0 + level) / 2.0);
  return posterior;
}

TestOutcome trend_test(const std::vector<double>& times, double window) {
  HAPLAN_EXPECTS(!times.empty() && window > 0.0);
  double sum = 0.0;
  for (const double time : times) {
    HAPLAN_EXPECTS(time >= 0.0 && time <= window);
    sum += time / window - 0.5;
  }
  TestOutcome outcome;
  outcome.statistic = sum / std::sqrt(static_cast<double>(times.size()) / 12.0);
  outcome.p_value = 2.0 * normal_tail(std::abs(outcome.statistic));
  return outcome;
}

TestOutcome dispersion_test(const std::vector<std::size_t>& counts) {
  HAPLAN_EXPECTS(counts.size() >= 2);
  double total = 0.0;
  for (const std::size_t count : counts) total += static_cast<double>(count);
  HAPLAN_EXPECTS(total > 0.0);
  const double mean = total / static_cast<double>(counts.size());
  TestOutcome outcome;
  for (const std::size_t count : counts) {
    const double deviation = static_cast<double>(count) - mean;
    outcome.statistic += deviation * deviation / mean;
  }
  const double degrees = static_cast<double>(counts.size() - 1);
  outcome.p_value = boost::math::gamma_q(degrees / 2.0, outcome.statistic / 2.0);
  return outcome;
}

}  // namespace haplan::model
