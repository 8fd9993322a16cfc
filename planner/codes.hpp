#pragma once

#include <string>
#include <vector>

namespace haplan::planner {

/// What `haplan explain CODE` prints: one row per diagnostic code, HA001-HA049 of the reader,
/// HA050-HA099 of lowering, HA100-HA109 of chart profiles, HA110-HA119 of observed incidents.
struct Code {
  std::string code;         ///< "HA001"
  std::string title;        ///< one line, no period
  std::string explanation;  ///< two to five lines: what, why, how to mend it, with an example
};

/// The rows HA050-HA099, kept in a file of their own (planner/codes_lower.cpp).
std::vector<Code> lowering_codes();

/// The rows HA100-HA109 (planner/codes_profile.cpp).
std::vector<Code> profile_codes();

/// The rows HA110-HA119 (planner/codes_calibrate.cpp).
std::vector<Code> calibration_codes();

/// All codes, ascending; the one table.
const std::vector<Code>& codes();

/// The row of a code (any case), or null.
const Code* find_code(const std::string& code);

}  // namespace haplan::planner
