#pragma once

#include <cstddef>
#include <vector>

#include "model/base/result.hpp"
#include "model/markov/chain.hpp"

/// Continuous-time Markov chains; knows no cluster.
namespace haplan::model {

/// Stationary distribution by Grassmann-Taksar-Heyman elimination (no subtractions: every entry has
/// full relative accuracy). States outside the single bottom component get 0.
///   edges    parallel edges add up; self loops are ignored
///   returns  n probabilities, sum 1
///   fails    not_unique when there is more than one bottom component; invalid_input for n = 0 or
///   rate <= 0 cost     O(n^3) of the bottom component source   [GTH85]
Result<std::vector<double>> steady_state(std::size_t n, const std::vector<RatedEdge>& edges);

}  // namespace haplan::model
