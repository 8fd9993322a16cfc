#pragma once

#include <cstddef>
#include <vector>

#include "model/base/estimate.hpp"
#include "model/markov/chain.hpp"

/// What tests of Markov chains write again and again.
namespace haplan::test {

/// A chain of edges that are right.
inline model::Chain chain(std::size_t n, const std::vector<model::RatedEdge>& edges) {
  return *model::chain_of(n, edges);
}

/// The initial distribution of a chain of n states that starts in one of them.
inline std::vector<double> start(std::size_t n, std::size_t state) {
  std::vector<double> initial(n, 0.0);
  initial[state] = 1.0;
  return initial;
}

inline bool contains(const model::Estimate& estimate, double truth) {
  return estimate.lower <= truth && truth <= estimate.upper;
}

/// Nine digits are proved.
inline bool tight(const model::Estimate& estimate) {
  return (estimate.upper - estimate.lower) / 2 <= 1e-9 * estimate.lower;
}

}  // namespace haplan::test
