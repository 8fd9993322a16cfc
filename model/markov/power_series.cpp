#include "model/markov/power_series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"
#include "model/markov/poisson.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kUnit = std::numeric_limits<double>::epsilon() / 2;

struct Range {
  double lower = 0.0;
  double upper = kInfinity;
};

/// What multiplies the k-th power.
class Coefficients {
 public:
  Coefficients(PoissonWeights poisson, bool integrated, double rate)
      : poisson_(std::move(poisson)), integrated_(integrated), scale_(integrated ? 1 / rate : 1) {}

  std::size_t last() const { return poisson_.last(); }
  double mean() const { return poisson_.mean(); }
  double relative_error() const { return poisson_.relative_error() + 4 * kUnit; }

  double at(std::size_t k) const {
    return scale_ * (integrated_ ? poisson_.at_least(k + 1) : poisson_.weight(k));
  }
  /// Sum of at(j) over j > k.
  double beyond(std::size_t k) const {
    return scale_ * (integrated_ ? poisson_.excess(k + 1) : poisson_.at_least(k + 1));
  }
  /// Sum of all, or a little more.
  double all() const { return at(0) + beyond(0) + scale_; }
  /// What the window leaves out of sums over all k. Tails of tails beyond the window are at most
  /// 1e5 times the first for every mean allowed.
  double omitted() const {
    return scale_ * (poisson_.omitted_below() * static_cast<double>(poisson_.first() + 1) +
                     1e5 * poisson_.omitted_above());
  }

  /// Sum of at(k + m) ratio^m over m >= 0.
  double geometric(std::size_t k, double ratio) const {
    double sum = 0.0;
    double power = 1.0;
    const std::size_t first = poisson_.first();
    if (k < first) {
      const auto count = static_cast<double>(first - k);
      const double log_ratio = std::log(ratio);
      if (integrated_) {
        sum = ratio == 1.0 ? count : std::expm1(count * log_ratio) / (ratio - 1.0);
      }
      power = std::exp(count * log_ratio);
      k = first;
    }
    for (; k <= last() && power > 0.0; ++k) {
      sum += (integrated_ ? poisson_.at_least(k + 1) : poisson_.weight(k)) * power;
      power *= ratio;
      if (std::isinf(power)) return kInfinity;
    }
    return scale_ * sum;
  }

 private:
  PoissonWeights poisson_;
  bool integrated_;
  double scale_;
};

/// Least and greatest ratio of entries that are not both 0.
Range ratios(const std::vector<double>& before, const std::vector<double>& after) {
  Range range{kInfinity, 0.0};
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == 0.0 && after[i] == 0.0) continue;
    const double ratio = before[i] == 0.0 ? kInfinity : after[i] / before[i];
    range.lower = std::min(range.lower, ratio);
    range.upper = std::max(range.upper, ratio);
  }
  return range.lower <= range.upper ? range : Range{0.0, 0.0};
}

/// The rest of the sum, from the power k + 1 on, given the vectors of the powers k and k + 1.
class Rest {
 public:
  Rest(const PowerSeries& series, const Coefficients& coefficients)
      : series_(series), coefficients_(coefficients) {}

  Range bound(std::size_t k, const std::vector<double>& at_k, const std::vector<double>& next,
              double dot_next, bool detect) const {
    const double step_error = series_.matrix.step_error;
    const double so_far = static_cast<double>(k + 1) * step_error;
    const double to_the_end = static_cast<double>(coefficients_.last() + 1) * step_error;
    const double beyond = coefficients_.beyond(k);
    Range rest{0.0, kInfinity};
    if (next.empty()) return {0.0, 0.0};
    const auto [least, greatest] = std::minmax_element(next.begin(), next.end());
    rest.upper = beyond * *greatest * (1 + so_far);
    if (!detect) return rest;
    if (series_.conserves) rest.lower = std::max(0.0, beyond * *least * (1 - so_far));

    const Range ratio = ratios(at_k, next);
    // The vectors are rounded but their ratios bound P to within one step's error.
    const double above = ratio.upper * (1 + 2 * step_error);
    const double under = ratio.lower * (1 - 2 * step_error);
    if (std::isfinite(above)) {
      rest.upper = std::min(
          rest.upper, dot_next * coefficients_.geometric(k + 1, above) * (1 + to_the_end + 1e-13));
    }
    if (under > 0.0 && std::isfinite(under)) {
      rest.lower = std::max(
          rest.lower, dot_next * coefficients_.geometric(k + 1, under) * (1 - to_the_end - 1e-13));
    }
    return rest;
  }

 private:
  const PowerSeries& series_;
  const Coefficients& coefficients_;
};

double dot(const std::vector<std::pair<std::size_t, double>>& sparse,
           const std::vector<double>& values) {
  CompensatedSum sum;
  for (const auto& [index, weight] : sparse) sum.add(weight * values[index]);
  return sum.value();
}

Error too_wide(const Estimate& reached) {
  return {Fault::not_converged,
          "uniformisation knows no more than " + std::to_string(reached.lower) + " to " +
              std::to_string(reached.upper) + " at this tolerance",
          ""};
}

bool good_enough(const Estimate& estimate, const UniformisationOptions& options) {
  const double half = (estimate.upper - estimate.lower) / 2;
  return half <= std::max(options.relative_tolerance * estimate.lower, options.absolute_tolerance);
}

/// How many steps to make until the rest is looked at again: rarely at first, since a look costs
/// about a step, and a few times a standard deviation towards the end.
std::size_t stride(std::size_t k, double mean) {
  const double wish = std::min(static_cast<double>(k) / 16, std::sqrt(mean) / 4);
  return std::max<std::size_t>(1, static_cast<std::size_t>(wish));
}

}  // namespace

Result<ChainFigure> sum_of(const PowerSeries& series, double t,
                           const UniformisationOptions& options) {
  const Uniformised& matrix = series.matrix;
  if (matrix.rate == 0.0 || t == 0.0) {  // nothing moves: the values of the start
    CompensatedSum sum;
    for (std::size_t i = 0; i < matrix.size(); ++i) sum.add(series.initial[i] * series.values[i]);
    return ChainFigure{Estimate::exactly(sum.value() * (series.integrated ? t : 1.0))};
  }
  Result<PoissonWeights> poisson = poisson_weights(matrix.rate, t);
  if (!poisson) return tl::unexpected(poisson.error());
  const Coefficients coefficients(std::move(*poisson), series.integrated, matrix.rate);
  const Rest rest(series, coefficients);
  std::vector<std::pair<std::size_t, double>> initial;
  for (std::size_t i = 0; i < series.initial.size(); ++i) {
    if (series.initial[i] > 0.0) initial.emplace_back(i, series.initial[i]);
  }
  const double greatest =
      series.values.empty() ? 0.0 : *std::max_element(series.values.begin(), series.values.end());

  std::vector<double> now = series.values;
  std::vector<double> next(now.size());
  CompensatedSum sum;
  Estimate estimate;
  std::size_t look = 0;
  for (std::size_t k = 0;; ++k) {
    may_abandon();
    sum.add(coefficients.at(k) * dot(initial, now));
    matrix.multiply(now, next);
    if (k == look || k == coefficients.last()) {
      look = k + stride(k, coefficients.mean());
      const Range more = rest.bound(k, now, next, dot(initial, next), options.detect);
      const double error =
          static_cast<double>(k) * matrix.step_error + coefficients.relative_error() + 4 * kUnit;
      // Products that underflow lose at most a denormal each, and P makes nothing grow.
      const double lost = static_cast<double>(k + 1) * std::numeric_limits<double>::min() * (1 + t);
      estimate.lower = std::max(
          0.0, sum.value() * (1 - error) + more.lower * (1 - coefficients.relative_error()) - lost);
      estimate.upper = sum.value() * (1 + error) +
                       more.upper * (1 + coefficients.relative_error()) +
                       coefficients.omitted() * greatest + lost;
      if (greatest == 0.0) estimate.upper = 0.0;
      estimate.value = estimate.lower + (estimate.upper - estimate.lower) / 2;
      estimate.method = Method::bounded;
      if (good_enough(estimate, options)) return ChainFigure{estimate, k + 1};
      const bool hopeless = options.absolute_tolerance == 0.0 && error > options.relative_tolerance;
      if (k >= coefficients.last() || hopeless) return tl::unexpected(too_wide(estimate));
    }
    if (k + 1 >= options.step_limit) {
      return tl::unexpected(
          Error{Fault::budget_exhausted, "uniformisation needs more steps than allowed", ""});
    }
    std::swap(now, next);
  }
}

namespace {

/// One sum of a forward pass: sum over k of c_k (x_k f).
class Functional {
 public:
  Functional(const std::vector<double>& f, const PoissonWeights& poisson, bool integrated,
             double rate)
      : f_(f),
        greatest_(*std::max_element(f.begin(), f.end())),
        coefficients_(poisson, integrated, rate) {}

  void add(std::size_t k, const std::vector<double>& x) {
    sum_.add(coefficients_.at(k) * product(x));
  }
  double product(const std::vector<double>& x) const {
    CompensatedSum sum;
    for (std::size_t i = 0; i < x.size(); ++i) sum.add(x[i] * f_[i]);
    return sum.value();
  }
  /// The whole sum, given x_{k+1}, bounds of the ratio of all later neighbours, and the relative
  /// error of everything.
  Range bound(std::size_t k, const std::vector<double>& next, const Range& ratio,
              double error) const {
    const double now = product(next);
    Range rest;
    if (now == 0.0 && std::isfinite(ratio.upper)) rest.upper = 0.0;
    if (now > 0.0 && std::isfinite(ratio.upper)) {
      rest.upper = now * coefficients_.geometric(k + 1, ratio.upper);
    }
    if (now > 0.0 && ratio.lower > 0.0) {
      rest.lower = now * coefficients_.geometric(k + 1, ratio.lower);
    }
    const double lost = greatest_ * (coefficients_.omitted() +
                                     static_cast<double>(k + 1) *
                                         std::numeric_limits<double>::min() * coefficients_.all());
    error += coefficients_.relative_error() + 8 * kUnit + 1e-13;
    return {std::max(0.0, (sum_.value() + rest.lower) * (1 - error) - lost),
            (sum_.value() + rest.upper) * (1 + error) + lost};
  }

 private:
  const std::vector<double>& f_;
  double greatest_;
  Coefficients coefficients_;
  CompensatedSum sum_;
};

}  // namespace

Result<ChainFigure> sum_of(const LeakySeries& series, double t,
                           const UniformisationOptions& options) {
  const Uniformised& matrix = series.by_columns;
  HAPLAN_EXPECTS(matrix.rate > 0.0);
  const Result<PoissonWeights> poisson = poisson_weights(matrix.rate, t);
  if (!poisson) return tl::unexpected(poisson.error());
  Functional figure(series.values, *poisson, series.integrated, matrix.rate);
  Functional leak(series.leaks, *poisson, true, matrix.rate);
  std::vector<double> now = series.initial;
  std::vector<double> next(now.size());
  std::size_t look = 0;
  for (std::size_t k = 0; k + 1 < options.step_limit; ++k) {
    may_abandon();
    figure.add(k, now);
    leak.add(k, now);
    matrix.multiply(now, next);
    if (k == look || k == poisson->last()) {
      look = k + stride(k, poisson->mean());
      Range ratio = ratios(now, next);
      if (!options.detect) ratio = {0.0, k < poisson->last() ? kInfinity : 0.0};
      ratio.lower *= 1 - 2 * matrix.step_error;
      ratio.upper *= 1 + 2 * matrix.step_error;
      const double error = static_cast<double>(poisson->last() + 1) * matrix.step_error;
      const Range kept = figure.bound(k, next, ratio, error);
      const Range lost = leak.bound(k, next, ratio, error);
      Estimate estimate{0.0, kept.lower, kept.upper + lost.upper * series.most, Method::bounded};
      estimate.value = estimate.lower + (estimate.upper - estimate.lower) / 2;
      if (good_enough(estimate, options)) return ChainFigure{estimate, k + 1, now.size()};
      // No step makes up for rounding, nor for what has leaked already.
      const bool hopeless =
          error > options.relative_tolerance ||
          lost.lower * series.most >
              2 * std::max(options.relative_tolerance * estimate.upper, options.absolute_tolerance);
      if (k >= poisson->last() || (hopeless && options.absolute_tolerance == 0.0)) {
        return tl::unexpected(too_wide(estimate));
      }
    }
    std::swap(now, next);
  }
  return tl::unexpected(
      Error{Fault::budget_exhausted, "uniformisation needs more steps than allowed", ""});
}

}  // namespace haplan::model
