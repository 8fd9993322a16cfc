#pragma once

#include <span>
#include <vector>

#include "model/markov/uniformisation.hpp"

namespace haplan::model {

struct Distribution {
  std::vector<double> probability;  ///< one a state
  double error = 0.0;               ///< sum over states of |probability - exact|, at most
  std::size_t steps = 0;            ///< steps of P that were made
};

/// State probabilities at time t.
///   initial  a distribution over the states
///   t        [s], >= 0
///   returns  n probabilities; their sum is 1 to within the error
///   error    sum of absolute errors <= options.absolute_tolerance, or 1e-9 when that is 0; proved,
///            truncation and rounding included. For the relative accuracy of one small probability
///            ask reward_at() (model/markov/reward.hpp)
///   fails    not_converged when rounding leaves the error above the tolerance: without a steady
///            state after about tolerance / (in-degree * 1e-16) steps; budget_exhausted beyond
///            step_limit, invalid_input for a bad number or rate t > 1e10
///   cost     O(transitions) a step; about rate t + 6 sqrt(rate t) steps, or fewer when a steady
///            state is reached
///   source   uniformisation [GM84]. The steady state is proved twice over: distributions that
///            differ by r after one step differ by at most m r after m more; and where some state
///            is reached from every state with probability >= d within L steps, by L r / d for ever
Result<Distribution> distribution_at(const Chain& chain, std::span<const double> initial, double t,
                                     const UniformisationOptions& options = {});

}  // namespace haplan::model
