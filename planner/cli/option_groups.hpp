#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/cli/arguments.hpp"
#include "planner/cli/calibrate_arguments.hpp"

namespace CLI {
class App;
}  // namespace CLI

/// Groups of options that verbs have in common: each adds its options to one command of the parser.
namespace haplan::planner::cli {

/// What CLI11 fills in before it is understood.
struct Raw {
  std::string spec;
  std::vector<std::string> layers;
  std::optional<std::string> scenario;
  std::optional<std::string> plan;
  std::vector<std::string> outputs;
  std::optional<std::string> time_limit;
  bool colour = false;
  bool no_colour = false;
  std::optional<std::string> threads;
  std::optional<std::string> work_limit;
  std::optional<std::string> max_changes;
  RawDraws draws;
  RawSimulate simulate;
  RawRender render;
  RawCalibration calibration;
};

void add_inputs(CLI::App& command, Raw& raw, Arguments& arguments, bool spec = true);
void add_render(CLI::App& command, Raw& raw, Arguments& arguments);
void add_profile(CLI::App& command, Arguments& arguments);
void add_colour(CLI::App& command, Raw& raw);
void add_simulate(CLI::App& command, Raw& raw);
void add_drill(CLI::App& command, Raw& raw, Arguments& arguments);
void add_explaining(CLI::App& command, Raw& raw, Arguments& arguments);
void add_verify(CLI::App& command, Raw& raw, Arguments& arguments);
void add_outputs(CLI::App& command, Raw& raw, Arguments& arguments);
void add_threads(CLI::App& command, Raw& raw, const char* help);
void add_time_limit(CLI::App& command, Raw& raw, const char* help);
void add_draws(CLI::App& command, Raw& raw);
void add_limits(CLI::App& command, Raw& raw, Arguments& arguments);

}  // namespace haplan::planner::cli
