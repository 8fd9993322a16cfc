#pragma once

#include <vector>

#include "model/system/system.hpp"

/// Alternating renewal processes of domains. MODEL section 2.
namespace haplan::model {

/// E[min(R, t)] of a mode's repair time R; t >= 0 or infinity (then the mean). [s]
double expected_min(const DomainMode& mode, double t);

/// Share of time in which the domain is down: sum(rate r) / (1 + sum(rate r)); 1 when `down`.
double down_probability(const std::vector<DomainMode>& modes, bool down);

/// Probability of being down with an age in (after, until]; `until` may be infinity. Modes' shares
/// summed. `down`: 0 for finite `until`, 1 when `until` is infinity (its age is infinite).
double down_between(const std::vector<DomainMode>& modes, bool down, double after, double until);

}  // namespace haplan::model
