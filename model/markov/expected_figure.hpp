#pragma once

#include <span>
#include <vector>

#include "model/markov/uniformisation.hpp"

namespace haplan::model {

/// A figure of a chain that is a power series (model/markov/power_series.hpp): sum over k of
/// c_k (initial P^k values), where the chain ends in the blocked states.
struct ExpectedFigure {
  const Chain& chain;
  std::span<const double> initial;
  const std::vector<bool>& blocked;  ///< one flag a state, or empty for none
  std::vector<double> values;        ///< one a state, >= 0; those of blocked states are not read
  bool integrated = false;
  double most = 0.0;  ///< what any one path can contribute, at most
};

/// The figure, on the states that can be reached; if these are many, first on those that a rough
/// guess calls likely. What leaves these by t contributes at most `most` times the chance of that,
/// which is computed in the same pass, so that the interval stays proved; if it is too wide, on all
/// of them.
///   fails    as sum_of(), with the inputs checked by the caller
///   cost     O(transitions of the states kept) a step, and some 40 steps of all for the guess
Result<ChainFigure> expectation(const ExpectedFigure& figure, double t,
                                const UniformisationOptions& options);

}  // namespace haplan::model
