#pragma once

#include <vector>

#include "model/markov/chain.hpp"

namespace haplan::test {

using DenseMatrix = std::vector<std::vector<long double>>;

/// exp(generator t) of a small chain by scaling and squaring: a Taylor series for a step so short
/// that no state is left with more than one chance in 64, then repeated squares. Long doubles, and
/// nothing of the library but the chain itself.
DenseMatrix dense_exponential(const model::Chain& chain, long double t);

}  // namespace haplan::test
