#pragma once

#include <cstdint>

namespace haplan::model {

/// An exact fraction num / den, den > 0, in lowest terms: what a user wrote as a decimal with a unit.
/// Needed where rounding decides (need = ceil(rate / (throughput * maxUtilization))).
struct Rational {
  std::int64_t num = 0;
  std::int64_t den = 1;

  [[nodiscard]] double value() const { return static_cast<double>(num) / static_cast<double>(den); }
  friend bool operator==(const Rational&, const Rational&) = default;
};

}  // namespace haplan::model
