#include "planner/calibrate/calibrate.hpp"

#include <algorithm>
#include <unistd.h>

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/signals.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/render/calibration.hpp"

namespace haplan::planner::cli {

namespace {

std::string rendered(const CalibrationReport& report, const std::string& format,
                     const Arguments& arguments, bool terminal) {
  if (format == "json") return render_calibration_json(report);
  if (format == "yaml") return render_calibration_yaml(report);
  TextOptions options;
  options.colour = terminal && colour_on(STDOUT_FILENO, arguments.colour);
  options.width = terminal ? terminal_width() : TextOptions{}.width;
  options.spec = arguments.specs.empty() ? "" : arguments.specs.front();
  return render_calibration_text(report, options);
}

/// YAML has no place for sentences: they are told on stderr, unless the page with them is written, too.
void tell(const CalibrationReport& report, const Arguments& arguments) {
  const auto has_warnings = [](const std::string& format) { return format != "yaml"; };
  if (has_warnings(arguments.format) ||
      std::ranges::any_of(arguments.outputs,
                          [&](const OutputRequest& one) { return has_warnings(one.format); }))
    return;
  for (const std::string& one : report.warnings) complain("warning: " + printable(one) + "\n");
}

int failed(const std::string& sentence) {
  complain("haplan: " + sentence + "\n");
  return static_cast<int>(ExitCode::failed);
}

int publish(const CalibrationReport& report, const Arguments& arguments) {
  watch_signals();  // an interrupt must not leave temporary files
  const int signals = signals_received();
  Publication files;
  std::string standard = rendered(report, arguments.format, arguments, true);
  for (const OutputRequest& request : arguments.outputs) {
    if (request.path == "-") {
      standard += rendered(report, request.format, arguments, true);
    } else if (auto failure =
                   files.stage(request.path, rendered(report, request.format, arguments, false))) {
      return failed(*failure);
    }
  }
  const int shown = show(standard, static_cast<int>(ExitCode::done));
  if (shown != static_cast<int>(ExitCode::done)) return shown;
  if (signals_received() != signals) return signal_exit_code();
  if (auto failure = files.commit()) return failed(*failure);
  return shown;
}

}  // namespace

int run_calibrate(const Arguments& arguments) {
  const Gathered gathered = gather(arguments);
  if (!gathered.inputs) return gathered.exit_code;
  for (const OutputRequest& request : arguments.outputs)
    if (request.path != "-")
      if (auto failure = check_writable(request.path)) return failed(*failure);
  CalibrationInputs inputs;
  inputs.spec = gathered.inputs->sources;
  inputs.plan = gathered.inputs->plan;
  inputs.options = arguments.calibration;
  if (arguments.table) {
    inputs.table = source_at(*arguments.table);
    if (!inputs.table) return static_cast<int>(ExitCode::failed);
  }
  const Calibration result = calibrate(inputs);
  const std::string said = print(result.diagnostics, result.texts);
  complain(colour_on(STDERR_FILENO, arguments.colour) ? painted(said) : said);
  if (!result.report) return static_cast<int>(ExitCode::invalid_spec);
  tell(*result.report, arguments);
  return publish(*result.report, arguments);
}

}  // namespace haplan::planner::cli
