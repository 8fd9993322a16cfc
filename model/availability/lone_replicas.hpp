#pragma once

#include <cstddef>
#include <vector>

#include "model/availability/down_cache.hpp"

/// What components of one replica add to a service's unavailability when they have to share nodes.
namespace haplan::model {

/// A component of one replica that could run on nodes of some kinds.
struct LoneReplica {
  /// Per kind of node, whose nodes differ in nothing but their names: P(down | world) on one of them; empty: not allowed there.
  std::vector<DownVector> down;
};

struct MostAdded {
  double most = 0.0;
  double operations = 0.0;  ///< additions that it took
};

/// No less than P(some of them is down, and what is placed already is up), wherever they are put. At most the
/// probabilities add up (Boole's inequality); but of replicas on one node all but the first add only what is not down
/// together with that one (Hunter's inequality), so no more of them than there are nodes add all: the best assignment counts.
/// In a world that several nodes are down in, all together add no more than its weight: that counts where the best
/// assignment has one of them down for certain.
/// Near the truth where many replicas share few nodes and a lost node takes each of them down.
///   weight    mass times P(up so far) of every world
///   replicas  of components in series
///   nodes     of each kind
///   enough    a bound that is no larger need not be any closer
/// Source: Hunter (1976), An upper bound for the probability of a union.
MostAdded most_added(const DownVector& weight, const std::vector<LoneReplica>& replicas,
                     const std::vector<std::size_t>& nodes, double enough = 0.0);

}  // namespace haplan::model
