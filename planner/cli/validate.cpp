#include <unistd.h>

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/terminal.hpp"

namespace haplan::planner::cli {

namespace {

std::string count(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

std::string summary(const Arguments& arguments, const Lowered& lowered) {
  const model::System& system = lowered.problem.system;
  return printable(arguments.specs.front()) +
         ": valid: " + count(system.components.size(), "component") + ", " +
         count(system.nodes.size(), "node") + ", " + count(system.services.size(), "service") +
         ", " + count(lowered.problem.objectives.size(), "service") + " with objectives, " +
         count(lowered.problem.decisions.size(), "open setting") + "\n";
}

}  // namespace

int run_validate(const Arguments& arguments) {
  Gathered gathered = gather(arguments);
  if (!gathered.inputs) return gathered.exit_code;
  const Loaded loaded = load(*gathered.inputs);
  std::string standard;
  if (arguments.format == "json") {
    standard = diagnostics_json(loaded.diagnostics);
  } else {
    const std::string said = print(loaded.diagnostics, loaded.texts);
    complain(colour_on(STDERR_FILENO, arguments.colour) ? painted(said) : said);
    if (loaded.lowered) standard = summary(arguments, *loaded.lowered);
  }
  return show(standard, static_cast<int>(loaded.lowered ? ExitCode::done : ExitCode::invalid_spec));
}

}  // namespace haplan::planner::cli
