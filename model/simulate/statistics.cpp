#include "model/simulate/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "model/base/contract.hpp"
#include "model/numerics/beta.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

SimulatedFigure figure(double value, double lower, double upper, bool known) {
  return {{value, lower, upper, Method::simulated}, known, 0.0};
}

double sum_of(std::span<const double> values) {
  CompensatedSum sum;
  for (const double value : values) sum.add(value);
  return sum.value();
}

/// Standard error of sum x / sum y.
double ratio_error(std::span<const double> x, std::span<const double> y, double ratio,
                   double sum_y) {
  const auto n = static_cast<double>(x.size());
  CompensatedSum squares;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double rest = x[i] - ratio * y[i];
    squares.add(rest * rest);
  }
  return std::sqrt(squares.value() * n / (n - 1.0)) / sum_y;
}

/// How many independent trials have the variance that dependent ones show.
double independent_trials(std::span<const double> successes, std::span<const double> trials) {
  const double all = sum_of(trials);
  const double p = sum_of(successes) / all;
  if (p <= 0.0 || p >= 1.0 || successes.size() < 2) return all;
  const double error = ratio_error(successes, trials, p, all);
  const double binomial = p * (1.0 - p) / all;
  return all / std::max(1.0, error * error / binomial);
}

/// The real k at which P(at least k successes of n) falls to q, for a success probability p.
double rank_at(double n, double p, double q) {
  double low = 0.0;
  double high = n + 1.0;
  for (int step = 0; step < 100; ++step) {
    const double k = 0.5 * (low + high);
    if (k <= low || k >= high) break;
    (beta_cdf(k, n - k + 1.0, p) > q ? low : high) = k;
  }
  return high;
}

/// Groups of equal length: how many of each are at most x.
void count_groups(std::span<const double> values, std::size_t per_group, double x,
                  std::vector<double>& below, std::vector<double>& trials) {
  for (std::size_t from = 0; from < values.size(); from += per_group) {
    const auto group = values.subspan(from, std::min(per_group, values.size() - from));
    below.push_back(
        static_cast<double>(std::ranges::count_if(group, [x](double v) { return v <= x; })));
    trials.push_back(static_cast<double>(group.size()));
  }
}

}  // namespace

double relative_half_width(const SimulatedFigure& f) {
  if (!f.known || f.estimate.value <= 0.0) return kInfinite;
  return (f.estimate.upper - f.estimate.value) / f.estimate.value;
}

SimulatedFigure ratio_figure(std::span<const double> x, std::span<const double> y,
                             double confidence) {
  HAPLAN_EXPECTS(x.size() == y.size() && confidence > 0.0 && confidence < 1.0);
  const double sum_x = sum_of(x);
  const double sum_y = sum_of(y);
  if (x.size() < 2 || sum_y <= 0.0 || sum_x <= 0.0) return figure(0.0, 0.0, kInfinite, false);
  const double ratio = sum_x / sum_y;
  const double error = ratio_error(x, y, ratio, sum_y);
  const auto degrees = static_cast<double>(x.size() - 1);
  const double reach = error * student_quantile(degrees, 0.5 + 0.5 * confidence);
  SimulatedFigure result = figure(ratio, std::max(0.0, ratio - reach), ratio + reach, true);
  result.deviation = error;
  return result;
}

SimulatedFigure proportion_figure(std::span<const double> successes, std::span<const double> trials,
                                  double confidence) {
  HAPLAN_EXPECTS(successes.size() == trials.size());
  const double all = sum_of(trials);
  if (all <= 0.0) return figure(0.0, 0.0, 1.0, false);
  const double p = sum_of(successes) / all;
  const double n = independent_trials(successes, trials);
  const double k = p * n;
  const double outside = 0.5 * (1.0 - confidence);
  SimulatedFigure result = figure(p, 0.0, 1.0, true);
  if (p > 0.0) result.estimate.lower = beta_quantile(k, n - k + 1.0, outside);
  if (p < 1.0) result.estimate.upper = beta_quantile(k + 1.0, n - k, 1.0 - outside);
  result.deviation = std::sqrt(p * (1.0 - p) / n);
  return result;
}

SimulatedFigure quantile_figure(std::span<const double> values, std::size_t per_group, double p,
                                double confidence) {
  HAPLAN_EXPECTS(per_group > 0 && p > 0.0 && p < 1.0);
  if (values.empty()) return figure(0.0, 0.0, kInfinite, false);
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const auto n = static_cast<double>(sorted.size());
  const auto at_rank = [&](double rank) {  // ranks from 1
    if (rank < 1.0) return 0.0;
    return rank > n ? kInfinite : sorted[static_cast<std::size_t>(rank) - 1];
  };
  const double value = at_rank(std::max(1.0, std::ceil(p * n)));
  std::vector<double> below;
  std::vector<double> trials;
  count_groups(values, per_group, value, below, trials);
  const double independent = independent_trials(below, trials);
  const double outside = 0.5 * (1.0 - confidence);
  const double stretch = n / independent;
  const double low = std::floor(rank_at(independent, p, 1.0 - outside) * stretch);
  const double high = std::ceil(rank_at(independent, p, outside) * stretch);
  return figure(value, at_rank(low), at_rank(high), true);
}

}  // namespace haplan::model
