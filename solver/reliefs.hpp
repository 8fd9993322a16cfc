#pragma once

#include <optional>
#include <string>
#include <vector>

#include "solver/solve.hpp"

/// Changes of a spec without a plan, each of which by itself gives one.
namespace haplan::solver {

/// One of each kind and subject at most, the smallest change on a fixed scale that suffices: outages of 3/4, 1/2, 1/4 and 1/10 of
/// today's, one to three nodes of a pool, the strictest target of two digits; the least of each budget; in
/// redundancy allocation one to three replicas more, and replicas down for 3/4 to 1/10 of today's. Each was made in the problem and solved.
///   problem  proved to have no plan
///   why      its objectives one by one
///   cost     two to four searches per candidate, of limited work
std::vector<Relief> reliefs(const Problem& problem, const SolveOptions& options,
                            const Infeasibility& why);

/// The plan of a changed problem; nothing when none was found.
std::optional<Relief> solved_relief(ReliefKind kind, const Problem& changed,
                                    const std::string& change, const SolveOptions& options);

}  // namespace haplan::solver
