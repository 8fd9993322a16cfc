#pragma once

#include <cstdint>
#include <vector>

#include "model/base/rational.hpp"

namespace haplan::model {

/// A non-negative fraction of whole numbers of any size, never reduced: enough for a few sums and products, where
/// rounding would decide on a replica more or less.
class Exact {
 public:
  Exact() = default;
  explicit Exact(const Rational& x);  ///< x >= 0

  friend Exact operator+(const Exact& a, const Exact& b);
  friend Exact operator*(const Exact& a, const Exact& b);
  friend Exact operator/(const Exact& a, const Exact& b);  ///< b > 0
  friend bool operator<(const Exact& a, const Exact& b);

  [[nodiscard]] double value() const;
  [[nodiscard]] bool is_zero() const { return num_.empty(); }

 private:
  using Digits = std::vector<std::uint32_t>;  ///< lowest first, no leading zeros
  static Digits times(const Digits& a, const Digits& b);
  static Digits plus(const Digits& a, const Digits& b);
  static bool less(const Digits& a, const Digits& b);

  Digits num_;
  Digits den_{1};
};

/// The smallest whole number that is at least x; the largest int if that is less.
int ceiling(const Exact& x);

}  // namespace haplan::model
