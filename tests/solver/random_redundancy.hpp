#pragma once

#include <cstdint>
#include <functional>

#include "solver/problem.hpp"

namespace haplan::test {

/// Small problems without nodes: components that mix, that run one of several variants, or only have replicas, in series and
/// in gates, at one or two loads, with budgets of all kinds. The same seed gives the same problem everywhere.
solver::Problem random_redundancy(std::uint64_t seed);

/// Everything that can be chosen, one after another.
void each_deployment(const solver::Problem& problem,
                     const std::function<void(const model::Deployment&)>& visit);

}  // namespace haplan::test
