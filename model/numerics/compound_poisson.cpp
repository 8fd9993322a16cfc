#include "model/numerics/compound_poisson.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

/// Beyond this the recursion is scaled down, so that neither many jumps nor few overflow or vanish.
constexpr double kLarge = 1e250;

constexpr int kDeepest = 24;
constexpr double kNearlyAll = 0.999;

/// Panjer's recursion for a Poisson number: g_0 = exp(f_0 - L), k g_k = sum_j j f_j g_(k-j), with f the expected number
/// of jumps of each size and L of all; returned as the running sum.
std::vector<double> running_sum(const std::vector<double>& jumps, double expected) {
  std::vector<double> mass{1.0};
  double log_scale = jumps[0] - expected;
  for (std::size_t k = 1; k < jumps.size(); ++k) {
    double sum = 0.0;
    for (std::size_t j = 1; j <= k; ++j) sum += static_cast<double>(j) * jumps[j] * mass[k - j];
    mass.push_back(sum / static_cast<double>(k));
    if (mass.back() <= kLarge) continue;
    for (double& value : mass) value /= kLarge;
    log_scale += std::log(kLarge);
  }
  const double scale = std::exp(log_scale);
  double total = 0.0;
  for (double& value : mass) value = total += value * scale;
  return mass;
}

/// Mean of the law between `low` and `high`: halves are taken as even, but a half that holds nearly all is looked into,
/// for laws have steps.
double center(const std::function<double(double)>& at_most, double low, double high, double below,
              double until) {
  for (int depth = 0; depth < kDeepest; ++depth) {
    const double middle = 0.5 * (low + high);
    const double at = at_most(middle);
    const double left = (at - below) / (until - below);
    if (left > kNearlyAll) {
      high = middle;
      until = at;
    } else if (left < 1.0 - kNearlyAll) {
      low = middle;
      below = at;
    } else {
      return low + (high - low) * (0.25 * left + 0.75 * (1.0 - left));
    }
  }
  return high;
}

struct Moments {
  double mass = 0.0;
  double first = 0.0;
  double second = 0.0;
};

/// Moments of the law between `low` and `high`. Pieces are halved `depth` times and then taken as even; a half that holds
/// nearly all is looked into further, for laws have steps.
Moments moments(const std::function<double(double)>& at_most, double low, double high, double below,
                double until, int depth, int deepest) {
  const double mass = until - below;
  if (mass <= 0.0) return {};
  const double middle = 0.5 * (low + high);
  if (depth == 0 || deepest == 0) {
    const double width = high - low;
    return {mass, mass * middle, mass * (middle * middle + width * width / 12.0)};
  }
  const double at = at_most(middle);
  const double left = (at - below) / mass;
  const int then = left > kNearlyAll || left < 1.0 - kNearlyAll ? depth : depth - 1;
  const Moments a = moments(at_most, low, middle, below, at, then, deepest - 1);
  const Moments b = moments(at_most, middle, high, at, until, then, deepest - 1);
  return {mass, a.first + b.first, a.second + b.second};
}

/// Above this a law lies within the grid.
constexpr double kWhole = 1.0 - 1e-9;

/// Where steps are long the mean within each is only roughly known: jumps too many become jumps of 0.
void keep_mean(std::vector<double>& masses, double mean) {
  double now = 0.0;
  for (std::size_t k = 1; k < masses.size(); ++k) now += static_cast<double>(k) * masses[k];
  if (now <= mean) return;
  const double share = mean / now;
  for (std::size_t k = 1; k < masses.size(); ++k) {
    masses[0] += (1.0 - share) * masses[k];
    masses[k] *= share;
  }
}

std::size_t first_at_least(const std::vector<double>& cumulative, double p) {
  return static_cast<std::size_t>(std::ranges::lower_bound(cumulative, p) - cumulative.begin());
}

}  // namespace

CompoundPoisson::CompoundPoisson(std::vector<Jumps> kinds) : kinds_(std::move(kinds)) {
  std::erase_if(kinds_, [](const Jumps& kind) { return kind.expected <= 0.0 || kind.mean <= 0.0; });
}

double CompoundPoisson::mean() const {
  double total = 0.0;
  for (const Jumps& kind : kinds_) total += kind.expected * kind.mean;
  return total;
}

CompoundPoisson::Grid CompoundPoisson::jump_masses(double step, std::size_t points,
                                                   Rounding rounding) const {
  Grid grid{std::vector<double>(points + 1, 0.0), 0.0};
  std::vector<double> own(points + 1);
  for (const Jumps& kind : kinds_) {
    std::ranges::fill(own, 0.0);
    double below = kind.at_most(0.0);
    own[0] += kind.expected * below;
    double drift = 0.0;
    std::size_t first = 0;
    if (rounding == Rounding::kept) {
      // Jumps of less than a step, split between 0 and a step, would vary too much when there are many: as many jumps of a
      // step as have their variance, and the rest of their mean is certain.
      constexpr int kHalvings = 6;
      const double until = kind.at_most(step);
      const Moments small = moments(kind.at_most, 0.0, step, below, until, kHalvings, kDeepest);
      const double whole = kind.expected * small.second / (step * step);
      own[0] += kind.expected * small.mass - whole;
      own[1] += whole;
      drift = kind.expected * small.first / step - whole;
      below = until;
      first = 1;
    }
    for (std::size_t k = first; k <= points; ++k) {
      // Of the jumps in (k, k+1] steps all go to k, all to k+1, or to both so that their mean stays.
      const double from = static_cast<double>(k) * step;
      const double until = kind.at_most(from + step);
      const double inside = kind.expected * std::max(0.0, until - below);
      const double up = rounding == Rounding::up     ? 1.0
                        : rounding == Rounding::down ? 0.0
                        : inside == 0.0
                            ? 0.5
                            : (center(kind.at_most, from, from + step, below, until) - from) / step;
      own[k] += (1.0 - up) * inside;
      if (k < points) own[k + 1] += up * inside;
      below = until;
    }
    if (rounding == Rounding::kept && below > kWhole)
      keep_mean(own, std::max(0.0, kind.expected * kind.mean / step - drift));
    for (std::size_t k = 0; k <= points; ++k) grid.masses[k] += own[k];
    grid.drift += drift;
  }
  return grid;
}

CompoundPoisson::Grid CompoundPoisson::distribution(double step, std::size_t points,
                                                    Rounding rounding) const {
  double expected = 0.0;
  for (const Jumps& kind : kinds_) expected += kind.expected;
  Grid grid = jump_masses(step, points, rounding);
  grid.masses = running_sum(grid.masses, expected);
  return grid;
}

Estimate CompoundPoisson::at_most(double x, std::size_t points) const {
  if (x < 0.0) return Estimate::exactly(0.0);
  if (kinds_.empty()) return Estimate::exactly(1.0);
  if (x == 0.0) {
    double certain = 0.0;  // jumps of size 0 do not count
    for (const Jumps& kind : kinds_) certain += kind.expected * (1.0 - kind.at_most(0.0));
    return Estimate::exactly(std::exp(-certain));
  }
  const double step = x / static_cast<double>(points);
  const auto at = [&](Rounding rounding) {
    const Grid grid = distribution(step, points, rounding);
    const std::vector<double>& sums = grid.masses;
    if (rounding != Rounding::kept) return std::clamp(sums[points], 0.0, 1.0);
    // What stands at a point stands for half a step on both sides of it.
    const double place = static_cast<double>(points) - grid.drift + 0.5;
    if (place <= 0.0) return 0.0;
    const auto k = static_cast<std::size_t>(place);
    const double before = k > 0 ? sums[k - 1] : 0.0;
    const double end = before + (place - static_cast<double>(k)) * (sums[k] - before);
    return std::clamp(end, 0.0, 1.0);
  };
  const double lower = at(Rounding::up);
  const double upper = at(Rounding::down);
  return {std::clamp(at(Rounding::kept), lower, upper), lower, upper, Method::bounded};
}

Estimate CompoundPoisson::quantile(double p, std::size_t points) const {
  HAPLAN_EXPECTS(p > 0.0 && p < 1.0);
  if (kinds_.empty() || at_most(0.0).value >= p) return Estimate::exactly(0.0);
  double range = mean();
  for (int doubling = 0; doubling < 200; ++doubling) {
    const Grid grid = distribution(range / static_cast<double>(points), points, Rounding::kept);
    const double found = static_cast<double>(first_at_least(grid.masses, p)) + grid.drift;
    if (found > static_cast<double>(points)) {
      range *= 2.0;
    } else if (found < static_cast<double>(points) / 4.0 && doubling < 100) {
      range *= std::max(2.0 * found, 2.0) / static_cast<double>(points);
      doubling = 100;  // the range is narrowed once
    } else {
      const double step = range / static_cast<double>(points);
      // Many small jumps, all rounded up, may exceed any range: then there is no upper bound.
      const auto at = [&](Rounding rounding) {
        const std::size_t k = first_at_least(distribution(step, points, rounding).masses, p);
        return k > points ? std::numeric_limits<double>::infinity() : static_cast<double>(k) * step;
      };
      const double lower = at(Rounding::down);
      const double upper = at(Rounding::up);
      const double value = std::min(found * step, upper);
      return {std::max(value, lower), std::min(lower, upper), upper, Method::bounded};
    }
  }
  return {range, 0.0, range, Method::bounded};
}

}  // namespace haplan::model
