#include <algorithm>

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/explaining.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/cli/text_options.hpp"
#include "planner/codes.hpp"
#include "planner/render/why.hpp"
#include "planner/spec/suggest.hpp"

namespace haplan::planner::cli {

namespace {

constexpr int kDone = static_cast<int>(ExitCode::done);

int unknown(const std::string& word) {
  std::vector<std::string> names;
  for (const Figure& figure : figures()) names.push_back(figure.name);
  for (const Code& one : codes()) names.push_back(one.code);
  complain("haplan: neither a code, nor a figure, nor a spec: \"" + printable(word) +
           "\": " + suggest_word(word, names) + "\n");
  return static_cast<int>(ExitCode::usage);
}

/// A file is named by its path: with a dot or a slash, or "-".
bool names_a_file(const std::string& word) {
  return word == "-" || word.find_first_of("./") != std::string::npos;
}

}  // namespace

int run_explain(const Arguments& arguments) {
  const std::string& word = arguments.subject;
  const bool as_json = arguments.format == "json";
  if (word.empty())
    return show(
        as_json ? render_figures_json() : render_figures_text(text_options_with_plan(arguments)),
        kDone);
  if (const Code* code = find_code(word))
    return show(code->code + ": " + code->title + "\n\n" + code->explanation + "\n", kDone);
  if (const Figure* figure = find_figure(word))
    return show(as_json ? render_figure_json(*figure)
                        : render_figure_text(*figure, text_options_with_plan(arguments)),
                kDone);
  if (!names_a_file(word)) return unknown(word);
  Arguments spec = arguments;
  spec.specs.insert(spec.specs.begin(), word);
  return explain_spec(spec, std::nullopt);
}

}  // namespace haplan::planner::cli
