#pragma once

#include <vector>

#include "model/availability/numbers.hpp"

namespace haplan::model {

/// Chain rule from a component's P(down | k) to its elements, at unavailabilities scaled by `scale`.
struct ElementDerivatives {
  double core = 0.0;            ///< d P(down | k) / d u of a replica (all replicas moved together)
  std::vector<double> mixed;    ///< the same for the replicas of each of TableNumbers::mixed
  std::vector<double> factors;  ///< d P(down | k) / d u of each factor
};

/// The product over the other factors is formed from prefixes and suffixes, never by division.
ElementDerivatives element_derivatives(const TableNumbers& table, int k, double scale);

}  // namespace haplan::model
