#pragma once

#include <optional>

#include "model/base/result.hpp"

/// The law of an input that is known only up to an interval.
namespace haplan::model {

enum class LawKind { lognormal, uniform, triangular };

/// What is known of a number: low and high are its (1 - level)/2 and (1 + level)/2 quantiles.
struct Uncertainty {
  double value =
      0.0;  ///< what everything is computed with when nothing is drawn; low <= value <= high
  double low = 0.0;
  double high = 0.0;
  double level = 0.9;
  std::optional<LawKind> kind;  ///< none: lognormal
  bool probability = false;     ///< stays within [0, 1]; else the number is not negative
};

/// A continuous law on the numbers that an input can be.
///   lognormal    its median is sqrt(low high): the interval decides, `value` need not be the median. Of a
///                probability it is the odds p/(1-p) that are lognormal, which is the same for small p, stays within
///                (0, 1), and reads alike for an availability and its complement
///   uniform      extends beyond [low, high] by the share (1 - level)/2 on either side
///   triangular   its mode is `value`
///   source       lognormal from an interval as in [NRC75], error factor sqrt(high / low)
class Law {
 public:
  /// fails  invalid_input: not low <= value <= high; level not in (0, 1) (or 1 for the bounded laws); a lognormal
  ///        with low <= 0 (or high >= 1 of a probability); a law that reaches below 0 or, of a probability, beyond 1
  static Result<Law> make(const Uncertainty& known);

  /// x with P(X <= x) = p, p in (0, 1). Non-decreasing.
  [[nodiscard]] double quantile(double p) const;
  /// P(X <= x).
  [[nodiscard]] double cdf(double x) const;

  /// The number without uncertainty.
  [[nodiscard]] double nominal() const { return known_.value; }
  [[nodiscard]] const Uncertainty& known() const { return known_; }

 private:
  Law(const Uncertainty& known, LawKind kind) : known_(known), kind_(kind) {}

  Uncertainty known_;
  LawKind kind_;
  double a_ = 0.0;  ///< lognormal: median of ln x (or of ln odds); else the least value
  double b_ = 0.0;  ///< lognormal: standard deviation of that; else the largest value
};

}  // namespace haplan::model
