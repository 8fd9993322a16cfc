#pragma once

#include <string>

namespace haplan::planner {

/// A duration as a spec takes it, in the largest unit in which it is at least 1, with so many significant digits:
/// "94.17d", "3.1y", "286s", "12ms". Zero is "0s".
///   seconds  finite, >= 0
std::string spelt_duration(double seconds, int digits);

/// A number without exponent and with so many significant digits: "0.842", "12". Zeros at the end are left out.
std::string spelt_number(double value, int digits);

}  // namespace haplan::planner
