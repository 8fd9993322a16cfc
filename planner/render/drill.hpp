#pragma once

#include <string>

#include "planner/drill.hpp"
#include "planner/render/text.hpp"

namespace haplan::planner {

/// Drills as a person reads them: losses with the same outcome in one row, recovery curves at a few times, what-ifs.
/// UTF-8, LF, no control bytes (ESC with colour).
std::string render_drill_text(const DrillReport& report, const TextOptions& options = {});

/// The same in full: kind DrillResult, formatVersion 1.0; keys sorted, units in names, infinite numbers null with a
/// field "...IsInfinite" beside. Deterministic.
std::string render_drill_json(const DrillReport& report);

/// An objective does not survive some loss or what-if.
bool any_missed(const DrillReport& report);

}  // namespace haplan::planner
