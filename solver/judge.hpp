#pragma once

#include "model/availability/guarantee.hpp"
#include "model/system/load.hpp"
#include "solver/solve.hpp"

/// Objectives held against a deployment's figures.
namespace haplan::solver {

/// Every objective met: guaranteed availability by its safe end, the rest by the deployment's own evaluation.
model::Result<bool> meets_all(const Problem& problem, const model::Deployment& deployment);

/// Every availability objective met by the guaranteed figures.
model::Result<bool> meets_availability(const Problem& problem, const model::Deployment& deployment);

/// The objectives that counts alone decide: response time and data loss.
bool counts_suffice(const Problem& problem, const model::LoadTable& load,
                    const model::Deployment& deployment);

}  // namespace haplan::solver
