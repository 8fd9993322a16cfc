#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/availability/evaluate.hpp"

/// Minimal cut sets: the fewest failures that together take a service down. MODEL 5.
namespace haplan::model {

/// One failure of a cut set.
struct CutEvent {
  CauseKind kind = CauseKind::replica;
  std::string subject;  ///< component, node, domain, claim, gate, vertex or link
  std::string mode;     ///< of a factor; else empty
  std::string node;     ///< of a replica, where it runs without failures; empty without a cluster
  double within =
      0.0;  ///< [s] a node is down no longer than this (later its replicas are back elsewhere); 0: at all
};

/// A set of failures that suffices at some load levels, and no smaller one does there.
struct CutSet {
  std::vector<CutEvent> events;  ///< what is drained first, then in the order of elements
  std::vector<LevelId> levels;   ///< where it is minimal, ascending
  double probability = 0.0;      ///< that all its events hold at such a level
};

struct CutSets {
  std::vector<CutSet> sets;  ///< descending probability; ties in order of events
  /// Bound on the unavailability in which none of the sets holds.
  double remainder = 0.0;
};

struct CutSetOptions {
  std::size_t most_events = 8;   ///< of a set, a drain not counted
  double least_share = 1e-6;     ///< of the unavailability: less probable sets are left out
  std::size_t most_sets = 1000;  ///< the most probable are kept
  std::size_t work_limit =
      400'000;  ///< failure states tried; the least share is raised until they suffice
};

/// Minimal cut sets of each service. Within a load level and a state of the drains the structure function is
/// coherent; a set that needs a drain names the drained node.
///   fails   as evaluate; budget_exhausted when a network is too large to be followed through all its failures
///   cost    O(work_limit * replicas) per service
///   source  [RC03]; the remainder is U - P(union of the sets), exact but for rounding
Result<std::vector<CutSets>> minimal_cut_sets(const System& system, const Deployment& deployment,
                                              const CutSetOptions& options = {});

}  // namespace haplan::model
