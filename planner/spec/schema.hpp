#pragma once

#include <string>

namespace haplan::planner {

/// JSON Schema (draft-07) of a spec, generated from the field table: for completion and hints in
/// editors. It accepts every spec that `read` accepts; what only `read` sees (references, units
/// that a pattern cannot hold apart, later layers) it lets pass. Fields that this version does not
/// evaluate are not in it.
///
///   returns  the same text every time, ending in a line break
std::string json_schema();

}  // namespace haplan::planner
