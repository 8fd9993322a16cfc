#pragma once

#include <vector>

#include "model/numerics/delay.hpp"

namespace haplan::model {

/// A time that follows one of several laws, each with its probability: a failed failover beside a good one, the
/// failure modes of a node, the back-off that only some restarts meet.
class DelayMixture {
 public:
  struct Part {
    double probability = 0.0;
    Delay delay;
  };

  DelayMixture() = default;
  explicit DelayMixture(Delay only) { add(1.0, std::move(only)); }

  /// Parts of probability 0 are left out. All probabilities sum to 1 before the law is asked for.
  void add(double probability, Delay delay);

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] double mean() const;
  [[nodiscard]] double least() const;
  [[nodiscard]] double worst() const;  ///< infinite when any part is unbounded
  [[nodiscard]] bool exact() const;    ///< every part is

  [[nodiscard]] Estimate at_most(double t) const;
  [[nodiscard]] Estimate above(double t) const;

  /// The earliest t with P(T <= t) >= p. An interval where the law is one.
  ///   p      in (0, 1)
  ///   error  1e-12 relative besides the law's own
  [[nodiscard]] Estimate quantile(double p) const;

 private:
  std::vector<Part> parts_;
};

}  // namespace haplan::model
