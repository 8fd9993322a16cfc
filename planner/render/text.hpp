#pragma once

#include <string>

#include "planner/plan.hpp"

namespace haplan::planner {

struct TextOptions {
  bool colour = false;        ///< ANSI escapes; only for a terminal
  int width = 100;            ///< columns; longer sentences are wrapped, tables never exceed it
  std::string spec = "SPEC";  ///< the spec as named on the command line, for the next command
  std::string plan;           ///< the plan that fixed its settings, likewise; empty: none
};

/// A plan that a person reads in half a minute: verdict, figures before and after, components,
/// placement, causes, objectives, what binds, warnings, defaults, the next command. UTF-8, LF, ends
/// with a newline; no control bytes but LF (and ESC with `colour`): names and sentences are
/// escaped.
std::string render_text(const Plan& plan, const TextOptions& options = {});

}  // namespace haplan::planner
