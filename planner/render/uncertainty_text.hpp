#pragma once

#include <string>

#include "planner/lower/inputs.hpp"

/// Values of uncertain inputs as people read them.
namespace haplan::planner {

/// In the unit of the input: "90.0 d", "2.03/y", "99.99 %".
///   drawn  as the engine draws it, the complement where the input says so
std::string input_text(const UncertainInput& input, double drawn);

/// The same in the base unit, for machines: complements taken back.
double input_value(const UncertainInput& input, double drawn);

/// "s", "1/s" or "1".
const char* input_unit(const UncertainInput& input);

}  // namespace haplan::planner
