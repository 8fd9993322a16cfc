#pragma once

#include "planner/cli/arguments.hpp"
#include "planner/cli/files.hpp"
#include "planner/plan.hpp"
#include "planner/render/values.hpp"

namespace haplan::planner::cli {

/// Says early whether the files asked for could be written; false after the reason was told on
/// stderr.
bool outputs_possible(const Arguments& arguments);

/// Whether a path is that of a directory: there is one, or it ends in a slash.
bool is_directory(const std::string& path);

/// Notes and what no file can carry, on stderr, each once.
void tell(const RenderedFiles& rendered);

/// Renders a plan to stdout and to every file asked for: the files appear together or not at all.
///   returns   `exit_code`, or that of a failed write after it was told on stderr
int publish(const Plan& plan, const Arguments& arguments, int exit_code);

/// The same, together with files that were staged before; a certificate is one of them.
int publish(const Plan& plan, const Arguments& arguments, int exit_code, Publication& files);

}  // namespace haplan::planner::cli
