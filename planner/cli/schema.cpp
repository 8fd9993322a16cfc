#include "planner/spec/schema.hpp"

#include "planner/cli/commands.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/terminal.hpp"

namespace haplan::planner::cli {

int run_schema(const Arguments&) {
  if (const auto failure = write_stdout(json_schema())) {
    complain("haplan: " + *failure + "\n");
    return static_cast<int>(ExitCode::failed);
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace haplan::planner::cli
