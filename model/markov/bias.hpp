#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/markov/chain.hpp"

namespace haplan::model {

/// A function of the state, each value kept as an unevaluated sum of two doubles, so that it can be
/// refined until even stiff chains leave a small residual. [s] times the unit of the reward.
struct Bias {
  explicit Bias(std::size_t n) : high(n, 0.0), low(n, 0.0) {}

  void add(std::size_t state, double x);

  std::vector<double> high;
  std::vector<double> low;
};

struct Enclosure {
  double lower = 0.0;
  double upper = 0.0;
};

/// Encloses f_i + (Q h)_i for each of the states, rounding included, and returns the hull.
///
/// When the states are a bottom component with stationary distribution pi, the hull contains the
/// long-run mean pi f whatever h is, because pi Q h = 0; it is as narrow as h is near to the bias of
/// the chain, the solution of Q h = pi f - f. This is the bound of value-determination.
///   residual  midpoint of each enclosure, parallel to states
///   cost      O(transitions)
///   source    [Odo69]
Enclosure enclose(const Chain& chain, std::span<const std::uint32_t> states,
                  std::span<const double> f, const Bias& h, std::span<double> residual);

}  // namespace haplan::model
