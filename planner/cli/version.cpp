#include "planner/cli/commands.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"

namespace haplan::planner::cli {

int run_version(const Arguments&) {
  return show("haplan " HAPLAN_VERSION "\n", static_cast<int>(ExitCode::done));
}

}  // namespace haplan::planner::cli
