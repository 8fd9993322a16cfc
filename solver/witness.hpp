#pragma once

#include <vector>

#include "solver/problem.hpp"

namespace haplan::solver {

/// Nodes on which the scheduler may put the replicas of every component so that much is lost at once: where no rule forbids
/// it one above the other, and different components on different nodes. For as many replicas as there can be; fewer use
/// the first ones. A guess at the worst, never more than that.
std::vector<std::vector<model::NodeId>> unlucky_nodes(const Problem& problem);

}  // namespace haplan::solver
