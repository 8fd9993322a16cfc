#pragma once

#include <string>

#include "planner/plan.hpp"

namespace haplan::planner {

/// The JSON result of solve and evaluate, formatVersion 1.0. Keys sorted, units in their names,
/// doubles in the shortest form that reads back to the same bits; deterministic, no clock. LF at
/// the end.
///   infinite and undefined numbers   null; a field "...IsInfinite": true stands beside an infinite
///   one plan                             the shape of spec.plan: read back by --plan it gives the
///   same figures
std::string render_json(const Plan& plan);

}  // namespace haplan::planner
