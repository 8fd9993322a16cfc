#pragma once

#include <optional>
#include <vector>

#include "model/system/system.hpp"

/// How often a service goes down again while one failure lasts.
namespace haplan::model {

/// What a failure does to a service at one load level.
struct LevelDowns {
  double share = 0.0;  ///< P(down) while it lasts, in [0, 1]
  double rate = 0.0;   ///< [1/s] outages that begin, other than with the level's entry
  double entry = 0.0;  ///< P(down after the level's entry, and not before)
};

/// At a moment of the failure at which the service is down.
struct Recurrence {
  double again =
      0.0;  ///< the part of the downtime still to come that is not of this outage, in [0, 1)
  double mean = 0.0;  ///< [s] expected downtime still to come before the failure ends
};

/// The service within the failure as a Markov chain: down or up, at one of the levels, which come and go like the outages
/// at each of them at constant rates; the failure ends at a constant rate, too.
///   system  its levels
///   below   per level: the one that it is entered from and left to, if any
///   downs   per level
///   left    [s] mean time until the failure ends, > 0
///   returns per level; zero where the service is never down
///   error   1e-7, for what is always or never down counts as very fast
///   cost    O(levels^3)
std::vector<Recurrence> recurrences(const System& system,
                                    const std::vector<std::optional<LevelId>>& below,
                                    const std::vector<LevelDowns>& downs, double left);

}  // namespace haplan::model
