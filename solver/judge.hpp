#pragma once

#include "model/availability/guarantee.hpp"
#include "model/availability/numbers.hpp"
#include "model/availability/placement_space.hpp"
#include "model/system/load.hpp"
#include "solver/solve.hpp"

/// Objectives held against a deployment's figures.
namespace haplan::solver {

/// Every objective met: guaranteed availability by its safe end, the rest by the deployment's own evaluation.
model::Result<bool> meets_all(const Problem& problem, const model::Deployment& deployment);

/// Every availability objective met by the guaranteed figures.
model::Result<bool> meets_availability(const Problem& problem, const model::Deployment& deployment);

/// Some placement that the scheduler may choose surely misses an availability objective.
///   numbers  of the deployment's settings, or better ones
///   space    what the scheduler may choose
bool exceeds_limits(const Problem& problem, const model::LoadTable& load,
                    const model::Deployment& deployment, const model::ComponentNumbers& numbers,
                    const model::PlacementSpace& space);

/// The objectives that counts alone decide: response time and data loss.
bool counts_suffice(const Problem& problem, const model::LoadTable& load,
                    const model::Deployment& deployment);

}  // namespace haplan::solver
