#pragma once

#include <functional>
#include <vector>

#include "model/base/estimate.hpp"

/// Sums of a Poisson number of independent positive jumps.
namespace haplan::model {

/// One kind of jump.
struct Jumps {
  double expected = 0.0;                  ///< how many, on average
  std::function<double(double)> at_most;  ///< the distribution function of one
  std::function<double(double)>
      excess;  ///< E[max(one - t, 0)]: its integral above t, its mean at 0
};

class CompoundPoisson {
 public:
  /// Kinds that are not expected, or of mean 0, are left out.
  ///   start  distribution function of one more term of the sum, at least 0 and independent of the rest; empty: none
  explicit CompoundPoisson(std::vector<Jumps> kinds, std::function<double(double)> start = {});

  /// Of the jumps.
  [[nodiscard]] double mean() const;

  /// P(sum <= x): on a grid over [0, x], jumps split between the neighbouring points so that their mean stays within
  /// every cell; those of less than a step become a drift and jumps of a step with the same mean and variance.
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
    std::vector<double> start;   ///< of the start; empty without one
    [[nodiscard]] double up_to(std::size_t k) const;
    [[nodiscard]] std::size_t first_at_least(double p) const;
    double drift = 0.0;  ///< [steps] of jumps too small for the grid; 0 for the bounds
  };
  [[nodiscard]] Grid distribution(double step, std::size_t points, Rounding rounding) const;
  [[nodiscard]] Grid jump_masses(double step, std::size_t points, Rounding rounding) const;

  static void add_kept(const Jumps& kind, double step, Grid& grid);
  [[nodiscard]] std::vector<double> start_masses(double step, std::size_t points,
                                                 Rounding rounding) const;

  std::vector<Jumps> kinds_;
  std::function<double(double)> start_;
};

}  // namespace haplan::model
