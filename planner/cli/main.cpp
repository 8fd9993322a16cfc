#include <exception>
#include <string>

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#include "planner/cli/arguments.hpp"
#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/signals.hpp"
#include "planner/cli/terminal.hpp"

namespace {

using namespace haplan::planner::cli;  // NOLINT(google-build-using-namespace): this file is the
                                       // program

/// Searches free and take the same megabytes all the time: given back in between, they cost a tenth of a short run.
void keep_freed_memory() {
#ifdef M_TRIM_THRESHOLD
  constexpr int kKept = 1 << 28;     // bytes
  constexpr int kMapped = 32 << 20;  // bytes; it no longer adapts once any of these is set
  mallopt(M_TRIM_THRESHOLD, kKept);
  mallopt(M_MMAP_THRESHOLD, kMapped);
#endif
}

int run(const Arguments& arguments) {
  if (arguments.verb == "solve") return run_solve(arguments);
  if (arguments.verb == "evaluate") return run_evaluate(arguments);
  if (arguments.verb == "drill") return run_drill(arguments);
  if (arguments.verb == "render") return run_render(arguments);
  if (arguments.verb == "profile") return run_profile(arguments);
  if (arguments.verb == "simulate") return run_simulate(arguments);
  if (arguments.verb == "calibrate") return run_calibrate(arguments);
  if (arguments.verb == "validate") return run_validate(arguments);
  if (arguments.verb == "verify") return run_verify(arguments);
  if (arguments.verb == "schema") return run_schema(arguments);
  if (arguments.verb == "explain") return run_explain(arguments);
  if (arguments.verb == "why") return run_why(arguments);
  return run_version(arguments);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    ignore_write_signals();
    keep_freed_memory();
    const ParsedArguments parsed = parse_arguments(argc, argv);
    if (parsed.arguments) return run(*parsed.arguments);
    if (parsed.exit_code != 0) {
      complain(parsed.message);
      return parsed.exit_code;
    }
    return show(parsed.message, 0);
  } catch (const std::exception& error) {
    complain("haplan: internal error: " + printable(error.what()) +
             "\n  = this is a bug in haplan, not in the spec\n");
    return static_cast<int>(ExitCode::failed);
  }
}
