#pragma once

#include <optional>
#include <string>

namespace haplan::planner::cli {

/// Whether a stream gets colour: as told, else only a terminal without NO_COLOR and TERM=dumb.
bool colour_on(int descriptor, std::optional<bool> told);

/// Printed diagnostics with the severity and the caret in colour.
std::string painted(const std::string& diagnostics);

/// Columns of the terminal on stdout, between 60 and 160; 100 when it is none.
int terminal_width();

/// Writes to stderr; what cannot be written there cannot be reported either.
void complain(const std::string& text);

}  // namespace haplan::planner::cli
