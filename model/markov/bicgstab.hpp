#pragma once

#include <span>

#include "model/markov/ordered_split.hpp"

namespace haplan::model {

struct KrylovLimits {
  double tolerance = 0.0;  ///< on the largest entry of b - A h
  std::size_t iterations = 1000;
};

/// Improves y, from 0, towards system.apply(y) = b, by stabilised biconjugate gradients. Stops at
/// the tolerance, at the limit, or where rounding lets the residual fall no further; the caller
/// checks what was reached. Sums are added in a fixed order.
///   b        is overwritten by the residual
///   returns  iterations made; two products each
///   memory   five vectors besides y
///   source   [Vor92]
std::size_t improve(const OrderedSplit& system, std::span<double> b, std::span<double> y,
                    const KrylovLimits& limits);

}  // namespace haplan::model
