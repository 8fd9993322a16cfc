#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/base/result.hpp"
#include "model/markov/chain.hpp"

/// Continuous-time Markov chains; knows no cluster.
namespace haplan::model {

/// Stationary distribution by Grassmann-Taksar-Heyman elimination (no subtractions: every entry has
/// full relative accuracy). States outside the single bottom component get 0.
///   edges    parallel edges add up; self loops are ignored
///   returns  n probabilities, sum 1
///   error    each entry relatively at most Eliminated::relative_error, about 6 n^2 roundings
///   fails    not_unique when there is more than one bottom component; invalid_input for n = 0 or a
///            rate <= 0
///   cost     O(n^3) of the bottom component; for large chains see long_run_mean()
///   source   [GTH85]
Result<std::vector<double>> steady_state(std::size_t n, const std::vector<RatedEdge>& edges);

/// Rates among the states of a bottom component, as a square matrix by rows [1/s].
std::vector<double> dense_rates(const Chain& chain, std::span<const std::uint32_t> states);

}  // namespace haplan::model
