#include "planner/render/why.hpp"

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/explaining.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/cli/text_options.hpp"
#include "planner/render/json.hpp"

namespace haplan::planner::cli {

namespace {

int failed(const model::Error& error) {
  complain("haplan: " + printable(error.message) + "\n");
  return static_cast<int>(error.fault == model::Fault::budget_exhausted ? ExitCode::undecided
                                                                        : ExitCode::failed);
}

}  // namespace

int explain_spec(const Arguments& arguments, const std::optional<std::string>& path) {
  Opened opened = open_spec(arguments);
  if (!opened.lowered) return opened.exit_code;
  const auto plan = evaluated_plan(std::move(*opened.lowered));
  if (!plan) return failed(plan.error());
  const auto evidence = evidence_of(*plan, opened.inputs);
  if (!evidence) return failed(evidence.error());
  const std::string result = render_json(*plan);
  const bool as_json = arguments.format == "json";
  const TextOptions options = text_options_with_plan(arguments);
  if (!path) {
    const std::vector<Answer> answers = all_answers(*evidence, result);
    return show(as_json ? render_explanation_json(*evidence, answers)
                        : render_explanation_text(*evidence, answers, options),
                static_cast<int>(ExitCode::done));
  }
  const auto one = answer(*evidence, result, *path);
  if (!one) {
    complain("haplan: nothing is known as \"" + printable(*path) + "\": " +
             printable(suggest_path(*evidence, *path)) + "\n  = help: haplan why --help\n");
    return static_cast<int>(ExitCode::usage);
  }
  return show(as_json ? render_why_json(*evidence, *one) : render_why_text(*one, options),
              static_cast<int>(ExitCode::done));
}

int run_why(const Arguments& arguments) { return explain_spec(arguments, arguments.subject); }

}  // namespace haplan::planner::cli
