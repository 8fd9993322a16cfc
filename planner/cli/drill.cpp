#include "planner/render/drill.hpp"

#include <unistd.h>

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/terminal.hpp"

namespace haplan::planner::cli {

int run_drill(const Arguments& arguments) {
  Opened opened = open_spec(arguments);
  if (!opened.lowered) return opened.exit_code;
  const auto report = drill_report(opened.inputs, std::move(*opened.lowered));
  if (!report) {
    complain("haplan: " + printable(report.error().message) + "\n");
    return static_cast<int>(report.error().fault == model::Fault::budget_exhausted
                                ? ExitCode::undecided
                                : ExitCode::failed);
  }
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  TextOptions options;
  options.colour = terminal && colour_on(STDOUT_FILENO, arguments.colour);
  options.width = terminal ? terminal_width() : TextOptions{}.width;
  options.spec = arguments.specs.front();
  return show(
      arguments.format == "json" ? render_drill_json(*report) : render_drill_text(*report, options),
      static_cast<int>(any_missed(*report) ? ExitCode::missed : ExitCode::done));
}

}  // namespace haplan::planner::cli
