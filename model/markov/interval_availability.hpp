#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/markov/uniformisation.hpp"

/// The share D of the interval [0, t] that a chain spends in down states: a random number in [0,
/// 1]. Interval availability is 1 - D.
namespace haplan::model {

struct IntervalDistribution {
  std::vector<Estimate> probability;  ///< one a share asked for
  std::size_t steps = 0;              ///< steps of P, one a step and level
};

/// P(D >= y) = P(availability over the interval <= 1 - y), for each y of `shares`.
///   initial  a distribution over the states
///   down     one flag a state
///   shares   each in [0, 1]; one pass serves all of them
///   t        [s], > 0
///   error    each interval is proved and meets the tolerance; relative, since only positive terms
///            are added: 1e-12 has its digits too. What is impossible needs an absolute tolerance,
///            say 1e-280
///   fails    budget_exhausted when steps (below) exceed options.step_limit, not_converged when
///            rounding or the end of the Poisson window leave more than the tolerance,
///            invalid_input for a bad number or rate t > 1e10
///   cost     O(transitions) a step; about (rate t) (y rate t + 8 sqrt(y rate t) + 30) steps for
///            the greatest y: long intervals are dear, small shares cheap. No steady state ends it
///   source   uniformisation with the number of down intervals between events as a level [RS95];
///            k of n + 1 intervals sum to the k-th smallest of n uniform numbers. Levels beyond
///            which D >= y is all but certain are one level, counted as certain and as not
Result<IntervalDistribution> down_share_at_least(const Chain& chain,
                                                 std::span<const double> initial,
                                                 const std::vector<bool>& down,
                                                 std::span<const double> shares, double t,
                                                 const UniformisationOptions& options = {});

/// P(D < y), with its own relative accuracy. Otherwise as down_share_at_least().
Result<IntervalDistribution> down_share_less(const Chain& chain, std::span<const double> initial,
                                             const std::vector<bool>& down,
                                             std::span<const double> shares, double t,
                                             const UniformisationOptions& options = {});

}  // namespace haplan::model
