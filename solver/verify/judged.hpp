#pragma once

#include <vector>

#include "model/base/stop.hpp"
#include "solver/solve.hpp"

namespace haplan::solver {

/// Every objective of a deployment, with or without variants, an availability by the safe end of its guaranteed figure.
///   stop   then it fails, or judges by an interval as wide as it was then
///   fails  as evaluate
model::Result<std::vector<ObjectiveCheck>> judged(const Problem& problem,
                                                  const model::Deployment& deployment,
                                                  const model::Stop& stop = {});

}  // namespace haplan::solver
