#pragma once

#include <cstddef>
#include <vector>

namespace haplan::model {

/// Law of w_1 U_1 + ... + w_n U_n with independent U_i uniform on (0, 1): a piecewise polynomial of degree n.
///   error   relative O(n epsilon) in both tails: only products of non-negative numbers are added, unlike in the
///           textbook form, a sum over subsets of the widths with alternating signs
///   cost    O(n prod (c+1)(c+2)/2) per value, c how often each distinct width occurs
///   source  recurrence of box splines in one variable [BHR93], with its free parameters set to x / sum(w)
class UniformSum {
 public:
  /// Widths of zero are left out.
  ///   widths  >= 0, finite; about ten distinct ones at most, any number of equal ones
  explicit UniformSum(const std::vector<double>& widths);

  [[nodiscard]] std::size_t size() const { return size_; }  ///< widths above zero
  [[nodiscard]] double total() const { return total_; }     ///< the largest value

  /// P(sum <= x).
  [[nodiscard]] double at_most(double x) const;

  /// P(sum > x), as accurate in the upper tail as at_most is in the lower.
  [[nodiscard]] double above(double x) const;

  /// Density at x; at the jumps of a single uniform its value inside. 0 without widths.
  [[nodiscard]] double density(double x) const;

 private:
  struct Width {
    double width = 0.0;
    int count = 0;
  };
  std::vector<Width> widths_;  ///< distinct, ascending
  std::vector<Width>
      extended_;  ///< with one more of width total_, which turns a density into its integral
  std::size_t size_ = 0;
  double total_ = 0.0;

  static double spline(const std::vector<Width>& widths, double x);
};

}  // namespace haplan::model
