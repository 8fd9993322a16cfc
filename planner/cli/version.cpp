#include "planner/cli/commands.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/terminal.hpp"

namespace haplan::planner::cli {

int run_version(const Arguments&) {
  if (const auto failure = write_stdout("haplan " HAPLAN_VERSION "\n")) {
    complain("haplan: " + *failure + "\n");
    return static_cast<int>(ExitCode::failed);
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace haplan::planner::cli
