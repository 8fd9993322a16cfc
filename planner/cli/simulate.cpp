#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>
#include <unistd.h>

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/progress.hpp"
#include "planner/cli/signals.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/render/figures.hpp"
#include "planner/render/simulation.hpp"

namespace haplan::planner::cli {

namespace {

int told(const model::Error& error) {
  complain("haplan: " + printable(error.message) + "\n");
  return static_cast<int>(error.fault == model::Fault::budget_exhausted ? ExitCode::undecided
                                                                        : ExitCode::failed);
}

void show_progress(ProgressBar& bar, const model::SimulationProgress& progress) {
  // Work grows with the inverse square of the precision.
  const double precise = progress.wanted / progress.precision;
  const double worked = static_cast<double>(progress.events) / static_cast<double>(progress.limit);
  const std::string within =
      std::isfinite(progress.precision) ? ", within " + percent_text(progress.precision) : "";
  bar.show(std::max(precise * precise, worked),
           significant(static_cast<double>(progress.events) / 1e6, 3) + " million events, " +
               significant(progress.time / kYear, 3) + " years" + within);
}

SimulationRequest request_of(const Arguments& arguments) {
  SimulationRequest request;
  model::SimulateOptions& options = request.options;
  options.seed = arguments.simulate.seed;
  options.assumptions = arguments.simulate.assumptions;
  options.precision = arguments.simulate.precision;
  options.confidence = arguments.simulate.confidence;
  options.events = arguments.work_limit.value_or(model::kStandardEvents);
  options.threads = arguments.threads.value_or(std::max(1U, std::thread::hardware_concurrency()));
  if (const auto biased = arguments.simulate.biased)
    options.method =
        *biased ? model::SimulationMethod::failure_biasing : model::SimulationMethod::direct;
  request.window = arguments.simulate.window;
  const auto end = std::chrono::steady_clock::now() +
                   std::chrono::duration<double>(std::min(arguments.time_limit, 1e9));
  options.stop = [limited = arguments.time_limit > 0.0, end] {
    return signal_received() || (limited && std::chrono::steady_clock::now() >= end);
  };
  return request;
}

/// Writes the trace that was asked for; the exit code of a failure after it was told on stderr.
std::optional<int> write_trace(const Lowered& lowered, const SimulationRequest& request,
                               const SimulateArguments& arguments) {
  const auto text = simulation_trace(lowered, request, arguments.trace_for);
  if (!text) return told(text.error());
  if (arguments.trace == "-") return show(*text, static_cast<int>(ExitCode::done));
  Publication publication;
  auto failure = publication.stage(*arguments.trace, *text);
  if (!failure) failure = publication.commit();
  if (!failure) return std::nullopt;
  complain("haplan: " + printable(*failure) + "\n");
  return static_cast<int>(ExitCode::failed);
}

int exit_code_of(const SimulationReport& report) {
  if (signal_received()) return signal_exit_code();
  if (any_missed(report)) return static_cast<int>(ExitCode::missed);
  return static_cast<int>(report.simulation.reached ? ExitCode::done : ExitCode::undecided);
}

}  // namespace

int run_simulate(const Arguments& arguments) {
  Opened opened = open_spec(arguments);
  if (!opened.lowered) return opened.exit_code;
  watch_signals();
  SimulationRequest request = request_of(arguments);
  if (arguments.simulate.trace)
    if (const auto code = write_trace(*opened.lowered, request, arguments.simulate)) return *code;
  const auto report = [&] {
    ProgressBar bar;
    request.options.progress = [&bar](const model::SimulationProgress& progress) {
      show_progress(bar, progress);
    };
    return simulation_report(std::move(*opened.lowered), request);
  }();
  if (!report) return told(report.error());
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  TextOptions options;
  options.colour = terminal && colour_on(STDOUT_FILENO, arguments.colour);
  options.width = terminal ? terminal_width() : TextOptions{}.width;
  options.spec = arguments.specs.front();
  return show(arguments.format == "json" ? render_simulation_json(*report)
                                         : render_simulation_text(*report, options),
              exit_code_of(*report));
}

}  // namespace haplan::planner::cli
