#pragma once

#include <cstdint>
#include <vector>

#include "model/base/estimate.hpp"
#include "model/base/result.hpp"
#include "model/markov/single_delay.hpp"

/// Delays as chains of exponential phases, so that a Markov chain can contain them.
namespace haplan::model {

/// `stages` exponential stages in a row, each of this rate.
struct ErlangBranch {
  double probability = 0.0;
  std::uint32_t stages = 1;
  double rate = 0.0;  ///< [1/s]
};

/// A mixture of Erlang distributions; probabilities sum to 1.
struct PhaseType {
  std::vector<ErlangBranch> branches;

  double mean() const;      ///< [s]
  double variance() const;  ///< [s^2]
  /// P(X > t). error relative 1e-12
  double survival(double t) const;
  /// E[max(X - t, 0)] [s]. error relative 1e-12
  double expected_excess(double t) const;
};

/// One state of the chain of a phase type.
struct Phase {
  double enter = 0.0;      ///< probability that the delay begins here
  double rate = 0.0;       ///< [1/s] of leaving
  std::uint32_t next = 0;  ///< the phase that follows; the number of phases when the delay is over
};

/// Branches of the same rate share their phases.
std::vector<Phase> phases_of(const PhaseType& type);

inline constexpr std::uint32_t kMostPhases = 1000;

struct PhaseFit {
  PhaseType type;
  bool variance_matched = false;  ///< to 1e-9 relative; the mean always is
  Estimate cdf_distance;          ///< sup over t of |P(X <= t) - P(Y <= t)|, known to 1e-5
  Estimate mean_distance;         ///< integral over t of the same [s], known to 1e-4 of the mean
};

/// The closest of the phase types below with at most this many phases: those that match the
/// variance before those that do not, then by a rough look at cdf_distance. All match the mean.
///   - mixtures of Erlang(k - 1) and Erlang(k) of one rate, k = ceil(1 / c), when the squared
///     coefficient of variation c is at most 1: mean and variance [Tij94];
///   - mixtures of Erlang distributions of one rate whose weights follow the shape of the delay,
///     narrowed by what the stages themselves add to the variance: mean and variance;
///   - lognormal: Erlang(k) branches whose means are lognormal on a grid, narrowed likewise: mean
///     and variance; and two exponentials when c > 1: three moments;
///   - Erlang(most_phases) when c < 1 / most_phases, since nothing with so few phases has less
///     variance [AS87]; one exponential when one phase is all there is: the mean.
/// A fixed delay is of the last kind. Its cdf_distance stays above 1/2 with any number of phases,
/// so look at mean_distance, which bounds the error of E[g(X)] for every g of slope at most 1 and
/// falls as 0.8 mean / sqrt(phases).
///   most_phases  1 .. kMostPhases
///   error    both distances are intervals between proved bounds, not samples
///   fails    invalid_input for a bad delay or number of phases, not_converged when a distance
///            cannot be bounded as stated
///   cost     up to some hundred candidates, each looked at 150 times in O(phases); a second for
///            some hundred phases
Result<PhaseFit> fit_phases(const SingleDelay& delay, std::uint32_t most_phases);

}  // namespace haplan::model
