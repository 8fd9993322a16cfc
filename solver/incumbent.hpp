#pragma once

#include <optional>

#include "solver/counts.hpp"
#include "solver/settings.hpp"

/// A plan that meets every objective, found soon and without proof: what a search that is cut short has to show.
namespace haplan::solver {

struct Incumbent {
  SettledPlan plan;
  CountVector counts;
};

/// Tries as many replicas beyond the need of each component as it takes, then takes away what is not needed. Each try is
/// given a limited amount of work, so that a hard one does not keep the others from being made.
std::optional<Incumbent> find_incumbent(Workbench& bench);

}  // namespace haplan::solver
