#pragma once

#include <functional>
#include <vector>

#include "model/base/estimate.hpp"

/// Sums of a Poisson number of independent positive jumps.
namespace haplan::model {

/// One kind of jump.
struct Jumps {
  double expected = 0.0;                  ///< how many, on average
  double mean = 0.0;                      ///< of one jump
  std::function<double(double)> at_most;  ///< its distribution function
};

class CompoundPoisson {
 public:
  /// Kinds that are not expected, or of mean 0, are left out.
  explicit CompoundPoisson(std::vector<Jumps> kinds);

  [[nodiscard]] double mean() const;

  /// P(sum <= x): on a grid over [0, x], jumps split between the neighbouring points so that their mean stays; those
  /// of less than a step become a drift and jumps of a step with the same mean and variance.
  ///   lower, upper  all jumps rounded up, or down: bounds, but for the error of `at_most` and rounding
  ///   cost          O(points^2 + points * kinds)
  ///   source        [Pan81]
  [[nodiscard]] Estimate at_most(double x, std::size_t points = kPoints) const;

  /// The least x with P(sum <= x) >= p; with bounds of the same kind.
  ///   p  in (0, 1)
  [[nodiscard]] Estimate quantile(double p, std::size_t points = kPoints) const;

  static constexpr std::size_t kPoints = 2048;

 private:
  enum class Rounding { down, kept, up };
  /// Jumps or their sum on the points 0, step, 2 step, ..., and what all of it is shifted by.
  struct Grid {
    std::vector<double> masses;  ///< distribution(): their running sum
    double drift = 0.0;          ///< [steps] of jumps too small for the grid; 0 for the bounds
  };
  [[nodiscard]] Grid distribution(double step, std::size_t points, Rounding rounding) const;
  [[nodiscard]] Grid jump_masses(double step, std::size_t points, Rounding rounding) const;

  std::vector<Jumps> kinds_;
};

}  // namespace haplan::model
