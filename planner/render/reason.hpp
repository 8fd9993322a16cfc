#pragma once

#include <string>

#include "planner/lower.hpp"
#include "planner/render/workload.hpp"

/// Why a written value is what it is, as one comment line.
namespace haplan::planner {

/// "components.api.replicas: decided 3 of 1..4", or "...: fixed by the spec"; of every decision at
/// or under the path.
std::string reason_of(const Lowered& lowered, const model::Deployment& deployment,
                      const std::string& path);

/// The reason of a part of a workload.
std::string reason_of(const Lowered& lowered, const model::Deployment& deployment, const Ask& ask,
                      Part part);

/// What to do by hand about a controller's settings that the target's values have no key for, with
/// the settings of this plan.
std::string controller_setting(const Ask& ask, const Target& target);

}  // namespace haplan::planner
