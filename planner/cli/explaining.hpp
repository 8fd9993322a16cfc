#pragma once

#include <optional>
#include <string>

#include "planner/cli/arguments.hpp"

namespace haplan::planner::cli {

/// Evaluates the spec of the command line and explains one path, or all of them.
///   returns   the exit code
int explain_spec(const Arguments& arguments, const std::optional<std::string>& path);

}  // namespace haplan::planner::cli
