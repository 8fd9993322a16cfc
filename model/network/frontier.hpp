#pragma once

#include <cstdint>
#include <vector>

#include "model/base/result.hpp"

/// Connectivity by a frontier: elements are decided one after the other, and of all that was decided only
/// matters which vertices with undecided links are up, connected to each other and to a terminal.
namespace haplan::model {

/// A network in the order in which it is decided. A vertex that fails stands in `steps` before its links.
struct FrontierProblem {
  struct Vertex {
    bool terminal = false;
    bool fails = false;
  };
  struct Link {
    std::size_t from = 0;
    std::size_t to = 0;
    bool fails = true;
    bool may_lose = false;  ///< it has a third outcome that loses a terminal
  };
  struct Step {
    bool is_link = false;
    std::size_t index = 0;  ///< of the vertex or link
  };
  std::vector<Vertex> vertices;
  std::vector<Link> links;
  std::vector<Step> steps;  ///< every link once; every vertex at most once, before its links
};

/// Decisions level by level. The third outcome of a link that has one always leads to kApart.
struct FrontierDiagram {
  using Ref = std::uint32_t;
  static constexpr Ref kApart = 0;      ///< some terminals are down or apart
  static constexpr Ref kConnected = 1;  ///< all terminals are up and connected
  static constexpr Ref kUnknown = 2;    ///< more elements have failed than were followed
  static constexpr Ref kFirst = 3;      ///< kFirst + i: node i of the next level

  struct Node {
    Ref up = kApart;
    Ref down = kApart;
  };
  struct Level {
    FrontierProblem::Step step;
    std::vector<Node> nodes;
  };
  std::vector<Level> levels;
  Ref root = kApart;  ///< into the first level
  std::size_t nodes = 0;
  std::size_t max_frontier = 0;
};

struct FrontierLimits {
  std::size_t nodes = 20'000'000;  ///< of all levels together
  int failures = 1 << 20;          ///< more failed elements than this become kUnknown
};

/// Every element once, without variables that nothing depends on being merged away.
///   fails   budget_exhausted when there are more nodes than limits.nodes, or more than 120 vertices in a frontier
///   cost    O(nodes * frontier)
///   source  [HLL07]
Result<FrontierDiagram> frontier_diagram(const FrontierProblem& problem,
                                         const FrontierLimits& limits);

}  // namespace haplan::model
