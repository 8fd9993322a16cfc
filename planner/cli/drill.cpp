#include "planner/render/drill.hpp"

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/cli/text_options.hpp"

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
  return show(arguments.format == "json"
                  ? render_drill_json(*report)
                  : render_drill_text(*report, text_options_with_plan(arguments)),
              static_cast<int>(any_missed(*report) ? ExitCode::missed : ExitCode::done));
}

}  // namespace haplan::planner::cli
