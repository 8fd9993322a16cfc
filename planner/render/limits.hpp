#pragma once

#include <vector>

#include "planner/render/values.hpp"
#include "planner/render/workload.hpp"
#include "planner/yaml/tree.hpp"

/// Limits that a plan does not set and that stand all the same: the chart's, or the user's.
namespace haplan::planner {

/// Requests of a target that lie above a limit which no value of the plan replaces: the API server
/// refuses such a pod.
///   own   the user's values of the release, which win over the chart's; null: not known
///   cost  the number of requests
std::vector<Unsupported> refused_requests(const Ask& ask, const Target& target,
                                          const yaml::Node* own);

}  // namespace haplan::planner
