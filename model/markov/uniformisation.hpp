#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/base/estimate.hpp"
#include "model/base/result.hpp"
#include "model/markov/chain.hpp"

/// What every method by uniformisation shares: a chain watched at the events of a Poisson process
/// that is faster than any state is left. Between two events it makes one step of a discrete chain
/// P = I + generator / rate, whose entries are not negative, so that no digit is lost by
/// subtraction.
namespace haplan::model {

struct UniformisationOptions {
  /// Half the width of the resulting interval over its lower end.
  double relative_tolerance = 1e-9;
  /// Half the width that is good enough whatever the value [unit of the result].
  double absolute_tolerance = 0.0;
  /// Steps of P, each of cost O(transitions).
  std::size_t step_limit = 100'000'000;
  /// > 1: rate of the process over the fastest exit.
  double rate_factor = 1.02;
  /// Stop where what all later steps can add is bounded closely enough; the guarantee is the same.
  bool detect = true;
  /// Of more states than this, try the likely ones first and bound what the others add; the
  /// guarantee is the same. Pays where the other states do not fit a cache.
  std::size_t truncate_beyond = 50'000;
};

/// A number that met its tolerance: the interval is proved, truncation and rounding included.
struct ChainFigure {
  Estimate value;
  std::size_t steps = 0;   ///< steps of P that were made
  std::size_t states = 0;  ///< states that were kept, of those that can be reached
};

/// P restricted to some states of a chain; what leads to the others is lost mass.
struct Uniformised {
  double rate = 0.0;  ///< [1/s] of the Poisson process; 0 when no state is left
  std::vector<double> stay;
  std::vector<std::uint64_t> begin{0};
  std::vector<std::uint32_t> other;
  std::vector<double> probability;
  /// Of multiply(): each entry is right to this, relatively, rounding of the entries of P included.
  double step_error = 0.0;

  std::size_t size() const { return stay.size(); }
  /// out = P in; `in` >= 0. Not in place.
  void multiply(const std::vector<double>& in, std::vector<double>& out) const;
};

/// States that can be reached from where `initial` > 0 without passing through `blocked` (empty for
/// none), those excluded; ascending.
std::vector<std::uint32_t> reachable(const Chain& chain, std::span<const double> initial,
                                     const std::vector<bool>& blocked = {});

/// P by rows for these states (ascending). cost O(states of the chain + their transitions)
Uniformised uniformised(const Chain& chain, std::span<const std::uint32_t> states,
                        double rate_factor);

/// The same matrix by columns: multiply() then moves a distribution forwards.
Uniformised transposed(const Uniformised& matrix);

/// The entries of `values` at `states`.
std::vector<double> gathered(std::span<const double> values, std::span<const std::uint32_t> states);

/// The error of a distribution that does not fit the chain or does not sum to 1 (to 1e-9), of a
/// time that is negative or not finite, of options without meaning; none when all is well.
Result<void> check_transient(const Chain& chain, std::span<const double> initial, double t,
                             const UniformisationOptions& options);

}  // namespace haplan::model
