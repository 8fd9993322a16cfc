#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/availability/evaluate.hpp"

/// Numbers as people read them, in sentences of the solver and on every page.
namespace haplan::solver {

/// "99.9977 %" of 2.3e-05: enough nines to show two significant digits of the unavailability, from
/// the unavailability. 100 % only for 0, and never rounded up to it; an availability below 1e-12 is
/// what rounding leaves of none: "0 %".
std::string availability_text(double unavailability, int digits = 2);

/// "12.3 min", "850 ms", "4.1 h", "2.5 d": three significant digits in the unit that suits; "0" of
/// 0.
std::string duration_text(double seconds, int digits = 3);

/// "0.21 %" of 0.0021: two significant digits.
std::string percent_text(double share, int digits = 2);

/// Three significant digits, never exponents: "1234", "12.3", "0.00123".
std::string significant(double value, int digits);

/// "2" of 2.0; "0.5" of 0.5: the shortest decimal that reads back, never with an exponent.
std::string plain_number(double value);

/// An objective's figure in its unit: availability, seconds or percent.
///   more  significant digits beyond the usual ones
std::string objective_text(const std::string& field, double value, int more = 0);

/// A target, which people write with a few digits more than are worth showing of a result:
/// "99.9875 %".
std::string target_text(const std::string& field, double target);

/// A figure that misses its target, with as many digits as tell it from the target.
std::string missed_text(const std::string& field, double actual, double target);

/// A figure beside its target: seconds in the target's unit, and with as many digits as tell a miss from it.
std::string figure_text(const std::string& field, double actual, double target);

/// Durations in one unit, so that they can be compared at a glance: the largest in which the smallest (or largest)
/// of them that is not zero is at least 1. What is far below is "<0.001 min".
enum class UnitOf { smallest, largest };
std::vector<std::string> durations_text(const std::vector<double>& seconds, UnitOf by);

/// "api: crash", "node worker-1: reboot", "releases of api", ...: one cause in a few words.
std::string cause_text(const model::Cause& cause);

/// "1 node", "2 nodes".
std::string count_text(std::size_t n, const std::string& noun);

}  // namespace haplan::solver
