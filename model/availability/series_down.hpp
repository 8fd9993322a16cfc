#pragma once

#include <optional>
#include <vector>

#include "model/system/system.hpp"

/// The figure of a series system in one placement, from components in groups that share no node: polynomial in nodes.
namespace haplan::model {

/// One component of the series.
struct SeriesPart {
  /// Per level: P(down | k of its replicas reachable), k = 0 .. replicas at the level.
  std::vector<std::vector<double>> down;
  std::vector<NodeId> nodes;  ///< one per replica; n of them use the first n
  double reschedule =
      0.0;              ///< [s] until replicas of the only lost node serve again; infinite: never
  double settle = 0.0;  ///< [s] until replicas of a drained node serve again; infinite: never
  ComponentId component = 0;  ///< says where those go
};

/// P(some part down while nothing is drained) per level. Given which domains are down, nodes fail independently, and so
/// do groups of parts that share none; in a group sets of lost nodes are listed, small ones first, and what is beyond counts as up. While
/// one node alone is lost, its replicas are back after their delay.
///   most_states  sets listed per group and set of domains
///   returns      a lower bound, exact where all sets are listed. Nothing when a node or a domain is down for good, or more than six domains can fail
///   cost         O(2^domains * groups * most_states * parts)
///   source       MODEL 2
std::optional<std::vector<double>> undrained_down(const System& system,
                                                  const std::vector<SeriesPart>& parts,
                                                  std::size_t most_states = 5'000);

/// P(some part down while something is drained) at a level, at least: what several lost domains add is left out.
///   cost  that of undrained_down, times nodes and stages of a drain
double drained_down(const System& system, const std::vector<SeriesPart>& parts, LevelId level,
                    std::size_t most_states = 5'000);

/// P(nothing is drained).
double undrained(const System& system);

}  // namespace haplan::model
