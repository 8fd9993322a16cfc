#pragma once

#include <string>

#include "planner/diagnostic.hpp"

namespace haplan::planner::cli {

/// {"apiVersion", "kind": "Diagnostics", "formatVersion", "valid", "diagnostics": [...]}; all of
/// them.
std::string diagnostics_json(const Diagnostics& diagnostics);

/// Control bytes as \xNN, so that what a user wrote cannot move a terminal's cursor.
std::string printable(const std::string& text);

}  // namespace haplan::planner::cli
