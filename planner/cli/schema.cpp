#include "planner/spec/schema.hpp"

#include "planner/cli/commands.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"

namespace haplan::planner::cli {

int run_schema(const Arguments&) { return show(json_schema(), static_cast<int>(ExitCode::done)); }

}  // namespace haplan::planner::cli
