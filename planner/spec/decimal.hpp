#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/base/rational.hpp"

namespace haplan::planner {

/// A non-negative decimal number kept exactly, as written: digits * 10^exponent.
/// Invariant: `digits` has neither leading nor trailing zeros ("" is zero, with exponent 0).
class Decimal {
 public:
  Decimal() = default;

  /// "12", "0.5", ".5", "1e-3"; nothing when it is none of these, or has more than 100 digits or an
  /// exponent beyond +-100: no quantity of a real system needs more, and the cost stays bounded.
  static std::optional<Decimal> parse(const std::string& text);

  [[nodiscard]] Decimal times(std::uint64_t factor) const;
  [[nodiscard]] Decimal times_power_of_ten(int power) const;
  [[nodiscard]] Decimal plus(const Decimal& other) const;
  /// 1 - this; requires this <= 1.
  [[nodiscard]] Decimal complement() const;

  [[nodiscard]] bool is_zero() const { return digits_.empty(); }
  [[nodiscard]] bool is_integer() const { return exponent_ >= 0; }
  /// -1, 0, 1 as this is less than, equal to or greater than the other.
  [[nodiscard]] int compare(const Decimal& other) const;

  /// Correctly rounded.
  [[nodiscard]] double value() const;

  /// Exact in lowest terms, or nothing when numerator or denominator passes 63 bits.
  [[nodiscard]] std::optional<model::Rational> rational() const;

  /// Plain notation without exponent: "0.25", "1200".
  [[nodiscard]] std::string text() const;

 private:
  Decimal(std::string digits, int exponent);

  std::string digits_;
  int exponent_ = 0;
};

/// a / b in lowest terms, or nothing when it passes 63 bits. Requires b > 0.
std::optional<model::Rational> quotient(const model::Rational& a, const model::Rational& b);

/// The fraction's value, correctly rounded also where numerator or denominator exceeds 53 bits.
double rounded(const model::Rational& fraction);

/// The nearest fraction to a finite double >= 0 whose terms fit 63 bits.
model::Rational nearest_rational(double value);

}  // namespace haplan::planner
