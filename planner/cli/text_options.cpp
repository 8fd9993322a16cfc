#include "planner/cli/text_options.hpp"

#include <unistd.h>

#include "planner/cli/terminal.hpp"

namespace haplan::planner::cli {

namespace {

/// In quotes where a shell would take it for more than one word.
std::string quoted(const std::string& word) {
  constexpr const char* kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=:,@%+";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string spec_words(const Arguments& arguments) {
  std::string words = quoted(arguments.specs.front());
  for (std::size_t i = 1; i < arguments.specs.size(); ++i)
    words += " -f " + quoted(arguments.specs[i]);
  for (const std::string& set : arguments.sets) words += " --set " + quoted(set);
  for (const std::string& profile : arguments.profiles) words += " --profile " + quoted(profile);
  if (arguments.scenario) words += " --scenario " + quoted(*arguments.scenario);
  return words;
}

}  // namespace

TextOptions text_options(const Arguments& arguments, bool terminal) {
  TextOptions options;
  options.colour = terminal && colour_on(STDOUT_FILENO, arguments.colour);
  options.width = terminal ? terminal_width() : TextOptions{}.width;
  if (!arguments.specs.empty()) options.spec = spec_words(arguments);
  if (arguments.plan) options.plan = quoted(*arguments.plan);
  return options;
}

TextOptions text_options_with_plan(const Arguments& arguments) {
  TextOptions options = text_options(arguments, ::isatty(STDOUT_FILENO) != 0);
  if (!options.plan.empty()) options.spec += " --plan " + options.plan;
  return options;
}

}  // namespace haplan::planner::cli
