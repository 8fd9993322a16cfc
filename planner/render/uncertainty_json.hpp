#pragma once

#include <nlohmann/json_fwd.hpp>

#include "planner/plan.hpp"

namespace haplan::planner {

/// Adds `uncertainty` and `sources` to a result, each when the plan has it.
void put_uncertainty(nlohmann::json& root, const Plan& plan);

}  // namespace haplan::planner
