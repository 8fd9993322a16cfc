#pragma once

#include <string>
#include <vector>

#include "planner/calibrate/calibrate.hpp"

namespace haplan::planner {

/// Repairs from which on a law with its spread is written.
inline constexpr std::size_t kLawFrom = 5;

/// Tests whether one constant rate describes the events: a trend from 4 on, clusters from 6 on.
///   times   of the events from the begin of the period, ascending [s]
void add_tests(ModeEstimate& estimate, const std::vector<double>& times, double period);

/// What the numbers of one estimate do not show, one sentence each.
std::vector<std::string> hints(const ModeEstimate& estimate);

/// Which repairs were observed and are not written, and why; empty when there are none.
std::string hint_on_unwritten(const std::vector<ModeEstimate>& estimates);

}  // namespace haplan::planner
