#pragma once

#include <cstdint>
#include <vector>

#include "solver/spending.hpp"

/// Criteria 1 and 2 of the preference, in the order that the problem asks for. MODEL 6.
namespace haplan::solver {

/// Relative difference below which two figures are equal.
inline constexpr double kEqualFigures = 1e-12;

/// -1, 0 or 1; equal within kEqualFigures.
int compare_figures(double a, double b);

/// What `minimize` names, at the level with most and on average, each in its turn; then CPU and memory that are requested
/// at the level with most replicas.
struct Rank {
  std::vector<Amount> amounts;
  std::int64_t cpu = 0;     ///< milli
  std::int64_t memory = 0;  ///< milli-bytes
};

Rank rank_of(const Problem& problem, const model::Deployment& deployment);

/// Lexicographic: -1, 0 or 1. Both of the same problem.
int compare(const Rank& a, const Rank& b);

}  // namespace haplan::solver
