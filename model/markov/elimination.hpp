#pragma once

#include <cstddef>
#include <vector>

namespace haplan::model {

struct Eliminated {
  std::vector<double> probability;  ///< sum 1 up to rounding
  /// Each entry is right to this, relatively, for the rates as given (barring underflow). State k is
  /// removed exactly for rates that are off by at most 5 units of rounding; such a change moves an
  /// entry by at most 2 (k - 1) times as much, because an entry is a quotient of sums of products of
  /// k - 1 rates (spanning trees) [OCi93]; substitution adds 6 units a state.
  double relative_error = 0.0;
};

/// Stationary distribution of an irreducible chain by Grassmann-Taksar-Heyman elimination: only
/// sums, products and quotients of positive numbers.
///   rates    n x n by rows [1/s], off-diagonal >= 0, the diagonal is not read
///   cost     O(n^3)
///   source   [GTH85], [OCi93]
Eliminated eliminate(std::vector<double> rates, std::size_t n);

}  // namespace haplan::model
