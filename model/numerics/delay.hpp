#pragma once

#include <vector>

#include "model/base/estimate.hpp"
#include "model/numerics/uniform_sum.hpp"

/// How long a chain of stages takes. Units are the caller's; here seconds.
namespace haplan::model {

/// One stage of a recovery: detect, stop, start, ...
struct Stage {
  enum class Kind { fixed, uniform, exponential, lognormal };
  Kind kind = Kind::fixed;
  double low = 0.0;    ///< [s] fixed: the time itself; uniform: the lower end
  double width = 0.0;  ///< [s] uniform: upper minus lower end
  double mean = 0.0;   ///< [s] exponential, lognormal
  double sigma = 0.0;  ///< lognormal: of the logarithm

  static Stage fixed(double time);
  static Stage uniform(double low, double high);
  static Stage exponential(double mean);              ///< mean 0: fixed at 0
  static Stage lognormal(double mean, double sigma);  ///< sigma 0: fixed at the mean
};

/// Law of the sum of independent stages.
///   exact      without exponential and lognormal stages (a piecewise polynomial, [BHR93]), and with a single one of
///              them besides fixed ones; then Estimate::lower = value = upper
///   otherwise  the other stages are integrated over cells of a grid. In a cell, of probability p, width d and
///              conditional mean m, the rest of the chain is taken at m. What this misses is at most
///              min(p |change of the rest's law over the cell|, p L d^2 / 8), L the greatest slope of the rest's density
///              (at most twice the product of the heights of two of its stages' densities): the first because a law is
///              monotone, the second by Taylor's theorem, for no variable on an interval of width d has a
///              variance above d^2 / 4. [lower, upper] adds this up, so that it contains the truth but for rounding.
class Delay {
 public:
  explicit Delay(const std::vector<Stage>& stages);

  /// What it was made of, in the same order.
  [[nodiscard]] const std::vector<Stage>& stages() const { return stages_; }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double least() const { return least_; }
  /// [s] the longest that is possible; infinite with an exponential or lognormal stage.
  [[nodiscard]] double worst() const;
  [[nodiscard]] bool exact() const;

  /// P(T <= t).
  [[nodiscard]] Estimate at_most(double t) const;

  /// P(T > t), computed for itself: small ones keep their digits.
  [[nodiscard]] Estimate above(double t) const;

  /// The times at which the law is not smooth: ends of the polynomial pieces. Ascending, distinct. Only for laws
  /// without exponential and lognormal stages, with at most twelve uniform ones.
  [[nodiscard]] std::vector<double> knots() const;

 private:
  struct Bounds {
    double value = 0.0;
    double error = 0.0;
  };
  [[nodiscard]] Bounds tail_or_head(std::size_t smooth, double t, bool tail) const;
  [[nodiscard]] Bounds over_cells(std::size_t smooth, double t, bool tail) const;
  [[nodiscard]] double steepest_density(std::size_t smooth) const;
  [[nodiscard]] Estimate estimate(double t, bool tail) const;

  std::vector<Stage> stages_;
  double least_ = 0.0;  ///< the fixed stages and lower ends
  double mean_ = 0.0;
  std::vector<double> widths_;
  UniformSum uniform_;
  std::vector<Stage>
      smooth_;  ///< exponential before lognormal, so that the last one is the least simple
};

}  // namespace haplan::model
