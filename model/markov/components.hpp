#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "model/markov/chain.hpp"

namespace haplan::model {

/// Where a chain ends up: its bottom components, the strongly connected sets that nothing leaves.
struct BottomComponents {
  static constexpr std::uint32_t kTransient = std::numeric_limits<std::uint32_t>::max();

  std::size_t count = 0;
  std::vector<std::uint32_t> of;  ///< by state: number of its bottom component, or kTransient

  /// States of one of them (or kTransient), ascending.
  std::vector<std::uint32_t> states(std::uint32_t component) const;
};

/// Bottom components of what `from` leads to (all states of the chain when it is empty), numbered
/// by their smallest state; states that are not reached count as transient.
///   cost     O(states + transitions), 20 bytes a state
///   source   [Tar72]
BottomComponents bottom_components(const Chain& chain, std::span<const std::uint32_t> from = {});

}  // namespace haplan::model
