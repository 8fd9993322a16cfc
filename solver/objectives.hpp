#pragma once

#include <vector>

#include "solver/solve.hpp"

namespace haplan::solver {

/// `check_objectives` with guaranteed figures computed before: one per service, read where an
/// availability is asked for.
std::vector<ObjectiveCheck> checks_of(const Problem& problem, const model::Evaluation& evaluation,
                                      const std::vector<model::Estimate>& guaranteed);

}  // namespace haplan::solver
