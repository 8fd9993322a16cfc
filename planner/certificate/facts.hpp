#pragma once

#include <string>

#include "solver/problem.hpp"

namespace haplan::planner {

/// The decisions with their values and the limits, as a JSON document: by these a certificate knows its spec again.
std::string facts_of(const solver::Problem& problem);

}  // namespace haplan::planner
