#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/cli/arguments.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): as the library calls itself
class App;
}

namespace haplan::planner::cli {

/// The words of `haplan calibrate` before they are understood.
struct RawCalibration {
  std::vector<std::string> events;
  std::vector<std::string> replicas;
  std::optional<std::string> time;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::string> prior;
  std::optional<std::string> level;
  std::optional<std::string> repairs;
};

/// Declares the options; what is given to them goes to the last four.
void add_calibrate(CLI::App& command, RawCalibration& words, std::vector<std::string>& layers,
                   std::vector<std::string>& outputs, Arguments& arguments);

/// Fills arguments.calibration; a sentence when a word or a combination of them makes no sense.
std::optional<std::string> understand_calibration(const RawCalibration& raw, Arguments& arguments);

}  // namespace haplan::planner::cli
