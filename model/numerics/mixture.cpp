#include "model/numerics/mixture.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

template <class Value>
Estimate weighted(const std::vector<DelayMixture::Part>& parts, bool exact, const Value& value) {
  HAPLAN_EXPECTS(!parts.empty());
  Estimate sum;
  for (const auto& part : parts) {
    const Estimate e = value(part.delay);
    sum.value += part.probability * e.value;
    sum.lower += part.probability * e.lower;
    sum.upper += part.probability * e.upper;
  }
  sum.value = std::min(1.0, sum.value);
  if (exact) return Estimate::exactly(sum.value);
  return {sum.value, std::min(sum.lower, sum.value), std::clamp(sum.upper, sum.value, 1.0),
          Method::bounded};
}

/// The earliest t in (low, high] with reached(t), to twelve digits; reached(high) holds.
template <class Reached>
double earliest(double low, double high, const Reached& reached) {
  if (reached(low)) return low;
  constexpr double kDigits = 1e-13;
  while (high - low > kDigits * high) {
    const double middle = low + (high - low) / 2.0;
    if (middle <= low || middle >= high) break;
    (reached(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace

void DelayMixture::add(double probability, Delay delay) {
  HAPLAN_EXPECTS(probability >= 0.0 && probability <= 1.0 + 1e-12);
  if (probability > 0.0) parts_.push_back({probability, std::move(delay)});
}

double DelayMixture::mean() const {
  double sum = 0.0;
  for (const Part& part : parts_) sum += part.probability * part.delay.mean();
  return sum;
}

double DelayMixture::least() const {
  double least = std::numeric_limits<double>::infinity();
  for (const Part& part : parts_) least = std::min(least, part.delay.least());
  return least;
}

double DelayMixture::worst() const {
  double worst = 0.0;
  for (const Part& part : parts_) worst = std::max(worst, part.delay.worst());
  return worst;
}

bool DelayMixture::exact() const {
  return std::ranges::all_of(parts_, [](const Part& part) { return part.delay.exact(); });
}

Estimate DelayMixture::at_most(double t) const {
  return weighted(parts_, exact(), [t](const Delay& delay) { return delay.at_most(t); });
}

Estimate DelayMixture::above(double t) const {
  return weighted(parts_, exact(), [t](const Delay& delay) { return delay.above(t); });
}

Estimate DelayMixture::quantile(double p) const {
  HAPLAN_EXPECTS(p > 0.0 && p < 1.0);
  const double low = least();
  double high = worst();
  if (std::isinf(high)) {
    high = std::max(2.0 * mean(), low + 1.0);
    while (above(high).upper > 1.0 - p) high *= 2.0;
  }
  // Rounding of a sum of probabilities must not turn "all of it" into "not quite".
  const double above_at_most = (1.0 - p) * (1.0 + 1e-12);
  const double value =
      earliest(low, high, [&](double t) { return above(t).value <= above_at_most; });
  if (exact()) return Estimate::exactly(value);
  const double lower =
      earliest(low, high, [&](double t) { return above(t).lower <= above_at_most; });
  const double upper =
      earliest(low, high, [&](double t) { return above(t).upper <= above_at_most; });
  return {value, std::min(lower, value), std::max(upper, value), Method::bounded};
}

}  // namespace haplan::model
