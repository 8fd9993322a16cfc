#pragma once

#include "planner/cli/arguments.hpp"
#include "planner/plan.hpp"

namespace haplan::planner::cli {

/// Draws the uncertain inputs of a plan's spec as the arguments say; tells on stderr when there are none.
///   returns  0, or the exit code after a failure was told
int draw(Plan& plan, const Arguments& arguments);

}  // namespace haplan::planner::cli
