#pragma once

#include <vector>

#include "solver/problem.hpp"

/// Problems with the choice of variants made.
namespace haplan::solver {

/// One variant per entry of Problem::choices.
using Picks = std::vector<std::size_t>;

/// The problem with the choices made: decisions are those of the variants that run.
///   problem  without components whose variants mix
Problem picked_problem(const Problem& problem, const Picks& picks);

/// The users of every ReadWriteOnce claim may run on one node together.
bool claims_agree(const model::System& system);

/// A deployment of picked_problem as one of the problem.
model::Deployment in_variants(const Problem& problem, const Picks& picks,
                              const model::Deployment& plain);

/// The other way round.
///   deployment  runs one variant of each component that has some
model::Deployment without_variants(const Problem& problem, const model::Deployment& deployment);
Picks picks_of(const Problem& problem, const model::Deployment& deployment);

}  // namespace haplan::solver
