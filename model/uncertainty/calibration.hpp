#pragma once

#include <cstddef>
#include <vector>

#include "model/base/result.hpp"

/// From observations to what is known of a failure rate and of a repair time. Times in seconds, rates per second.
namespace haplan::model {

/// What was known of a rate before: a gamma distribution, as if `events` had been seen within `time`.
struct RatePrior {
  double events = 0.5;  ///< shape; 1/2 with time 0 is the prior of Jeffreys, 1 the flat one
  double time = 0.0;    ///< [s]
};

/// A gamma distribution of the rate, and what is read off it.
struct RatePosterior {
  double events = 0.0;  ///< shape
  double time = 0.0;    ///< [s]
  double mean = 0.0;    ///< [1/s]
  double median = 0.0;
  double low = 0.0;  ///< equal-tailed interval
  double high = 0.0;
};

/// A failure rate after so many events of a Poisson process.
///
///   events    seen, >= 0; none is an observation, too
///   exposure  [s], > 0: the time in which one more would have been seen
///   level     probability of the interval, in (0, 1)
///   returns   the gamma distribution with shape prior.events + events and time prior.time + exposure
///   source    conjugate update: [GCSR] section 2.6; prior of Jeffreys: [NUREG6823] section 6.2.2.5
RatePosterior rate_posterior(std::size_t events, double exposure, const RatePrior& prior,
                             double level);

/// The rate that is not exceeded with probability p, in (0, 1). [1/s]
double rate_quantile(const RatePosterior& posterior, double p);

/// What was known of the logarithm of a repair time before: normal around `log_mean` with the variance s^2 / weight,
/// where s^2 is inverse gamma with shape and scale. Weight 0: any mean is as likely as any other.
struct RepairPrior {
  double log_mean = 0.0;
  double weight = 0.0;  ///< counts as so many observations of the mean
  double shape = 2.0;   ///< counts as twice as many observations of the spread
  double scale = 2.0;
};

/// Repair times as they were observed. [s], > 0
struct RepairTimes {
  std::vector<double> exact;
  std::vector<double> at_least;  ///< still going on when the observation ended
  std::vector<double> at_most;   ///< over before the clock showed another time
};

struct Credible {
  double median = 0.0;
  double low = 0.0;  ///< equal-tailed interval
  double high = 0.0;
};

struct RepairPosterior {
  Credible mean;    ///< of the mean repair time exp(mu + s^2 / 2) [s]
  Credible median;  ///< of the median repair time exp(mu) [s]
  Credible sigma;   ///< of s, the spread of the logarithm
};

/// Repair times as a lognormal law whose two parameters are not known.
///
/// The mean of a lognormal law has no posterior mean (its tail is heavier than any power), so that its median stands
/// for it. Without censored times the distribution of mu given s is normal; with them it is integrated.
///
///   level    probability of the intervals, in (0, 1)
///   error    1e-7 relative: Gauss-Legendre over ln s and, with censored times, over mu
///   fails    invalid_input when the observations and the prior leave mean or spread unknown; budget_exhausted when
///            the spread has so heavy a tail that it cannot be integrated
///   cost     O(panels * (1 + times censored)), some milliseconds
///   source   conjugate update: [GCSR] section 3.3
Result<RepairPosterior> repair_posterior(const RepairTimes& times, const RepairPrior& prior,
                                         double level);

/// A test and how likely a statistic as large is when the rate is constant.
struct TestOutcome {
  double statistic = 0.0;
  double p_value = 1.0;
};

/// Do failures become more (statistic > 0) or less frequent? The test of Laplace, two-sided.
///
///   times   [s] from the start of the observation, within [0, window]; at least one
///   source  [CL66] section 3.3: the mean of n uniform times is normal, well from four times on
TestOutcome trend_test(const std::vector<double>& times, double window);

/// Do failures come in clusters? The index of dispersion of counts in equal intervals, one-sided.
///
///   counts  of at least two intervals, not all zero
///   source  [CL66] section 6.3: (m - 1) times the variance over the mean is chi-squared
TestOutcome dispersion_test(const std::vector<std::size_t>& counts);

}  // namespace haplan::model
