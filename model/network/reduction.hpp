#pragma once

#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "model/network/graph.hpp"
#include "model/network/parts.hpp"

namespace haplan::model {

/// What is left of one block when nothing reduces it any further.
struct Core {
  struct Vertex {
    bool terminal = false;
    std::optional<Parts::Id> part;  ///< its own failure; a terminal's stands in Reduction::series
  };
  struct Link {
    std::size_t from = 0;
    std::size_t to = 0;
    Parts::Id part = 0;
  };
  std::vector<Vertex> vertices;
  std::vector<Link> links;
};

/// A connectivity function as a series of parts and cores.
struct Reduction {
  bool possible = true;  ///< false: never connected
  Parts parts;
  std::vector<Parts::Id> series;  ///< all must join
  std::vector<Core> cores;        ///< and the terminals of each must be connected
};

/// Reduces the question whether all terminals are up and connected: failing terminals and cut vertices in series,
/// one problem per biconnected component, dead ends dropped; then parallel links, vertices of degree 2 in series
/// and terminals of degree 2 between required vertices, until nothing changes.
///   terminals  one or more vertices; repetitions are allowed
///   error      none: the function stays the same
///   cost       O(vertices + links)
///   source     [SW85], [HLL07]
Reduction reduce(const NetworkGraph& network, std::span<const std::size_t> terminals);

}  // namespace haplan::model
