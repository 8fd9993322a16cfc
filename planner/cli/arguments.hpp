#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planner/calibrate/options.hpp"
#include "planner/cli/draw_options.hpp"
#include "planner/cli/render_options.hpp"
#include "planner/cli/simulate_options.hpp"

namespace haplan::planner::cli {

/// A render and where it goes: `--out json=plan.json`.
struct OutputRequest {
  std::string
      format;        ///< text, json, values, patch or certificate; text, json or yaml of calibrate
  std::string path;  ///< "-" is stdout; a directory for patch
};

/// One command line, understood.
struct Arguments {
  std::string verb;
  std::vector<std::string> specs;  ///< SPEC and every -f, in this order; "-" is stdin
  std::vector<std::string> sets;
  std::optional<std::string> scenario;
  std::optional<std::string> plan;
  std::string format = "text";  ///< of stdout
  std::vector<OutputRequest> outputs;
  std::optional<bool> colour;             ///< told by --color or --no-color
  double time_limit = 0.0;                ///< [s], 0: none
  std::optional<std::size_t> work_limit;  ///< units; absent: the standard
  bool require_proof = false;
  std::optional<int> max_changes;          ///< to the plan that is running
  bool pareto = false;                     ///< show the front instead of one plan
  bool verify = false;                     ///< make a certificate and check it
  std::optional<std::string> certificate;  ///< of verify: the file to check
  std::optional<unsigned> threads;         ///< absent: as many as suit
  std::string progress = "bar";            ///< or "json", "none"
  DrawArguments drawing;
  SimulateArguments simulate;
  RenderArguments render;
  ProfileArguments profile;
  std::vector<std::string> profiles;  ///< files of chart profiles
  std::optional<std::string> table;   ///< of calibrate: incidents; "-" is stdin
  CalibrationOptions calibration;
  std::string subject;  ///< of explain: a code, a figure or a spec; of why: a path
};

/// Either arguments, or a text to print and the exit code (help: 0 on stdout; a mistake: 2 on
/// stderr).
struct ParsedArguments {
  std::optional<Arguments> arguments;
  int exit_code = 0;
  std::string message;
};

ParsedArguments parse_arguments(int argc, const char* const* argv);

struct Verb {
  std::string name;
  std::string help;
  std::string examples;  ///< two command lines
};

/// The verbs, in the order of the help.
const std::vector<Verb>& verbs();

}  // namespace haplan::planner::cli
