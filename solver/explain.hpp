#pragma once

#include <string>
#include <vector>

#include "solver/workbench.hpp"

/// Why there is no plan, and what keeps a plan from being smaller.
namespace haplan::solver {

/// The deployment with every component at its best: counts, probes and controller that strain objectives least.
model::Deployment best_effort(Workbench& bench);

/// Explains that no deployment meets every objective.
Infeasibility explain_infeasible(Workbench& bench);

/// One sentence per component whose next smaller count would break something.
std::vector<std::string> binding_counts(Workbench& bench, const model::Deployment& plan);

}  // namespace haplan::solver
