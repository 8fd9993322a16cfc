#pragma once

#include "planner/cli/arguments.hpp"
#include "planner/render/text.hpp"

namespace haplan::planner::cli {

/// How a page is written, and what the next command is to be given: the spec with its layers, settings and scenario,
/// as a shell takes them.
///   terminal  colour and width are those of the terminal on stdout
TextOptions text_options(const Arguments& arguments, bool terminal);

/// The same on stdout, for a next command that takes the plan of this one, too.
TextOptions text_options_with_plan(const Arguments& arguments);

}  // namespace haplan::planner::cli
