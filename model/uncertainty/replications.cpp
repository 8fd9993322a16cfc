#include "model/uncertainty/replications.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {

namespace {

static_assert(kReplications == 16);
/// 97.5 % quantile of Student's t with kReplications - 1 degrees of freedom. [AS64] table 26.10
constexpr double kStudent = 2.131449545559323;
/// 97.5 % quantile of the standard normal.
constexpr double kNormal = 1.959963984540054;

double mean_of(const Replicated& x) {
  CompensatedSum sum;
  for (const double value : x) sum.add(value);
  return sum.value() / kReplications;
}

/// Of the mean of the replications.
double variance_of_mean(const Replicated& x) {
  const double mean = mean_of(x);
  double squares = 0.0;
  for (const double value : x) squares += (value - mean) * (value - mean);
  return squares / (kReplications - 1.0) / kReplications;
}

}  // namespace

Replications::Replications(std::size_t dimensions, std::uint64_t seed, std::size_t count)
    : each_(std::max<std::size_t>(1, (count + kReplications - 1) / kReplications)) {
  for (std::size_t r = 0; r < kReplications; ++r)
    points_.emplace_back(dimensions, seed * kReplications + r);
}

double half_width(const Replicated& estimates) {
  const bool same =
      std::ranges::all_of(estimates, [&](double value) { return value == estimates.front(); });
  if (same) return 0.0;
  const bool finite =
      std::ranges::all_of(estimates, [](double value) { return std::isfinite(value); });
  if (!finite) return std::numeric_limits<double>::infinity();
  return kStudent * std::sqrt(variance_of_mean(estimates));
}

Share share_of(const Replicated& shares, std::size_t draws) {
  Share share;
  share.value = mean_of(shares);
  const double spread = variance_of_mean(shares);
  double n = static_cast<double>(draws);
  double z = kNormal;
  if (spread > 0.0) {
    n = share.value * (1.0 - share.value) / spread;
    z = kStudent;
  }
  const double shift = z * z / n;
  const double middle = (share.value + shift / 2.0) / (1.0 + shift);
  const double half =
      z / (1.0 + shift) * std::sqrt(share.value * (1.0 - share.value) / n + shift / (4.0 * n));
  // At 0 and 1 the interval ends there but for rounding.
  share.lower = share.value == 0.0 ? 0.0 : std::max(0.0, middle - half);
  share.upper = share.value == 1.0 ? 1.0 : std::min(1.0, middle + half);
  return share;
}

double quantile_of(std::span<const double> sorted, double p) {
  HAPLAN_EXPECTS(!sorted.empty() && p >= 0.0 && p <= 1.0);
  const double last = static_cast<double>(sorted.size() - 1);
  const double at = std::clamp(p * static_cast<double>(sorted.size()) - 0.5, 0.0, last);
  const auto below = static_cast<std::size_t>(at);
  const double part = at - static_cast<double>(below);
  if (part == 0.0 || sorted[below] == sorted[below + 1]) return sorted[below];
  return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

}  // namespace haplan::model
