#pragma once

#include <cstddef>
#include <vector>

#include "model/base/result.hpp"
#include "model/markov/uniformisation.hpp"

namespace haplan::model {

/// sum over k of c_k (initial P^k values), where N is Poisson and c_k = P(N = k), the expectation
/// of `values` at a time, or c_k = P(N > k) / rate, its integral up to that time.
struct PowerSeries {
  Uniformised matrix;           ///< P by rows
  std::vector<double> initial;  ///< >= 0
  std::vector<double> values;   ///< >= 0
  bool conserves = false;       ///< the exact rows of P sum to 1
  bool integrated = false;
};

/// Sums backwards, v_k = P^k values, and stops as soon as the rest is known well enough. All later
/// v_j lie between the least (if rows sum to 1) and the greatest entry of v_k; and if
/// a v_k <= v_{k+1} <= b v_k in every entry, then a^m v_k <= v_{k+m} <= b^m v_k, because P >= 0. So
/// both ordinary truncation and a steady or quasi-steady state end the sum, with proof.
///   t        [s], >= 0
///   error    relative: nothing is subtracted, and the interval holds truncation and rounding,
///            which is bounded by step_error a step and by none for steps after a steady state
///   fails    not_converged when rounding or the end of the Poisson window leave the interval wider
///            than the tolerance, budget_exhausted beyond step_limit, invalid_input for rate t >
///            1e10
///   cost     O(transitions) a step
Result<ChainFigure> sum_of(const PowerSeries& series, double t,
                           const UniformisationOptions& options);

/// The same on a part of the states only, which leaks.
struct LeakySeries {
  Uniformised by_columns;
  std::vector<double> initial;  ///< >= 0
  std::vector<double> values;   ///< >= 0
  std::vector<double> leaks;    ///< [1/s] from each state to states that were left out
  double most = 0.0;            ///< what a path that leaks can add, at most
  bool integrated = false;
};

/// Sums forwards, x_k = initial P^k, which yields the chance of a leak in the same pass. Ends like
/// sum_of(): from a x_k <= x_{k+1} <= b x_k in every entry. The interval holds what leaks add.
///   otherwise as sum_of()
Result<ChainFigure> sum_of(const LeakySeries& series, double t,
                           const UniformisationOptions& options);

}  // namespace haplan::model
