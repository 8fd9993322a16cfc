#pragma once

#include <cmath>

namespace haplan::model {

/// A running sum that keeps what each addition rounds away.
///   error   |result - exact| <= epsilon |exact| + O(n epsilon^2) sum |x_i|
///   source  [Neu74]
class CompensatedSum {
 public:
  void add(double x) {
    const double sum = sum_ + x;
    lost_ += std::abs(sum_) >= std::abs(x) ? (sum_ - sum) + x : (x - sum) + sum_;
    sum_ = sum;
  }
  [[nodiscard]] double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0.0;
  double lost_ = 0.0;  ///< invariant: sum_ + lost_ is the sum of all x up to second order
};

}  // namespace haplan::model
