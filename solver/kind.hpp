#pragma once

#include "solver/problem.hpp"

namespace haplan::solver {

/// Whether a problem is one of redundancy allocation: no nodes, only replicas and variants open, only availabilities asked for, and a
/// choice between variants, a budget, cost or a maximum in it. Then components fail independently of each other.
bool is_redundancy(const Problem& problem);

/// Nothing but replicas, settings and placement is open, and fewest replicas are all that is wanted.
bool counts_replicas_only(const Problem& problem);

}  // namespace haplan::solver
