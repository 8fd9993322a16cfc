#pragma once

#include <string>
#include <vector>

#include "planner/plan.hpp"

namespace haplan::planner {

/// What an honest reader of the figures must know, one sentence each, most important first: a
/// placement that cannot be, single external and single instances on a path, shared claims,
/// replicas without failover, soft spread, node loss, grace periods and detection against the
/// recovery target, releases, the textbook formula's error. Pure; never empty sentences.
std::vector<std::string> warnings_for(const Lowered& lowered, const Assessment& assessment);

}  // namespace haplan::planner
