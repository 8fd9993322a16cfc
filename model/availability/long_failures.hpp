#pragma once

#include <cstddef>
#include <vector>

#include "model/availability/compiled.hpp"
#include "model/availability/probabilities.hpp"

/// Single elements that can be failed for so long that a service goes down and up again meanwhile.
namespace haplan::model {

/// At a random moment of an element's failures, how much longer they last.
struct TimeLeft {
  double weight = 0.0;  ///< of the time in which it is failed
  double mean = 0.0;    ///< [s] > 0
};

/// A domain, node, claim, vertex or link, or the core of an external service or chain.
struct LongFailure {
  CauseKind kind = CauseKind::domain;
  std::size_t subject =
      0;  ///< DomainId, NodeId, ClaimId, VertexId, index of the link, or ComponentId
  std::vector<TimeLeft> left;  ///< failures of different length apart; weights add up to 1
};

/// All elements of a system that can fail and come back, in the order of their kinds and numbers. A lognormal repair counts
/// as some fixed ones of equal weight in time, of which one half is left on average; a chain's as exponential.
std::vector<LongFailure> long_failures(const System& system, const Compiled& compiled,
                                       const Numbers& numbers);

/// The name under which causes know it.
const std::string& name_of(const System& system, const LongFailure& failure);

/// The numbers once it is known that it is failed, at any moment of the failure, or that it is not.
void suppose(const Compiled& compiled, const LongFailure& failure, bool failed, Numbers& numbers);

}  // namespace haplan::model
