#pragma once

#include <span>
#include <vector>

#include "model/network/graph.hpp"

/// In which order a frontier method should look at links: the result is the same for all, the work is not.
namespace haplan::model {

struct LinkOrder {
  std::vector<std::size_t> links;
  std::size_t max_frontier = 0;  ///< most vertices with some links seen and some not
  double work = 0.0;             ///< estimate: sum over links of 3^frontier
};

/// The order of least estimated work among those of breadth-first searches (sorted by degree, as Cuthill and
/// McKee do) and greedy eliminations from up to 64 starts, and, where these promise much work, of a beam search
/// over sets of eliminated vertices. Deterministic.
///   vertices  number of vertices
///   links     without loops
///   cost      O(starts * vertices * (frontier + degree)); the beam search O(beam * vertices * frontier)
///   source    [CM69], [HLL07] for the measure
LinkOrder link_order(std::size_t vertices, std::span<const NetworkLink> links);

/// Frontier and work of a given order.
LinkOrder measured(std::size_t vertices, std::span<const NetworkLink> links,
                   std::vector<std::size_t> order);

}  // namespace haplan::model
