#pragma once

#include "planner/lower.hpp"
#include "solver/front.hpp"

namespace haplan::planner {

/// What `solve --pareto` shows.
struct FrontReport {
  Lowered lowered;
  solver::Front front;
};

}  // namespace haplan::planner
