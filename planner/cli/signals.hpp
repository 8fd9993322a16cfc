#pragma once

#include <optional>

namespace haplan::planner::cli {

/// SIGPIPE and SIGXFSZ are ignored from now on: the write then fails with an error that is
/// reported.
void ignore_write_signals();

/// From now on SIGINT and SIGTERM only raise a flag, so that a search can end with the best so far;
/// a second one ends the process. Called again: the next one, too, only raises the flag.
void watch_signals();

/// The last signal that came, if one did.
std::optional<int> signal_received();

/// How many came: tells whether one came since.
int signals_received();

/// 128 + the last signal. Requires that one came.
int signal_exit_code();

}  // namespace haplan::planner::cli
