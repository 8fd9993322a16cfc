#pragma once

#include <vector>

#include "solver/verify/series.hpp"

namespace haplan::solver {

/// For Series::judge: gives nodes of the witness to those components that lose most by not having them to themselves, one after the
/// other until every node that helps somebody is given. Then it lets replicas have nodes together where their failures count for more
/// than what two have in common.
///   spare    one node in each domain that is looked at is left to single replicas that are to be there
///   returns  what to ask with
///   cost     O(components^2 * nodes) and the figures of Series::worth
HostCounts own_nodes(Series& series, Choices& choices,
                     const std::vector<std::vector<model::NodeId>>& witness, const Box& box,
                     model::ServiceId service, bool spare);

}  // namespace haplan::solver
