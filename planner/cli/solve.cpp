#include <algorithm>

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/draw.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/output.hpp"
#include "planner/cli/signals.hpp"
#include "planner/cli/terminal.hpp"

namespace haplan::planner::cli {

namespace {

int exit_code_of(const Plan& plan, const Arguments& arguments) {
  if (signal_received()) return signal_exit_code();
  switch (plan.outcome.status) {
    case solver::Status::infeasible: return static_cast<int>(ExitCode::infeasible);
    case solver::Status::undecided: return static_cast<int>(ExitCode::undecided);
    case solver::Status::feasible:
      if (arguments.require_proof) return static_cast<int>(ExitCode::undecided);
      return static_cast<int>(keeps_confidence(plan) ? ExitCode::done : ExitCode::missed);
    default: return static_cast<int>(keeps_confidence(plan) ? ExitCode::done : ExitCode::missed);
  }
}

}  // namespace

int run_solve(const Arguments& arguments) {
  Opened opened = open_spec(arguments);
  if (!opened.lowered) return opened.exit_code;
  if (!outputs_possible(arguments)) return static_cast<int>(ExitCode::failed);
  watch_signals();
  const solver::SolveOptions options{
      .time_limit = arguments.time_limit,
      .work_limit = arguments.work_limit.value_or(solver::kStandardWork),
      .interrupted = [] { return signal_received().has_value(); }};
  const bool asked = asks_for_confidence(*opened.lowered);
  auto plan = solved_plan(std::move(*opened.lowered), options, arguments.threads.value_or(1));
  if (!plan) {
    complain("haplan: " + printable(plan.error().message) + "\n");
    return static_cast<int>(plan.error().fault == model::Fault::budget_exhausted
                                ? ExitCode::undecided
                                : ExitCode::failed);
  }
  if (asked && plan->outcome.has_plan && !signal_received())
    if (const int failed = draw(*plan, arguments); failed != 0) return failed;
  return publish(*plan, arguments, exit_code_of(*plan, arguments));
}

}  // namespace haplan::planner::cli
