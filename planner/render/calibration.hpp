#pragma once

#include <string>

#include "planner/calibrate/calibrate.hpp"
#include "planner/render/text.hpp"

namespace haplan::planner {

/// What was learnt, as a person reads it: counts, exposure, estimates, intervals, what the prior weighs, warnings and
/// the next command. UTF-8, LF, no control bytes (ESC with colour).
///   options  `spec` is the spec that the layer goes over, or empty
std::string render_calibration_text(const CalibrationReport& report, const TextOptions& options);

/// The same in full: kind CalibrationResult, formatVersion 1.0; keys sorted, units in names. Deterministic.
std::string render_calibration_json(const CalibrationReport& report);

/// A layer for -f: every estimate as a number with value, low, high, dist, level and source. The value of a rate is
/// the mean of its law, of a repair time and a spread the median.
std::string render_calibration_yaml(const CalibrationReport& report);

}  // namespace haplan::planner
