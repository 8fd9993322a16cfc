#include "planner/cli/input.hpp"

#include <unistd.h>

#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner::cli {

std::optional<Source> source_at(const std::string& path) {
  Content content = read_input(path, yaml::Limits{}.bytes);
  if (content.failure) {
    complain("haplan: " + *content.failure + "\n");
    return std::nullopt;
  }
  return Source{path == "-" ? "<stdin>" : path, std::move(content.text)};
}

Gathered gather(const Arguments& arguments) {
  Inputs inputs;
  inputs.sets = arguments.sets;
  inputs.scenario = arguments.scenario;
  for (const std::string& path : arguments.specs) {
    std::optional<Source> source = source_at(path);
    if (!source) return {std::nullopt, static_cast<int>(ExitCode::failed)};
    inputs.sources.push_back(std::move(*source));
  }
  for (const std::string& path : arguments.profiles) {
    std::optional<Source> source = source_at(path);
    if (!source) return {std::nullopt, static_cast<int>(ExitCode::failed)};
    inputs.profiles.push_back(std::move(*source));
  }
  if (arguments.plan) {
    inputs.plan = source_at(*arguments.plan);
    if (!inputs.plan) return {std::nullopt, static_cast<int>(ExitCode::failed)};
  }
  return {std::move(inputs), 0};
}

Opened open_spec(const Arguments& arguments) {
  Gathered gathered = gather(arguments);
  if (!gathered.inputs) return {std::nullopt, gathered.exit_code};
  Loaded loaded = load(*gathered.inputs);
  const std::string said = print(loaded.diagnostics, loaded.texts);
  complain(colour_on(STDERR_FILENO, arguments.colour) ? painted(said) : said);
  if (!loaded.lowered) return {std::nullopt, static_cast<int>(ExitCode::invalid_spec)};
  return {std::move(loaded.lowered), 0, std::move(*gathered.inputs)};
}

}  // namespace haplan::planner::cli
