#pragma once

#include <variant>

#include "model/base/result.hpp"

/// One delay that is not exponential: what a phase type stands in for. Sums of them are
/// model/numerics/delay.hpp.
namespace haplan::model {

struct FixedDelay {
  double value = 0.0;  ///< [s], > 0
};

struct UniformDelay {
  double from = 0.0;  ///< [s], >= 0
  double to = 0.0;    ///< [s], > from
};

/// exp(m + sigma Z) with m = log(mean) - sigma^2 / 2.
struct LognormalDelay {
  double mean = 0.0;   ///< [s], > 0
  double sigma = 0.0;  ///< > 0, at most 5
};

using SingleDelay = std::variant<FixedDelay, UniformDelay, LognormalDelay>;

/// fails    invalid_input for a number outside the ranges above
Result<void> check_delay(const SingleDelay& delay);

double mean_of(const SingleDelay& delay);      ///< [s]
double variance_of(const SingleDelay& delay);  ///< [s^2]

/// E[X^3] of a lognormal delay [s^3].
double third_moment_of(const LognormalDelay& delay);

/// P(X <= t), and P(X < t): they differ where a fixed delay ends.
///   t        [s], >= 0
///   error    a few units of rounding
double cdf(const SingleDelay& delay, double t);
double cdf_before(const SingleDelay& delay, double t);

/// E[max(X - t, 0)] [s].
///   error    a few units of rounding of E[X]
double expected_excess(const SingleDelay& delay, double t);

/// A time after which neither P(X > t) nor E[max(X - t, 0)] / E[X] exceeds 1e-10.
double horizon_of(const SingleDelay& delay);

}  // namespace haplan::model
