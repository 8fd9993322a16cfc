#pragma once

#include "solver/problem.hpp"
#include "tests/support/rap.hpp"

namespace haplan::test {

/// A published instance as a problem of components and variants: most availability within the budgets, at most 20 units in
/// a subsystem or as many as the instance says.
solver::Problem placed_nowhere(const RapInstance& instance);

}  // namespace haplan::test
