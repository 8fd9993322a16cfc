#pragma once

#include <functional>
#include <string>
#include <vector>

#include "solver/allocation/allocate.hpp"
#include "solver/solve.hpp"
#include "solver/translation.hpp"

/// Why a problem of redundancy allocation has no plan, and what binds one.
namespace haplan::solver {

/// Solves within what is left of the limits.
using Asking = std::function<allocation::Answer(const allocation::Problem&)>;

/// Where some component has no way at all.
Infeasibility nothing_fits();

/// What each objective could have at best, and which of them exclude each other.
Infeasibility why_none(const Problem& problem, const Translation& translation, const Asking& asked);

/// One sentence each: what one replica less of each component costs; the most available plan that is smaller by the first
/// criterion; how far each budget is used, and what one unit more of it would buy. Each is solved and proved.
std::vector<std::string> binding_budgets(const Problem& problem, const Translation& translation,
                                         const allocation::Choice& choice, const Asking& asked);

}  // namespace haplan::solver
