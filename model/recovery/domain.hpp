#pragma once

#include <vector>

#include "model/system/system.hpp"

/// Alternating renewal processes of domains. MODEL section 2. Rates [1/s], times [s]; all costs O(modes).
namespace haplan::model {

/// E[min(R, t)] of a mode's repair time R; t >= 0 or infinity (then the mean). [s]
///   error   a few roundings (tests hold it to quadrature of the survival function)
///   source  MODEL 2; normal_cdf and normal_tail of model/numerics
double expected_min(const DomainMode& mode, double t);

/// Share of time in which the domain is down: sum(rate r) / (1 + sum(rate r)); 1 when `down`.
///   returns in [0, 1], a few roundings off, relative however small
double down_probability(const std::vector<DomainMode>& modes, bool down);

/// Share of time in which it is up: 1 / (1 + sum(rate r)); 0 when `down`.
double up_probability(const std::vector<DomainMode>& modes, bool down);

/// Probability of being down with an age in (after, until]; `until` may be infinity. Modes' shares
/// summed. `down`: 0 for finite `until`, 1 when `until` is infinity (its age is infinite).
///   error   exponential and fixed repairs: relative, a few roundings; lognormal ones: a difference of two integrals, on
///           the side that cancels less, right to a few roundings of the smaller one
double down_between(const std::vector<DomainMode>& modes, bool down, double after, double until);

/// The same failures in the same order, whatever they are called.
bool fail_alike(const std::vector<DomainMode>& a, const std::vector<DomainMode>& b);

}  // namespace haplan::model
