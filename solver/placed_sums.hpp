#pragma once

#include <vector>

#include "solver/workbench.hpp"

/// Sums for settings at given counts, from one placement that the scheduler may choose.
namespace haplan::solver {

/// A component and what its settings are chosen from.
struct SettingList {
  model::ComponentId component = 0;
  const OptionSet* set = nullptr;
  const std::vector<std::size_t>* order = nullptr;  ///< indices into set->figures
};

/// What choices add to each availability objective at least, close to what an evaluation of that placement finds.
///   base     these counts, the least toleration
///   space    the scheduler's
///   returns  per objective with a limit; none where nothing is known
std::vector<Additive> placed_sums(const Workbench& bench, const model::Deployment& base,
                                  const model::PlacementSpace& space,
                                  const std::vector<SettingList>& members);

}  // namespace haplan::solver
