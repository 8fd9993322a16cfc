#include <algorithm>

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/draw.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/output.hpp"
#include "planner/cli/terminal.hpp"
#include "solver/spending.hpp"

namespace haplan::planner::cli {

int run_evaluate(const Arguments& arguments) {
  Opened opened = open_spec(arguments);
  if (!opened.lowered) return opened.exit_code;
  if (!outputs_possible(arguments)) return static_cast<int>(ExitCode::failed);
  const bool asked = asks_for_confidence(*opened.lowered);
  auto plan = evaluated_plan(std::move(*opened.lowered));
  if (!plan) {
    complain("haplan: " + printable(plan.error().message) + "\n");
    return static_cast<int>(plan.error().fault == model::Fault::budget_exhausted
                                ? ExitCode::undecided
                                : ExitCode::failed);
  }
  if (arguments.drawing.draws || asked)
    if (const int failed = draw(*plan, arguments); failed != 0) return failed;
  const auto& checks = plan->after->checks;
  const bool met = std::all_of(checks.begin(), checks.end(),
                               [](const solver::ObjectiveCheck& check) { return check.met; }) &&
                   solver::keeps_budgets(plan->lowered.problem, plan->after->deployment);
  return publish(
      *plan, arguments,
      static_cast<int>(met && keeps_confidence(*plan) ? ExitCode::done : ExitCode::missed));
}

}  // namespace haplan::planner::cli
