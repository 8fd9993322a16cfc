#pragma once

#include <span>
#include <vector>

#include "model/markov/uniformisation.hpp"

/// The time T at which a chain is first in one of the target states (0 when it starts there).
namespace haplan::model {

/// P(T <= t).
///   initial  a distribution over the states
///   target   one flag a state
///   t        [s], >= 0
///   error    the interval is proved and meets the tolerance; relative even at 1e-12, since the
///            probability is the integral of the rate into the targets: only positive terms
///   fails    as sum_of() (model/markov/power_series.hpp); invalid_input for a bad number
///   cost     O(transitions) a step; about rate t + 6 sqrt(rate t) steps, or fewer when a
///            quasi-steady state is reached before
Result<ChainFigure> reached_within(const Chain& chain, std::span<const double> initial,
                                   const std::vector<bool>& target, double t,
                                   const UniformisationOptions& options = {});

/// P(T > t), with its own relative accuracy. Otherwise as reached_within().
Result<ChainFigure> not_reached_within(const Chain& chain, std::span<const double> initial,
                                       const std::vector<bool>& target, double t,
                                       const UniformisationOptions& options = {});

/// E[T] [s].
///   error    interval proved, half its width at most 2e-9 of E[T]. Up to dense_states states (at
///            most 1000) are eliminated without any subtraction: each elimination is exact for
///            rates that are off by a few units of rounding, and E[T] changes by at most 2 n times
///            a common relative change of n states' rates [OCi93]. More are solved by renewal: the
///            chain starts anew instead of entering a target, and 1 / E[T] is how often it does
///            (model/markov/long_run.hpp)
///   fails    not_unique when a state that can be reached never leads to a target (E[T] is
///            infinite), not_converged or not_unique as long_run_mean(), invalid_input for a bad
///            number
///   cost     O(n^3) of the states that can be reached before a target, or of long_run_mean()
///   source   elimination as in [GTH85], the rates into the targets carried along
Result<Estimate> mean_first_passage(const Chain& chain, std::span<const double> initial,
                                    const std::vector<bool>& target,
                                    std::size_t dense_states = 500);

}  // namespace haplan::model
