#pragma once

#include <span>

#include "model/markov/uniformisation.hpp"

namespace haplan::model {

/// Expected reward rate at time t: sum over states of reward * P(in the state at t). With rewards
/// of 0 and 1, the probability of a set of states.
///   initial  a distribution over the states
///   reward   one a state, >= 0 and finite [any unit]
///   t        [s], >= 0
///   returns  same unit as the reward
///   error    the interval is proved and meets the tolerance; relative however small the value,
///            since only positive terms are added
///   fails    as sum_of() (model/markov/power_series.hpp); invalid_input for a bad number
///   cost     O(transitions) a step; about rate t + 6 sqrt(rate t) steps, or fewer when a steady
///            state is reached
///   source   uniformisation [GM84], summed backwards
Result<ChainFigure> reward_at(const Chain& chain, std::span<const double> initial,
                              std::span<const double> reward, double t,
                              const UniformisationOptions& options = {});

/// Expected reward accumulated in [0, t], the integral of reward_at: with rewards of 0 and 1, the
/// expected time in a set of states [s]. Otherwise as reward_at().
Result<ChainFigure> accumulated_reward(const Chain& chain, std::span<const double> initial,
                                       std::span<const double> reward, double t,
                                       const UniformisationOptions& options = {});

}  // namespace haplan::model
