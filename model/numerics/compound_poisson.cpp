#include "model/numerics/compound_poisson.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"
#include "model/numerics/dot.hpp"

namespace haplan::model {

namespace {

/// Beyond this the recursion is scaled down, so that neither many jumps nor few overflow or vanish.
constexpr double kLarge = 1e250;

/// Panjer's recursion for a Poisson number: g_0 = exp(f_0 - L), k g_k = sum_j j f_j g_(k-j), with f the expected number
/// of jumps of each size and L of all; returned as the running sum.
std::vector<double> running_sum(const std::vector<double>& jumps, double expected) {
  const std::size_t size = jumps.size();
  std::vector<double> weighed(size);
  for (std::size_t j = 0; j < size; ++j) weighed[j] = static_cast<double>(j) * jumps[j];
  std::vector<double> mass(size);  // from the end, so that the sum runs forwards through both
  mass[size - 1] = 1.0;
  double log_scale = jumps[0] - expected;
  for (std::size_t k = 1; k < size; ++k) {
    may_abandon();
    double& next = mass[size - 1 - k];
    next = dot(&weighed[1], &next + 1, k) / static_cast<double>(k);
    if (next <= kLarge) continue;
    for (std::size_t i = size - 1 - k; i < size; ++i) mass[i] /= kLarge;
    log_scale += std::log(kLarge);
  }
  std::ranges::reverse(mass);
  const double scale = std::exp(log_scale);
  double total = 0.0;
  for (double& value : mass) value = total += value * scale;
  return mass;
}

/// E[J^2; J <= h] of a jump J. E[J^2] is twice the integral of the excess; the halves of [0, h] are halved again towards
/// 0, for jumps may be much smaller.
double small_squares(const Jumps& kind, double h, double longer, double excess) {
  constexpr int kHalves = 24;
  constexpr int kPanels = 16;
  double integral = 0.0;
  double high = h;
  double at_high = excess;
  for (int half = 0; half < kHalves; ++half) {
    const double width = 0.5 * high / kPanels;
    for (int panel = 0; panel < kPanels; ++panel) {
      const double low = high - width;
      const double at_low = kind.excess(low);
      integral += 0.5 * width * (at_low + at_high);
      high = low;
      at_high = at_low;
    }
  }
  integral += high * at_high;
  return std::max(0.0, 2.0 * (integral - h * excess) - h * h * longer);
}

}  // namespace

CompoundPoisson::CompoundPoisson(std::vector<Jumps> kinds, std::function<double(double)> start)
    : kinds_(std::move(kinds)), start_(std::move(start)) {
  std::erase_if(kinds_,
                [](const Jumps& kind) { return kind.expected <= 0.0 || kind.excess(0.0) <= 0.0; });
}

double CompoundPoisson::mean() const {
  double total = 0.0;
  for (const Jumps& kind : kinds_) total += kind.expected * kind.excess(0.0);
  return total;
}

CompoundPoisson::Grid CompoundPoisson::jump_masses(double step, std::size_t points,
                                                   Rounding rounding) const {
  Grid grid{std::vector<double>(points + 1, 0.0), {}, 0.0};
  for (const Jumps& kind : kinds_) {
    if (rounding == Rounding::kept) {
      add_kept(kind, step, grid);
      continue;
    }
    // Of the jumps in (k, k+1] steps all go to k, or all to k+1.
    double below = kind.at_most(0.0);
    grid.masses[0] += kind.expected * below;
    for (std::size_t k = 0; k <= points; ++k) {
      const double until = kind.at_most(static_cast<double>(k + 1) * step);
      const std::size_t to = rounding == Rounding::up ? k + 1 : k;
      if (to <= points) grid.masses[to] += kind.expected * std::max(0.0, until - below);
      below = until;
    }
  }
  return grid;
}

/// Longer jumps are split between the points around them: the mass of a point is the second difference of the excess.
/// Those of less than a step, split between 0 and a step, would vary too much when there are many: as many jumps of a
/// step as have their variance, and the rest of their mean is certain.
void CompoundPoisson::add_kept(const Jumps& kind, double step, Grid& grid) {
  const std::size_t points = grid.masses.size() - 1;
  double before = kind.excess(step);
  const double longer = 1.0 - kind.at_most(step);
  const double mean = kind.excess(0.0) - before - step * longer;
  const double whole = kind.expected * small_squares(kind, step, longer, before) / (step * step);
  grid.masses[0] += kind.expected * (1.0 - longer) - whole;
  grid.masses[1] += whole;
  grid.drift += kind.expected * mean / step - whole;
  double slope = longer;  // minus that of the excess, before the point
  for (std::size_t k = 1; k <= points; ++k) {
    const double after = kind.excess(static_cast<double>(k + 1) * step);
    const double next = (before - after) / step;
    grid.masses[k] += kind.expected * std::max(0.0, slope - next);
    slope = next;
    before = after;
  }
}

CompoundPoisson::Grid CompoundPoisson::distribution(double step, std::size_t points,
                                                    Rounding rounding) const {
  double expected = 0.0;
  for (const Jumps& kind : kinds_) expected += kind.expected;
  Grid grid = jump_masses(step, points, rounding);
  grid.masses = running_sum(grid.masses, expected);
  if (start_) grid.start = start_masses(step, points, rounding);
  return grid;
}

std::vector<double> CompoundPoisson::start_masses(double step, std::size_t points,
                                                  Rounding rounding) const {
  std::vector<double> start(points + 1, 0.0);
  double below = start_(0.0);
  start[0] = below;
  const double up = rounding == Rounding::up ? 1.0 : rounding == Rounding::down ? 0.0 : 0.5;
  for (std::size_t k = 0; k <= points; ++k) {
    const double until = start_(static_cast<double>(k + 1) * step);
    start[k] += (1.0 - up) * (until - below);
    if (k < points) start[k + 1] += up * (until - below);
    below = until;
  }
  return start;
}

/// P(jumps and start are at most k steps).
double CompoundPoisson::Grid::up_to(std::size_t k) const {
  if (start.empty()) return masses[k];
  double sum = 0.0;
  for (std::size_t j = 0; j <= k; ++j) sum += start[j] * masses[k - j];
  return sum;
}

/// The first k with up_to(k) >= p; as many as there are points when there is none.
std::size_t CompoundPoisson::Grid::first_at_least(double p) const {
  std::size_t low = 0;
  std::size_t high = masses.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (up_to(middle) >= p)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

Estimate CompoundPoisson::at_most(double x, std::size_t points) const {
  if (x < 0.0) return Estimate::exactly(0.0);
  if (kinds_.empty()) return Estimate::exactly(start_ ? start_(x) : 1.0);
  if (x == 0.0) {
    double certain = 0.0;  // jumps of size 0 do not count
    for (const Jumps& kind : kinds_) certain += kind.expected * (1.0 - kind.at_most(0.0));
    return Estimate::exactly(std::exp(-certain) * (start_ ? start_(0.0) : 1.0));
  }
  const double step = x / static_cast<double>(points);
  const auto at = [&](Rounding rounding) {
    const Grid grid = distribution(step, points, rounding);
    if (rounding != Rounding::kept) return std::clamp(grid.up_to(points), 0.0, 1.0);
    // What stands at a point stands for half a step on both sides of it.
    const double place = static_cast<double>(points) - grid.drift + 0.5;
    if (place <= 0.0) return 0.0;
    const auto k = static_cast<std::size_t>(place);
    const double before = k > 0 ? grid.up_to(k - 1) : 0.0;
    const double end = before + (place - static_cast<double>(k)) * (grid.up_to(k) - before);
    return std::clamp(end, 0.0, 1.0);
  };
  const double lower = at(Rounding::up);
  const double upper = at(Rounding::down);
  return {std::clamp(at(Rounding::kept), lower, upper), lower, upper, Method::bounded};
}

Estimate CompoundPoisson::quantile(double p, std::size_t points) const {
  HAPLAN_EXPECTS(p > 0.0 && p < 1.0);
  if (at_most(0.0).value >= p) return Estimate::exactly(0.0);
  const auto rounded = [&](double range, std::size_t count, Rounding rounding) {
    return distribution(range / static_cast<double>(count), count, rounding);
  };
  // Where to look is found on few points, which cost the square of their number.
  double range = mean() > 0.0 ? mean() : 1.0;
  std::size_t count = std::max<std::size_t>(points / 8, 1);
  for (int doubling = 0; doubling < 200; ++doubling) {
    const Grid grid = rounded(range, count, Rounding::kept);
    const double found = static_cast<double>(grid.first_at_least(p)) + grid.drift;
    if (found > static_cast<double>(count)) {
      range *= 2.0;
    } else if (count < points) {
      range *= std::max(2.0 * found, 2.0) / static_cast<double>(count);
      count = points;
    } else {
      const double step = range / static_cast<double>(points);
      // Many small jumps, all rounded up, may exceed any range: then there is no upper bound.
      const auto at = [&](Rounding rounding) {
        const std::size_t k = rounded(range, points, rounding).first_at_least(p);
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
