#include "model/numerics/beta.hpp"

#include <cmath>
#include <limits>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

/// lgamma writes the sign to a global; the reentrant one is what threads may call.
double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

/// The continued fraction of I_x(a, b) a / (x^a (1 - x)^b / B(a, b)): converges fast for
/// x < (a + 1) / (a + b + 2).
double fraction(double a, double b, double x) {
  constexpr double kTiny = std::numeric_limits<double>::min() / 1e-30;
  constexpr double kEnough = 1e-16;
  constexpr int kMostSteps = 100'000;
  const auto away_from_zero = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double c = 1.0;
  double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
  double result = d;
  for (int i = 1; i <= kMostSteps; ++i) {
    const double m = i;
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    d = 1.0 / away_from_zero(1.0 + even * d);
    c = away_from_zero(1.0 + even / c);
    result *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    d = 1.0 / away_from_zero(1.0 + odd * d);
    c = away_from_zero(1.0 + odd / c);
    const double change = d * c;
    result *= change;
    if (std::abs(change - 1.0) < kEnough) break;
  }
  return result;
}

/// I_x(a, b) from the side where the fraction converges.
double lower_tail(double a, double b, double x, double complement) {
  const double log_front =
      a * std::log(x) + b * std::log(complement) + log_gamma(a + b) - log_gamma(a) - log_gamma(b);
  return std::exp(log_front) * fraction(a, b, x) / a;
}

/// I_x(a, b) with 1 - x given, so that neither end loses its digits.
double beta_cdf_of(double a, double b, double x, double complement) {
  if (x <= 0.0) return 0.0;
  if (complement <= 0.0) return 1.0;
  if (x < (a + 1.0) / (a + b + 2.0)) return lower_tail(a, b, x, complement);
  return 1.0 - lower_tail(b, a, complement, x);
}

}  // namespace

double beta_cdf(double a, double b, double x) {
  HAPLAN_EXPECTS(a > 0.0 && b > 0.0 && x >= 0.0 && x <= 1.0);
  return beta_cdf_of(a, b, x, 1.0 - x);
}

double beta_quantile(double a, double b, double p) {
  HAPLAN_EXPECTS(a > 0.0 && b > 0.0 && p >= 0.0 && p <= 1.0);
  if (p == 0.0) return 0.0;
  if (p == 1.0) return 1.0;
  double low = 0.0;
  double high = 1.0;
  while (true) {
    // Near zero half-way between exponents, or a tiny quantile would need a thousand steps.
    const double middle = low > 0.0 && high > 4.0 * low ? std::sqrt(low) * std::sqrt(high)
                          : low == 0.0 && high > 1e-300 ? high * 0x1p-8
                                                        : low + 0.5 * (high - low);
    if (middle <= low || middle >= high) return high;
    (beta_cdf(a, b, middle) < p ? low : high) = middle;
  }
}

double student_quantile(double degrees, double p) {
  HAPLAN_EXPECTS(degrees > 0.0 && p > 0.0 && p < 1.0);
  if (p == 0.5) return 0.0;
  if (p > 0.5) return -student_quantile(degrees, 1.0 - p);
  // P(T < -t) = I_x(degrees/2, 1/2) / 2 with x = degrees / (degrees + t^2); near the middle x is
  // close to 1, so the search is for y = 1 - x there.
  if (p < 0.25) {
    const double x = beta_quantile(0.5 * degrees, 0.5, 2.0 * p);
    return -std::sqrt(degrees * (1.0 - x) / x);
  }
  const double y = beta_quantile(0.5, 0.5 * degrees, 1.0 - 2.0 * p);
  return -std::sqrt(degrees * y / (1.0 - y));
}

}  // namespace haplan::model
