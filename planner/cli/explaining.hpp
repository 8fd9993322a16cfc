#pragma once

#include <optional>
#include <string>

#include "planner/cli/arguments.hpp"
#include "planner/render/text.hpp"

namespace haplan::planner::cli {

/// How text goes to stdout: colour and width of the terminal, the name of the spec.
TextOptions text_options(const Arguments& arguments);

/// Evaluates the spec of the command line and explains one path, or all of them.
///   returns   the exit code
int explain_spec(const Arguments& arguments, const std::optional<std::string>& path);

}  // namespace haplan::planner::cli
