#pragma once

#include <span>
#include <vector>

#include "model/network/graph.hpp"

namespace haplan::model {

/// What of a network can matter to whether some terminals are connected.
struct Relevance {
  bool possible = true;  ///< false: the terminals are apart even when nothing has failed
  /// Per vertex: a terminal, or a cut vertex between two of them. All of these must be up, and connected.
  std::vector<bool> required;
  /// Links of each biconnected component through which terminals are connected; a bridge is one of its own.
  /// Everything else (dead ends, other components) has no influence.
  std::vector<std::vector<std::size_t>> blocks;
};

/// Biconnected components and the part of their tree that spans the terminals.
///   terminals  one or more vertices; repetitions are allowed
///   cost       O(vertices + links)
///   source     [HT73]
Relevance relevance(const NetworkGraph& network, std::span<const std::size_t> terminals);

}  // namespace haplan::model
