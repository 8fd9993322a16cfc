#pragma once

#include <set>
#include <vector>

#include "solver/solve.hpp"

/// More replicas than the ranges allow, or better ones, where a problem of redundancy allocation has no plan.
namespace haplan::solver {

/// Per component the fewest further replicas, up to three, that give a plan, else one to three of every component; and per
/// component (or choice of them) the mildest of 3/4, 1/2, 1/4 and 1/10 by which each replica would have to be down less.
///   problem  is_redundancy, proved to have no plan
///   reach    components that an objective depends on
///   cost     up to seven searches per component, of limited work
std::vector<Relief> better_units(const Problem& problem, const SolveOptions& options,
                                 const std::set<model::ComponentId>& reach);

}  // namespace haplan::solver
