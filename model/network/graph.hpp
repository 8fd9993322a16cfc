#pragma once

#include <cstddef>
#include <vector>

/// Undirected networks whose vertices and links fail independently of each other. Knows no system.
namespace haplan::model {

struct NetworkLink {
  std::size_t from = 0;  ///< index of a vertex
  std::size_t to = 0;
};

/// Vertices are 0 .. vertices - 1; parallel links are allowed, a loop connects nothing.
/// Elements are what fails: first the vertices, then the links, in their order.
struct NetworkGraph {
  std::size_t vertices = 0;
  std::vector<NetworkLink> links;
  std::vector<bool> perfect;  ///< per element: never fails, which saves work; empty: any may fail

  [[nodiscard]] std::size_t element_count() const { return vertices + links.size(); }
  [[nodiscard]] std::size_t element_of_link(std::size_t link) const { return vertices + link; }
  [[nodiscard]] bool fails(std::size_t element) const {
    return perfect.empty() || !perfect[element];
  }
};

}  // namespace haplan::model
