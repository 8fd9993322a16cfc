#include "model/markov/poisson.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace haplan::model {
namespace {

using Real = long double;  // 11 more bits where the machine has them; the stated error adapts

/// Relative to the mode, whose probability is at least 4e-6 for every mean allowed.
constexpr Real kNegligible = 1e-290L;

/// Probabilities below the mode divided by that of the mode, from the mode down.
std::vector<Real> walk_down(Real mean, std::uint64_t mode) {
  std::vector<Real> weights;
  Real weight = 1.0L;
  for (std::uint64_t k = mode; k > 0; --k) {
    weight *= static_cast<Real>(k) / mean;
    if (weight < kNegligible) break;
    weights.push_back(weight);
  }
  return weights;
}

/// The same above the mode.
std::vector<Real> walk_up(Real mean, std::uint64_t mode) {
  std::vector<Real> weights;
  Real weight = 1.0L;
  for (std::uint64_t k = mode + 1;; ++k) {
    weight *= mean / static_cast<Real>(k);
    if (weight < kNegligible) break;
    weights.push_back(weight);
  }
  return weights;
}

/// Never 0 where something was left out.
double upwards(Real bound) {
  return std::max(static_cast<double>(bound) * (1.0 + 1e-12), std::numeric_limits<double>::min());
}

std::vector<double> rounded(const std::vector<Real>& values) {
  std::vector<double> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(),
                 [](Real value) { return static_cast<double>(value); });
  return result;
}

/// Sums of the tails above, each from its far end: E[max(N - (first + i), 0)].
std::vector<Real> excesses(const std::vector<Real>& at_least) {
  std::vector<Real> result(at_least.size(), 0.0L);
  for (std::size_t i = at_least.size() - 1; i-- > 0;) result[i] = result[i + 1] + at_least[i + 1];
  return result;
}

/// Sums of the tails below: E[max(first + i - N, 0)].
std::vector<Real> shortfalls(const std::vector<Real>& below) {
  std::vector<Real> result(below.size(), 0.0L);
  for (std::size_t i = 1; i < below.size(); ++i) result[i] = result[i - 1] + below[i];
  return result;
}

}  // namespace

double PoissonWeights::weight(std::uint64_t k) const {
  return k < first_ || k > last() ? 0.0 : weight_[k - first_];
}

double PoissonWeights::below(std::uint64_t k) const {
  if (k <= first_) return 0.0;
  return k > last() ? 1.0 : below_[k - first_];
}

double PoissonWeights::at_least(std::uint64_t k) const {
  if (k <= first_) return 1.0;
  return k > last() ? 0.0 : at_least_[k - first_];
}

double PoissonWeights::excess(std::uint64_t k) const {
  if (k > last()) return 0.0;
  return k < first_ ? static_cast<double>(first_ - k) + excess_.front() : excess_[k - first_];
}

double PoissonWeights::shortfall(std::uint64_t k) const {
  if (k <= first_) return 0.0;
  return k > last() ? shortfall_.back() + static_cast<double>(k - last()) : shortfall_[k - first_];
}

Result<PoissonWeights> poisson_weights(double rate, double time) {
  const Real mean = static_cast<Real>(rate) * static_cast<Real>(time);
  if (!(rate >= 0.0 && time >= 0.0 && mean <= kGreatestPoissonMean)) {
    return tl::unexpected(
        Error{Fault::invalid_input, "the mean number of events is outside 0 to 1e10", ""});
  }
  const auto mode = static_cast<std::uint64_t>(mean);
  const std::vector<Real> down = walk_down(mean, mode);
  const std::vector<Real> up = walk_up(mean, mode);

  std::vector<Real> weights(down.rbegin(), down.rend());
  weights.push_back(1.0L);
  weights.insert(weights.end(), up.begin(), up.end());
  const std::size_t n = weights.size();

  std::vector<Real> below(n, 0.0L);
  for (std::size_t i = 1; i < n; ++i) below[i] = below[i - 1] + weights[i - 1];
  std::vector<Real> at_least(n);
  at_least[n - 1] = weights[n - 1];
  for (std::size_t i = n - 1; i-- > 0;) at_least[i] = at_least[i + 1] + weights[i];

  const std::size_t middle = down.size();  // both sums meet here, each from its far end
  const Real total = below[middle] + at_least[middle];
  for (std::size_t i = 0; i < n; ++i) {
    weights[i] /= total;
    below[i] /= total;
    at_least[i] /= total;
  }

  PoissonWeights result;
  result.mean_ = static_cast<double>(mean);
  result.first_ = mode - down.size();
  result.excess_ = rounded(excesses(at_least));
  result.shortfall_ = rounded(shortfalls(below));
  result.weight_ = rounded(weights);
  result.below_ = rounded(below);
  result.at_least_ = rounded(at_least);
  // In units of n epsilon: half from the recursion and half from that of the total, half for each
  // of up to three nested sums. The last line rounds to double.
  result.relative_error_ =
      3.0 * static_cast<double>(n + 4) * static_cast<double>(std::numeric_limits<Real>::epsilon()) +
      2.0 * std::numeric_limits<double>::epsilon();
  const Real first = static_cast<Real>(result.first_);
  const Real last = static_cast<Real>(result.last());
  if (result.first_ > 0) {
    // Ratios of neighbours fall on the way down: at most (first - 1) / mean from there on.
    const Real next = weights.front() * first / mean;
    result.omitted_below_ = upwards(next / (1.0L - (first - 1.0L) / mean));
  }
  if (mean > 0.0) {
    const Real next = weights.back() * mean / (last + 1.0L);
    result.omitted_above_ = upwards(next / (1.0L - mean / (last + 2.0L)));
  }
  return result;
}

}  // namespace haplan::model
