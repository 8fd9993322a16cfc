#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>

#include <boost/math/tools/toms748_solve.hpp>

#include "model/base/contract.hpp"
#include "model/numerics/normal.hpp"
#include "model/numerics/quadrature.hpp"
#include "model/uncertainty/calibration.hpp"

namespace haplan::model {

namespace {

constexpr double kNegligible = 45.0;     // exp(-45) = 3e-20: beyond it nothing is integrated
constexpr std::size_t kPanels = 20'000;  // of ln s, before the tail counts as not integrable
constexpr std::uintmax_t kSteps = 200;   // of a search for a quantile; bisection would need 60
constexpr double kCloseness = 1e-13;
constexpr double kReach = 9.0;      // standard deviations of mu that are integrated
constexpr double kPanelOfMu = 0.5;  // in standard deviations
constexpr double kFarTail = 30.0;   // beyond it the normal tail is taken from its expansion
const double kLogSqrtTwoPi = 0.5 * std::log(2.0 * std::acos(-1.0));

/// ln P(Z > u).
double log_tail(double u) {
  if (u < kFarTail) return std::log(normal_tail(u));
  return -0.5 * u * u - kLogSqrtTwoPi - std::log(u) + std::log1p(-1.0 / (u * u));
}

/// Density over tail of the normal law.
double hazard(double u) {
  if (u < kFarTail) return std::exp(-0.5 * u * u - kLogSqrtTwoPi) / normal_tail(u);
  return u + 1.0 / u;
}

/// Times that are equal count together: clocks with a coarse tick give many of them.
struct Censored {
  double log_time = 0.0;
  double count = 0.0;
};

/// The normal-inverse-gamma law of mu and s^2 after the exact times: mu given s is normal around `mean` with the
/// variance s^2 / weight, s^2 is inverse gamma. Censored times are factors besides.
struct Law {
  double mean = 0.0;
  double weight = 0.0;
  double shape = 0.0;
  double scale = 0.0;
  std::vector<Censored> at_least;
  std::vector<Censored> at_most;

  [[nodiscard]] bool censored() const { return !at_least.empty() || !at_most.empty(); }
};

std::vector<double> logarithms(const std::vector<double>& times) {
  std::vector<double> logs;
  for (const double time : times) {
    HAPLAN_EXPECTS(time > 0.0 && std::isfinite(time));
    logs.push_back(std::log(time));
  }
  return logs;
}

std::vector<Censored> counted(const std::vector<double>& times) {
  std::vector<double> logs = logarithms(times);
  std::ranges::sort(logs);
  std::vector<Censored> result;
  for (const double x : logs) {
    if (result.empty() || result.back().log_time != x) result.push_back({x, 0.0});
    result.back().count += 1.0;
  }
  return result;
}

Law updated(const RepairTimes& times, const RepairPrior& prior) {
  Law law;
  const std::vector<double> logs = logarithms(times.exact);
  const double n = static_cast<double>(logs.size());
  double sum = 0.0;
  for (const double x : logs) sum += x;
  const double average = logs.empty() ? prior.log_mean : sum / n;
  double squares = 0.0;
  for (const double x : logs) squares += (x - average) * (x - average);
  law.weight = prior.weight + n;
  law.mean = law.weight > 0.0 ? (prior.weight * prior.log_mean + sum) / law.weight : 0.0;
  // A flat mean takes one of the observations.
  law.shape = prior.shape + (prior.weight > 0.0 ? n : n - 1.0) / 2.0;
  law.scale = prior.scale + 0.5 * squares;
  if (law.weight > 0.0) {
    const double shift = average - prior.log_mean;
    law.scale += 0.5 * prior.weight * n / law.weight * shift * shift;
  }
  law.at_least = counted(times.at_least);
  law.at_most = counted(times.at_most);
  return law;
}

/// mu given s, as z = (mu - mean) sqrt(weight) / s: a normal density times the factors of the censored times. The
/// product is log-concave, with a curvature of at least 1.
class GivenSpread {
 public:
  GivenSpread(const Law& law, double sigma, const std::vector<QuadratureNode>& rule)
      : law_(law), sigma_(sigma), unit_(1.0 / std::sqrt(law.weight)), rule_(rule) {
    if (!law.censored()) return;
    mode_ = mode();
    peak_ = log_density(mode_);
    const int panels = static_cast<int>(2.0 * kReach / kPanelOfMu);
    below_.push_back(0.0);
    for (int i = 0; i < panels; ++i) below_.push_back(below_.back() + part(edge(i), edge(i + 1)));
  }

  /// ln of the integral over all z.
  [[nodiscard]] double log_mass() const {
    return law_.censored() ? peak_ + std::log(below_.back()) : 0.0;
  }

  /// P(mu <= x | s).
  [[nodiscard]] double cdf(double x) const {
    const double z = (x - law_.mean) / (sigma_ * unit_);
    if (!law_.censored()) return normal_cdf(z);
    if (z <= edge(0)) return 0.0;
    if (z >= mode_ + kReach) return 1.0;
    const int panel =
        std::min(static_cast<int>((z - edge(0)) / kPanelOfMu), static_cast<int>(below_.size()) - 2);
    return (below_[static_cast<std::size_t>(panel)] + part(edge(panel), z)) / below_.back();
  }

 private:
  [[nodiscard]] double edge(int i) const { return mode_ - kReach + kPanelOfMu * i; }

  /// Of a censored time with logarithm x, in standard deviations from mu.
  [[nodiscard]] double apart(double x, double z) const {
    return (x - law_.mean) / sigma_ - z * unit_;
  }

  [[nodiscard]] double log_density(double z) const {
    double sum = -0.5 * z * z - kLogSqrtTwoPi;
    for (const auto& [x, count] : law_.at_least) sum += count * log_tail(apart(x, z));
    for (const auto& [x, count] : law_.at_most) sum += count * log_tail(-apart(x, z));
    return sum;
  }

  [[nodiscard]] double slope(double z) const {
    double sum = -z;
    for (const auto& [x, count] : law_.at_least) sum += count * unit_ * hazard(apart(x, z));
    for (const auto& [x, count] : law_.at_most) sum -= count * unit_ * hazard(-apart(x, z));
    return sum;
  }

  [[nodiscard]] double mode() const {
    double low = -1.0;
    double high = 1.0;
    while (slope(low) < 0.0) low *= 2.0;
    while (slope(high) > 0.0) high *= 2.0;
    for (int i = 0; i < 60; ++i) {
      const double middle = 0.5 * (low + high);
      (slope(middle) > 0.0 ? low : high) = middle;
    }
    return 0.5 * (low + high);
  }

  [[nodiscard]] double part(double from, double to) const {
    double sum = 0.0;
    for (const QuadratureNode& node : rule_)
      sum += node.weight * std::exp(log_density(from + (to - from) * node.x) - peak_);
    return sum * (to - from);
  }

  const Law& law_;
  double sigma_;
  double unit_;  ///< standard deviation of mu, in s
  const std::vector<QuadratureNode>& rule_;
  double mode_ = 0.0;
  double peak_ = 0.0;
  std::vector<double> below_;  ///< integral up to each edge
};

/// The law of ln s in panels wide as two standard deviations without censored times.
class Spread {
 public:
  explicit Spread(const Law& law)
      : law_(law), rule_(gauss_legendre(16)), width_(1.0 / std::sqrt(law.shape)) {}

  /// False when the tail is too long.
  [[nodiscard]] bool integrate();

  /// P(mu + factor s^2 <= x).
  [[nodiscard]] double cdf_of_location(double x, double factor) const {
    double sum = 0.0;
    for (const Point& point : points_)
      sum += point.weight * point.location.cdf(x - factor * point.sigma * point.sigma);
    return sum;
  }

  /// P(ln s <= x).
  [[nodiscard]] double cdf_of_log_sigma(double x) const {
    double sum = 0.0;
    for (const Panel& panel : panels_) {
      if (x >= panel.from + width_) {
        sum += panel.mass;
      } else if (x > panel.from) {
        for (const QuadratureNode& node : rule_)
          sum += node.weight * (x - panel.from) *
                 std::exp(log_density(panel.from + (x - panel.from) * node.x) - log_total_);
      }
    }
    return sum;
  }

  [[nodiscard]] double least() const { return panels_.front().from; }
  [[nodiscard]] double largest() const { return panels_.back().from + width_; }

 private:
  struct Point {
    double sigma;
    double weight;
    GivenSpread location;
  };
  struct Panel {
    double from;
    double mass;
  };

  [[nodiscard]] double log_density(double s) const {
    return log_density(s, GivenSpread(law_, std::exp(s), small_rule_));
  }
  [[nodiscard]] double log_density(double s, const GivenSpread& location) const {
    return -2.0 * law_.shape * s - law_.scale * std::exp(-2.0 * s) + location.log_mass();
  }

  const Law& law_;
  std::vector<QuadratureNode> rule_;
  std::vector<QuadratureNode> small_rule_ = gauss_legendre(8);
  double width_;
  double log_total_ = 0.0;
  std::vector<Point> points_;
  std::vector<Panel> panels_;
};

bool Spread::integrate() {
  const double start = 0.5 * std::log(law_.scale / law_.shape);
  double highest = log_density(start);
  // Panels from `start` on in both directions, until what lies beyond does not count.
  double first = start;
  double last = start;
  for (std::size_t count = 0; count < kPanels; ++count) {
    const double up = log_density(last);
    highest = std::max(highest, up);
    if (count > 0 && up < highest - kNegligible) break;
    last += width_;
  }
  for (std::size_t count = 0; count < kPanels; ++count) {
    const double down = log_density(first);
    highest = std::max(highest, down);
    if (count > 0 && down < highest - kNegligible) break;
    first -= width_;
  }
  const auto panels = static_cast<std::size_t>(std::lround((last - first) / width_));
  if (panels >= kPanels) return false;
  std::vector<double> logs;
  for (std::size_t i = 0; i < panels; ++i) {
    const double from = first + width_ * static_cast<double>(i);
    panels_.push_back({from, 0.0});
    for (const QuadratureNode& node : rule_) {
      const double s = from + width_ * node.x;
      const double sigma = std::exp(s);
      points_.push_back({sigma, node.weight * width_, GivenSpread(law_, sigma, small_rule_)});
      logs.push_back(log_density(s, points_.back().location));
      highest = std::max(highest, logs.back());
    }
  }
  double total = 0.0;
  for (std::size_t i = 0; i < points_.size(); ++i)
    total += points_[i].weight *= std::exp(logs[i] - highest);
  for (std::size_t i = 0; i < points_.size(); ++i) {
    points_[i].weight /= total;
    panels_[i / rule_.size()].mass += points_[i].weight;
  }
  log_total_ = highest + std::log(total);
  return true;
}

/// x in [low, high] with increasing(x) = p.
double solved(const std::function<double(double)>& increasing, double p, double low, double high) {
  const auto miss = [&](double x) { return increasing(x) - p; };
  const double at_low = miss(low);
  const double at_high = miss(high);
  if (at_low >= 0.0) return low;
  if (at_high <= 0.0) return high;
  const auto close = [](double a, double b) { return b - a <= kCloseness * (1.0 + std::abs(a)); };
  std::uintmax_t steps = kSteps;
  const auto [a, b] =
      boost::math::tools::toms748_solve(miss, low, high, at_low, at_high, close, steps);
  return 0.5 * (a + b);
}

Credible credible(const std::function<double(double)>& cdf_of_log, double level, double low,
                  double high) {
  const auto at = [&](double p) { return std::exp(solved(cdf_of_log, p, low, high)); };
  return {at(0.5), at((1.0 - level) / 2.0), at((1.0 + level) / 2.0)};
}

/// The same of mu + factor s^2, whose range is widened until it holds the quantiles.
Credible credible_location(const Spread& spread, double factor, double around, double level) {
  const auto cdf = [&](double x) { return spread.cdf_of_location(x, factor); };
  double reach = 1.0;
  while (cdf(around - reach) > (1.0 - level) / 2.0 || cdf(around + reach) < (1.0 + level) / 2.0)
    reach *= 2.0;
  return credible(cdf, level, around - reach, around + reach);
}

}  // namespace

Result<RepairPosterior> repair_posterior(const RepairTimes& times, const RepairPrior& prior,
                                         double level) {
  HAPLAN_EXPECTS(level > 0.0 && level < 1.0);
  HAPLAN_EXPECTS(prior.weight >= 0.0 && prior.shape >= 0.0 && prior.scale >= 0.0);
  const Law law = updated(times, prior);
  if (law.weight <= 0.0)
    return tl::make_unexpected(
        Error{Fault::invalid_input, "no repair was seen from begin to end", {}});
  if (law.shape <= 0.0 || law.scale <= 0.0)
    return tl::make_unexpected(
        Error{Fault::invalid_input, "the repair times leave their spread unknown", {}});
  Spread spread(law);
  if (!spread.integrate())
    return tl::make_unexpected(
        Error{Fault::budget_exhausted, "the spread of the repair times is too uncertain", {}});
  RepairPosterior posterior;
  posterior.median = credible_location(spread, 0.0, law.mean, level);
  posterior.mean = credible_location(spread, 0.5, law.mean, level);
  posterior.sigma = credible([&](double x) { return spread.cdf_of_log_sigma(x); }, level,
                             spread.least(), spread.largest());
  return posterior;
}

}  // namespace haplan::model
