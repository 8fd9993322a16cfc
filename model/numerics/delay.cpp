#include "model/numerics/delay.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "model/base/contract.hpp"
#include "model/numerics/normal.hpp"

namespace haplan::model {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double log_median(const Stage& s) { return std::log(s.mean) - s.sigma * s.sigma / 2.0; }
double standardized(const Stage& s, double x) { return (std::log(x) - log_median(s)) / s.sigma; }

double head_of(const Stage& s, double x) {
  if (x <= 0.0) return 0.0;
  return s.kind == Stage::Kind::exponential ? -std::expm1(-x / s.mean)
                                            : normal_cdf(standardized(s, x));
}

double tail_of(const Stage& s, double x) {
  if (x <= 0.0) return 1.0;
  return s.kind == Stage::Kind::exponential ? std::exp(-x / s.mean)
                                            : normal_tail(standardized(s, x));
}

/// Probability of an interval of z, from the tails that cancel less.
double normal_between(double low, double high) {
  return low > 0.0 ? normal_tail(low) - normal_tail(high) : normal_cdf(high) - normal_cdf(low);
}

struct Cell {
  double probability = 0.0;
  double mean = 0.0;  ///< conditional
};

Cell cell_of(const Stage& s, double a, double b) {
  Cell cell;
  if (s.kind == Stage::Kind::exponential) {
    const double x = (b - a) / s.mean;
    cell.probability = std::exp(-a / s.mean) * -std::expm1(-x);
    // E[X; X < x] of a cut exponential; its series where the closed form cancels.
    const double in_cell = x < 1e-3 ? x / 2.0 - x * x / 12.0 : 1.0 - x / std::expm1(x);
    cell.mean = a + s.mean * in_cell;
  } else {
    const double za = a > 0.0 ? standardized(s, a) : -kInfinity;
    const double zb = standardized(s, b);
    cell.probability = std::max(0.0, normal_between(za, zb));
    const double part = s.mean * normal_between(za - s.sigma, zb - s.sigma);
    cell.mean = cell.probability > 0.0 ? part / cell.probability : (a + b) / 2.0;
  }
  cell.mean = std::clamp(cell.mean, a, b);
  return cell;
}

/// Largest value of a stage's density.
double height_of(const Stage& s) {
  if (s.kind == Stage::Kind::exponential) return 1.0 / s.mean;
  const double mode = std::exp(log_median(s) - s.sigma * s.sigma);
  return std::exp(-s.sigma * s.sigma / 2.0) * std::numbers::inv_sqrtpi /
         (std::numbers::sqrt2 * s.sigma * mode);
}

/// Largest slope of a stage's density where it is smooth.
double slope_of(const Stage& s) {
  if (s.kind == Stage::Kind::exponential) return 1.0 / (s.mean * s.mean);
  // f' = -phi(z) (1 + z/sigma) / (sigma x^2) is extreme where z^2 + 3 sigma z + 2 sigma^2 = 1.
  double most = 0.0;
  for (const double sign : {-1.0, 1.0}) {
    const double z = (-3.0 * s.sigma + sign * std::sqrt(s.sigma * s.sigma + 4.0)) / 2.0;
    const double x = std::exp(log_median(s) + s.sigma * z);
    const double phi = std::exp(-z * z / 2.0) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
    most = std::max(most, phi * std::abs(1.0 + z / s.sigma) / (s.sigma * x * x));
  }
  return most;
}

}  // namespace

Stage Stage::fixed(double time) {
  HAPLAN_EXPECTS(time >= 0.0 && std::isfinite(time));
  return {Kind::fixed, time, 0.0, time, 0.0};
}

Stage Stage::uniform(double low, double high) {
  HAPLAN_EXPECTS(low >= 0.0 && high >= low && std::isfinite(high));
  if (low == high) return fixed(low);
  return {Kind::uniform, low, high - low, (low + high) / 2.0, 0.0};
}

Stage Stage::exponential(double mean) {
  HAPLAN_EXPECTS(mean >= 0.0 && std::isfinite(mean));
  if (mean == 0.0) return fixed(0.0);
  return {Kind::exponential, 0.0, 0.0, mean, 0.0};
}

Stage Stage::lognormal(double mean, double sigma) {
  HAPLAN_EXPECTS(mean >= 0.0 && sigma >= 0.0 && std::isfinite(mean) && std::isfinite(sigma));
  if (mean == 0.0 || sigma == 0.0) return fixed(mean);
  return {Kind::lognormal, 0.0, 0.0, mean, sigma};
}

Delay::Delay(const std::vector<Stage>& stages) : stages_(stages), uniform_({}) {
  for (const Stage& s : stages) {
    mean_ += s.mean;
    least_ += s.low;
    if (s.kind == Stage::Kind::uniform) widths_.push_back(s.width);
    if (s.kind == Stage::Kind::exponential || s.kind == Stage::Kind::lognormal)
      smooth_.push_back(s);
  }
  uniform_ = UniformSum(widths_);
  std::ranges::stable_sort(smooth_, {}, &Stage::kind);
}

double Delay::worst() const { return smooth_.empty() ? least_ + uniform_.total() : kInfinity; }

bool Delay::exact() const { return smooth_.empty() || (smooth_.size() == 1 && widths_.empty()); }

Estimate Delay::at_most(double t) const { return estimate(t, false); }
Estimate Delay::above(double t) const { return estimate(t, true); }

Estimate Delay::estimate(double t, bool tail) const {
  const double late = tail ? 0.0 : 1.0;
  if (t == kInfinity) return Estimate::exactly(late);
  const Bounds b = tail_or_head(0, t - least_, tail);
  if (exact() || b.error == 0.0) return Estimate::exactly(std::clamp(b.value, 0.0, 1.0));
  return {std::clamp(b.value, 0.0, 1.0), std::max(0.0, b.value - b.error),
          std::min(1.0, b.value + b.error), Method::bounded};
}

/// Of the uniform stages and the smooth ones from `smooth` on, without least_.
Delay::Bounds Delay::tail_or_head(std::size_t smooth, double t, bool tail) const {
  if (smooth == smooth_.size()) return {tail ? uniform_.above(t) : uniform_.at_most(t), 0.0};
  if (t <= 0.0) return {tail ? 1.0 : 0.0, 0.0};
  if (smooth + 1 == smooth_.size() && widths_.empty())
    return {tail ? tail_of(smooth_[smooth], t) : head_of(smooth_[smooth], t), 0.0};
  return over_cells(smooth, t, tail);
}

Delay::Bounds Delay::over_cells(std::size_t smooth, double t, bool tail) const {
  const Stage& stage = smooth_[smooth];
  const bool rest_bounded = smooth + 1 == smooth_.size();
  // Within [from, t] the rest decides; before it the rest is surely over, beyond t nothing is.
  const double from = rest_bounded ? std::max(0.0, t - uniform_.total()) : 0.0;
  Bounds sum{tail ? tail_of(stage, t) : head_of(stage, from), 0.0};

  const double slope = steepest_density(smooth + 1);
  // Nested integrals multiply their cells; together they may have about as many as one alone.
  constexpr double kMostCells = 1024.0;
  constexpr double kError = 1e-9;
  const double most =
      std::pow(kMostCells * kMostCells, 1.0 / (static_cast<double>(smooth_.size()) + 1.0));
  const double wanted = std::ceil((t - from) * std::sqrt(slope / (8.0 * kError)));
  const auto cells = static_cast<int>(std::clamp(wanted, 1.0, std::max(1.0, std::floor(most))));
  double a = from;
  Bounds at_a = tail_or_head(smooth + 1, t - a, tail);
  for (int i = 1; i <= cells; ++i) {
    const double b = i == cells ? t : from + (t - from) * i / cells;
    const Cell cell = cell_of(stage, a, b);
    const Bounds rest = tail_or_head(smooth + 1, t - cell.mean, tail);
    const Bounds at_b = tail_or_head(smooth + 1, t - b, tail);
    const double change = std::abs(at_a.value - at_b.value) + at_a.error + at_b.error + rest.error;
    const double curved = slope * (b - a) * (b - a) / 8.0 + rest.error;
    sum.value += cell.probability * rest.value;
    sum.error += cell.probability * std::min(change, curved);
    a = b;
    at_a = at_b;
  }
  return sum;
}

/// Largest slope of the density of the uniform stages and the smooth ones from `smooth` on, inside its
/// support when there is only one stage.
double Delay::steepest_density(std::size_t smooth) const {
  std::vector<double> heights;
  for (const double w : widths_) heights.push_back(1.0 / w);
  for (std::size_t i = smooth; i < smooth_.size(); ++i) heights.push_back(height_of(smooth_[i]));
  if (heights.size() == 1) return widths_.empty() ? slope_of(smooth_.back()) : 0.0;
  std::ranges::sort(heights);
  return 2.0 * heights[0] * heights[1];
}

std::vector<double> Delay::knots() const {
  constexpr std::size_t kMostWidths = 12;
  HAPLAN_EXPECTS(smooth_.empty() && widths_.size() <= kMostWidths);
  std::vector<double> knots{least_};
  for (const double w : widths_) {
    const std::size_t known = knots.size();
    for (std::size_t i = 0; i < known; ++i) knots.push_back(knots[i] + w);
    std::ranges::sort(knots);
    const auto rest = std::ranges::unique(knots);
    knots.erase(rest.begin(), rest.end());
  }
  return knots;
}

}  // namespace haplan::model
