#pragma once

#include <vector>

#include "solver/problem.hpp"

namespace haplan::solver {

/// Nodes on which the scheduler may put the replicas of every component so that much is lost at once: where no rule forbids
/// it one above the other, else in one zone, and different components on different nodes. For as many replicas as there can be; fewer use
/// the first ones. A guess at the worst, never more than that.
std::vector<std::vector<model::NodeId>> unlucky_nodes(const Problem& problem);

/// The same, but the first replica of each component finds its node before any second one does, so that as many components as
/// there are nodes stand alone.
///   order  of the components; those that it does not name come after
std::vector<std::vector<model::NodeId>> scattered_nodes(
    const Problem& problem, const std::vector<model::ComponentId>& order = {});

}  // namespace haplan::solver
