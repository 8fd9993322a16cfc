#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/base/estimate.hpp"
#include "model/markov/chain.hpp"

/// What a chain does in the long run, with a proved error.
namespace haplan::model {

/// Half the proved interval must be at most `absolute` or at most `relative` times the value;
/// whichever is met first will do.
struct LongRunOptions {
  double absolute = 1e-10;
  double relative = 0.0;
  std::size_t dense_states = 300;       ///< components up to here are eliminated directly
  std::size_t most_iterations = 20000;  ///< of the iterative solver, in all
  /// Multiplications of an elimination with fill, where iteration stalls; 0 for iteration only.
  std::size_t most_products = 2'000'000'000;
};

struct LongRunMean {
  Estimate value;              ///< in the unit of the reward
  std::size_t iterations = 0;  ///< of the iterative solver: four passes over half the edges each
};

/// The long-run mean of a reward, sum pi_i f_i; with f the indicator of a set of states, the share
/// of time spent there.
///   f        one number a state, finite
///   error    the interval is proved for the rates and rewards as given, rounding included: from an
///            entrywise bound of elimination in small components, in others from the bias by
///            enclose(), which holds however the bias was found
///   fails    not_unique when there are several bottom components; not_converged when the tolerance
///            was not reached; invalid_input for a reward that is no number
///   cost     O(transitions) an iteration and 68 bytes a state besides the chain; a few tens of
///            iterations where events mostly undo one another, more where the chain mixes slowly
Result<LongRunMean> long_run_mean(const Chain& chain, std::span<const double> f,
                                  const LongRunOptions& options = {});

/// The same for a chain that starts in one of these states with that probability: bottom components
/// count by the probability of ending there.
///   initial  one probability a state, >= 0, sum 1
///   fails    as above, but never not_unique; invalid_input for a bad distribution
Result<LongRunMean> long_run_mean_from(const Chain& chain, std::span<const double> f,
                                       std::span<const double> initial,
                                       const LongRunOptions& options = {});

}  // namespace haplan::model
