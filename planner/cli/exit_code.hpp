#pragma once

namespace haplan::planner::cli {

/// What the process tells its caller. Interrupted: 128 + the signal (130, 143).
enum class ExitCode {
  done = 0,    ///< objectives met
  missed = 1,  ///< an objective missed
  usage = 2,
  invalid_spec = 3,
  infeasible = 4,  ///< proved
  undecided = 5,   ///< a limit was reached
  failed = 6,      ///< internal or input/output error
  interrupted = 130,
  unread = 141,  ///< nobody reads stdout any more, as after `| head`: 128 + SIGPIPE, said silently
  terminated = 143,
};

}  // namespace haplan::planner::cli
