#pragma once

#include <string>

#include "planner/spec/scalar.hpp"

namespace haplan::planner {

/// A point in time as a table of incidents or the command line gives it.
struct Instant {
  double seconds = 0.0;     ///< since 1970-01-01T00:00:00Z, without leap seconds
  double resolution = 1.0;  ///< [s] of how it was written: a day, a minute, a second or less
  bool zoned = true;        ///< false: no zone was written and UTC was taken
};

/// "2024-03-01T12:34:56.5+01:00", "2024-03-01 12:34", "20240301T123456Z", "2024-03-01" (its midnight), or seconds since
/// 1970 as "1709296496.5". Years 1973 to 5138, so that seconds cannot be taken for a date or for milliseconds.
Reading<Instant> instant(const std::string& text);

/// "2024-03-01T11:34:56Z", with a fraction when there is one; "2024-03-01" of a midnight.
std::string instant_text(double seconds);

}  // namespace haplan::planner
