#pragma once

#include <cstdint>
#include <vector>

#include "model/base/result.hpp"

namespace haplan::model {

/// The Poisson distribution of a number N of events, by a window of probabilities outside which
/// every single one is below 1e-285. Nothing overflows or underflows: probabilities are multiplied
/// outwards from the mode, where the scaled one is 1, and divided by their sum at the end.
///   error    each answer is right to relative_error(); beyond that, what lies outside the window
///            counts as 0 and is at most omitted_below() and omitted_above()
///   source   recursion from the mode [FG88]. The ends are found by walking there and bounded by
///            the geometric series of what follows, so that the a-priori bounds whose constants
///            [Jan11] had to correct are not needed
class PoissonWeights {
 public:
  double mean() const { return mean_; }
  std::uint64_t first() const { return first_; }
  std::uint64_t last() const { return first_ + weight_.size() - 1; }

  /// P(N = k)
  double weight(std::uint64_t k) const;
  /// P(N < k): the lower tail keeps its relative accuracy.
  double below(std::uint64_t k) const;
  /// P(N >= k): the upper tail keeps its relative accuracy.
  double at_least(std::uint64_t k) const;
  /// E[max(N - k, 0)], the sum of at_least(j) over j > k
  double excess(std::uint64_t k) const;
  /// E[max(k - N, 0)], the sum of below(j) over 1 <= j <= k
  double shortfall(std::uint64_t k) const;

  double relative_error() const { return relative_error_; }
  double omitted_below() const { return omitted_below_; }
  double omitted_above() const { return omitted_above_; }

 private:
  friend Result<PoissonWeights> poisson_weights(double rate, double time);

  double mean_ = 0.0;
  std::uint64_t first_ = 0;
  std::vector<double> weight_;
  std::vector<double> below_;      ///< below(first + i)
  std::vector<double> at_least_;   ///< at_least(first + i)
  std::vector<double> excess_;     ///< excess(first + i)
  std::vector<double> shortfall_;  ///< shortfall(first + i)
  double relative_error_ = 0.0;
  double omitted_below_ = 0.0;
  double omitted_above_ = 0.0;
};

/// The greatest mean that poisson_weights takes.
inline constexpr double kGreatestPoissonMean = 1e10;

/// Events of a process of this rate during this time. Their product is taken in more digits than a
/// double has: far from the mean m, P(N = k) changes by |k - m| times a relative change of m.
///   mean     rate time, [0, kGreatestPoissonMean]
///   error    relative_error() < 3e-14 up to a mean of 1e6, < 3e-13 up to 1e8 (x86-64)
///   fails    invalid_input for a mean outside
///   cost     O(1 + sqrt(mean)): 73 sqrt(mean) probabilities for a great mean
Result<PoissonWeights> poisson_weights(double rate, double time);
inline Result<PoissonWeights> poisson_weights(double mean) { return poisson_weights(mean, 1.0); }

}  // namespace haplan::model
