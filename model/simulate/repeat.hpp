#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "model/base/stop.hpp"
#include "model/simulate/preference.hpp"

namespace haplan::model {

/// Sums of one service over one replication; of biased cycles, weighted with their likelihood ratios.
struct RepeatedService {
  double down = 0.0;            ///< [s]
  double outages = 0.0;         ///< events
  double failed = 0.0;          ///< expected failed requests
  double requests = 0.0;        ///< offered
  std::uint64_t seen = 0;       ///< outages that the path really had, without weights
  std::vector<double> windows;  ///< [s] downtime of each complete window, never weighted
  std::vector<Fall> falls;      ///< of biased cycles that teach a preference
};

/// What one replication adds. Replications are independent and equally distributed.
struct Repeat {
  std::uint64_t events = 0;  ///< work, warming up included
  double time = 0.0;         ///< [s] simulated, what `down` is a share of
  std::vector<RepeatedService> services;
};

/// Plays the replication of an index: the same index gives the same replication. Nothing when the Stop said so on the
/// way. Called by several threads at once.
using Player = std::function<std::optional<Repeat>(std::uint64_t index, const Stop& stop)>;

/// Plays replications [first, first + count) in up to `threads` threads.
///   done     called for every replication that has ended, in any order, one call at a time
///   returns  in the order of their indices: all, or those before the first that was stopped
std::vector<Repeat> play_replications(const Player& player, std::uint64_t first,
                                      std::uint64_t count, unsigned threads, const Stop& stop,
                                      const std::function<void(const Repeat&)>& done);

}  // namespace haplan::model
