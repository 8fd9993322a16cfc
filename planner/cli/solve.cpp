#include <algorithm>
#include <thread>

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/draw.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/output.hpp"
#include "planner/cli/search_progress.hpp"
#include "planner/cli/signals.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/cli/text_options.hpp"
#include "planner/render/certificate.hpp"
#include "planner/render/front.hpp"

namespace haplan::planner::cli {

namespace {

int exit_code_of(const Plan& plan, const Arguments& arguments) {
  if (signal_received()) return signal_exit_code();
  if (arguments.require_proof && plan.certificate && !plan.certificate->proved.complete())
    return static_cast<int>(ExitCode::undecided);
  switch (plan.outcome.status) {
    case solver::Status::infeasible: return static_cast<int>(ExitCode::infeasible);
    case solver::Status::undecided: return static_cast<int>(ExitCode::undecided);
    case solver::Status::feasible:
      if (arguments.require_proof) return static_cast<int>(ExitCode::undecided);
      return static_cast<int>(keeps_confidence(plan) ? ExitCode::done : ExitCode::missed);
    default: return static_cast<int>(keeps_confidence(plan) ? ExitCode::done : ExitCode::missed);
  }
}

ProgressFormat format_of(const std::string& progress) {
  if (progress == "json") return ProgressFormat::json;
  return progress == "none" ? ProgressFormat::none : ProgressFormat::bar;
}

int show_front(Lowered lowered, const Arguments& arguments, const solver::SolveOptions& options,
               SearchTeller& teller) {
  const auto report = front_report(std::move(lowered), options);
  teller.end();
  if (!report) {
    complain("haplan: " + printable(report.error().message) + "\n");
    return static_cast<int>(report.error().fault == model::Fault::budget_exhausted
                                ? ExitCode::undecided
                                : ExitCode::failed);
  }
  int code = static_cast<int>(ExitCode::done);
  if (!report->front.complete) code = static_cast<int>(ExitCode::undecided);
  if (report->front.complete && report->front.points.empty())
    code = static_cast<int>(ExitCode::infeasible);
  if (signal_received()) code = signal_exit_code();
  return show(arguments.format == "json"
                  ? render_front_json(*report)
                  : render_front_text(*report, text_options(arguments, true)),
              code);
}

void tell_what_is_open(const CertificateSummary& certificate) {
  const solver::Proved& proved = certificate.proved;
  if (proved.complete()) return;
  complain("haplan: the certificate is incomplete: " + std::to_string(proved.open) + " of " +
           boxes_text(proved) + (proved.open == 1 ? " is" : " are") + " open" +
           (certificate.limited ? " at a limit of time or work" : "") + "\n");
}

/// Proves the result by a certificate where one is asked for, and stages its file.
///   returns  0, or the exit code of a failure that was told on stderr
int prove(Plan& plan, const Arguments& arguments, Publication& files) {
  const auto request =
      std::ranges::find(arguments.outputs, std::string("certificate"), &OutputRequest::format);
  const bool file = request != arguments.outputs.end();
  if (!file && !arguments.verify) return 0;
  if (const auto why = not_certifiable(plan)) {
    complain("haplan: no certificate: " + printable(*why) + "\n");
    return 0;
  }
  std::optional<std::string> failure;
  if (file) failure = files.begin(request->path);
  const auto sink = [&](const std::string& line) {
    if (file && !failure) failure = files.append(line);
  };
  const auto done =
      failure ? model::Result<void>()
              : certify(plan, sink,
                        {.check = arguments.verify,
                         .time_limit = arguments.time_limit,
                         .work_limit = arguments.work_limit.value_or(solver::kStandardWork),
                         .interrupted = [] { return signal_received().has_value(); }});
  if (file && !failure) failure = files.end();
  if (!failure && !done) failure = printable(done.error().message);
  if (!failure) {
    tell_what_is_open(*plan.certificate);
    return 0;
  }
  complain("haplan: " + *failure + "\n");
  return static_cast<int>(ExitCode::failed);
}

}  // namespace

int run_solve(const Arguments& arguments) {
  Opened opened = open_spec(arguments);
  if (!opened.lowered) return opened.exit_code;
  if (!outputs_possible(arguments)) return static_cast<int>(ExitCode::failed);
  watch_signals();
  const unsigned threads =
      arguments.threads.value_or(std::max(1U, std::thread::hardware_concurrency()));
  SearchTeller teller(format_of(arguments.progress));
  const solver::SolveOptions options{
      .time_limit = arguments.time_limit,
      .work_limit = arguments.work_limit.value_or(solver::kStandardWork),
      .interrupted = [] { return signal_received().has_value(); },
      .threads = threads,
      .progress = [&teller](const solver::SearchProgress& progress) { teller.tell(progress); }};
  if (arguments.pareto) return show_front(std::move(*opened.lowered), arguments, options, teller);
  const bool asked = asks_for_confidence(*opened.lowered);
  auto plan = model::Result<Plan>();
  if (arguments.max_changes) {
    if (!opened.lowered->plan) {
      complain(
          "haplan: --max-changes needs the plan that is running: --plan FILE, or plan in the "
          "spec\n");
      return static_cast<int>(ExitCode::usage);
    }
    // The ranges of the spec, which the plan narrows.
    Inputs open = opened.inputs;
    open.plan.reset();
    open.sets.emplace_back("plan=null");
    Loaded loaded = load(open);
    if (!loaded.lowered) {
      complain(print(loaded.diagnostics, loaded.texts));
      return static_cast<int>(ExitCode::invalid_spec);
    }
    plan = near_plan(std::move(*loaded.lowered), *opened.lowered, *arguments.max_changes, options);
  } else {
    plan = solved_plan(std::move(*opened.lowered), options, threads,
                       [&teller](const solver::Outcome& outcome) { teller.searched(outcome); });
  }
  if (!plan) {
    teller.end();
    complain("haplan: " + printable(plan.error().message) + "\n");
    return static_cast<int>(plan.error().fault == model::Fault::budget_exhausted
                                ? ExitCode::undecided
                                : ExitCode::failed);
  }
  if (asked && plan->outcome.has_plan && !signal_received())
    if (const int failed = draw(*plan, arguments); failed != 0) return failed;
  teller.end();
  Publication files;
  if (const int failed = prove(*plan, arguments, files); failed != 0) return failed;
  return publish(*plan, arguments, exit_code_of(*plan, arguments), files);
}

}  // namespace haplan::planner::cli
