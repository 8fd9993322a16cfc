#pragma once

#include "solver/solve.hpp"

/// Why replicas cannot be placed, at the smallest counts that a spec allows.
namespace haplan::solver {

struct NoRoom {
  std::string reason;                   ///< one sentence without a period
  std::vector<std::string> would_help;  ///< what would have to change
};

/// Of a problem that has no plan even without objectives. Says the first that holds: a replica that fits no node, a
/// component whose replicas cannot be placed although nothing else is there, a sum beyond all nodes, components that
/// do not fit together.
NoRoom no_room(const Problem& problem);

}  // namespace haplan::solver
