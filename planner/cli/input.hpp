#pragma once

#include <optional>

#include "planner/cli/arguments.hpp"
#include "planner/session/session.hpp"

namespace haplan::planner::cli {

/// The texts that a command line names, or the exit code after a failure was told on stderr.
struct Gathered {
  std::optional<Inputs> inputs;
  int exit_code = 0;
};
Gathered gather(const Arguments& arguments);

/// The text at a path (stdin for "-"), or nothing after the failure was told on stderr.
std::optional<Source> source_at(const std::string& path);

/// A spec ready to work on, or the exit code after its mistakes were told on stderr. Warnings are
/// told, too.
struct Opened {
  std::optional<Lowered> lowered;
  int exit_code = 0;
  Inputs inputs;  ///< the texts it came from
};
Opened open_spec(const Arguments& arguments);

}  // namespace haplan::planner::cli
