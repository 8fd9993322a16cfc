#pragma once

#include <optional>
#include <string>
#include <vector>

namespace haplan::planner::cli {

/// What another program said.
struct Finished {
  int exit_code = 0;  ///< 128 + the signal that ended it
  std::string out;
  std::string err;
};

/// Runs a program from PATH without a shell and without input, and waits for it; nothing when it
/// cannot be started.
std::optional<Finished> run_program(const std::vector<std::string>& command);

}  // namespace haplan::planner::cli
