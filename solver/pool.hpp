#pragma once

#include <vector>

#include "model/system/system.hpp"

namespace haplan::solver {

/// The nodes that a bound fills with components of their own: of those that fail alike the ones that are lost most of the time, however
/// many they are. With drains all or none, since what is drained may move to any node.
///   returns  whether it is one of them, per node
std::vector<bool> least_reliable_nodes(const model::System& system);

}  // namespace haplan::solver
