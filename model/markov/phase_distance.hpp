#pragma once

#include "model/markov/phase_type.hpp"

namespace haplan::model {

struct PhaseDistances {
  Estimate cdf;   ///< sup over t of |F(t) - G(t)|
  Estimate mean;  ///< integral over t of |F(t) - G(t)| [s]
};

/// Distances of two distributions on [0, inf) from values of both at finitely many times: between
/// two of them both rise, so that F - G stays between F(a) - G(b) and F(b) - G(a). Cells that
/// matter most are halved until the bounds are as close as fit_phases() states.
///   error    lower <= exact <= upper, but for rounding of the two distribution functions
///   fails    not_converged after 200,000 halvings
Result<PhaseDistances> distances(const SingleDelay& delay, const PhaseType& type);

}  // namespace haplan::model
