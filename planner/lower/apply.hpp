#pragma once

#include "planner/diagnostic.hpp"
#include "planner/lower.hpp"

namespace haplan::planner {

/// Fixes decisions: what a plan says is written into `before` and no longer open.
///
///   plan      map of the shape of `spec.plan`
///   returns   what does not fit: unknown names, values outside the spec's range, settings that the
///   spec fixes at
///             another value, node lists of the wrong length. The problem is then partly changed:
///             do not use it.
Diagnostics apply_plan(Lowered& lowered, const Value& plan);

}  // namespace haplan::planner
