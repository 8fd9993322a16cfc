#pragma once

#include <vector>

#include "solver/solve.hpp"

/// What would have to be spent where a problem has no plan.
namespace haplan::solver {

/// Per budget the least amount of it that gives a plan while the others stay, where one does: found by solving with less and
/// less, to 4e-11 of it, and proved unless the work of a search did not suffice. Where no single one does, all of them
/// together, as the plan without any spends them.
///   problem  proved to have no plan
///   cost     up to thirty searches, of limited work, per budget
std::vector<Relief> larger_budgets(const Problem& problem, const SolveOptions& options);

}  // namespace haplan::solver
