#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/base/stop.hpp"

/// Do these items fit these bins: exact, deterministic. Knows no cluster: bins are nodes, items
/// replicas.
namespace haplan::model {

/// `count` identical items. An item may go to the bins in `allowed`; after the whole packing the
/// number of the group's items per bin, `placed` ones included, must keep max - min <= max_skew
/// over the spread domains
/// (`domain[b]` for bin b, or npos: not eligible) when `hard_spread`.
struct ItemGroup {
  int count = 0;
  std::vector<std::int64_t> size;    ///< per resource
  std::vector<std::size_t> allowed;  ///< bins, ascending
  std::vector<int> placed;           ///< per bin: items of this group already there
  std::vector<std::size_t> domain;   ///< per bin: spread domain, or kNoDomain when not eligible
  int max_skew = 1;
  bool hard_spread = false;
  std::optional<std::size_t> together;  ///< groups with the same value share one bin
  bool optional = false;  ///< only among arrivals: takes room, and may be left without a bin
};

inline constexpr std::size_t kNoDomain = static_cast<std::size_t>(-1);

struct PackingResult {
  bool fits = false;
  bool exact = true;  ///< false: cut short, and `fits` is the safe answer (false)
  std::vector<std::vector<int>> placement;  ///< [group][bin] new items, when it fits
  std::size_t work = 0;
};

/// Exact search (first-fail order, symmetry between equal bins), greedy first.
///   free   [bin][resource] capacity left
///   stop   ends it like the work limit
PackingResult pack(const std::vector<std::vector<std::int64_t>>& free,
                   const std::vector<ItemGroup>& groups, std::size_t work_limit = 1'000'000,
                   const Stop& stop = {});

}  // namespace haplan::model
