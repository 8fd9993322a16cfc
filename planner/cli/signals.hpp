#pragma once

#include <optional>

namespace haplan::planner::cli {

/// SIGPIPE and SIGXFSZ are ignored from now on: the write then fails with an error that is
/// reported.
void ignore_write_signals();

/// From now on SIGINT and SIGTERM only raise a flag, so that a search can end with the best so far;
/// a second one ends the process.
void watch_signals();

/// The signal that came, if one did.
std::optional<int> signal_received();

}  // namespace haplan::planner::cli
