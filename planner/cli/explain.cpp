#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/codes.hpp"
#include "planner/spec/suggest.hpp"

namespace haplan::planner::cli {

int run_explain(const Arguments& arguments) {
  const Code* code = find_code(arguments.code);
  if (!code) {
    std::vector<std::string> names;
    for (const Code& one : codes()) names.push_back(one.code);
    complain("haplan: unknown code \"" + printable(arguments.code) +
             "\": " + suggest_word(arguments.code, names) + "\n");
    return static_cast<int>(ExitCode::usage);
  }
  return show(code->code + ": " + code->title + "\n\n" + code->explanation + "\n",
              static_cast<int>(ExitCode::done));
}

}  // namespace haplan::planner::cli
