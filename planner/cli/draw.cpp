#include "planner/cli/draw.hpp"

#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/session/session.hpp"

namespace haplan::planner::cli {

int draw(Plan& plan, const Arguments& arguments) {
  UncertaintyOptions options;
  const DrawArguments& drawing = arguments.drawing;
  if (drawing.draws) options.draws = *drawing.draws;
  options.seed = drawing.seed;
  options.threads = arguments.threads.value_or(1);
  if (!drawing.quantiles.empty()) options.quantiles = drawing.quantiles;
  const auto drawn = draw_inputs(plan, options);
  if (!drawn) {
    complain("haplan: " + printable(drawn.error().message) + "\n");
    const bool invalid = drawn.error().fault == model::Fault::invalid_input;
    return static_cast<int>(invalid ? ExitCode::invalid_spec : ExitCode::failed);
  }
  if (!plan.uncertainty && plan.after)
    complain(
        "note: no number of the spec is uncertain (none has low and high), so nothing was drawn\n");
  return 0;
}

}  // namespace haplan::planner::cli
