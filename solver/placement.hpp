#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "model/availability/placement_space.hpp"
#include "model/availability/world_figures.hpp"
#include "model/base/stop.hpp"
#include "solver/problem.hpp"

/// Criteria 4 and 5 of the preference: the plan's own placement once every setting is fixed.
namespace haplan::solver {

struct PlacementRequest {
  const Problem& problem;
  const model::LoadTable& load;
  const model::Deployment&
      deployment;  ///< every setting; its nodes are replaced where the placement is open
  /// Further conditions on a placement; absent: none.
  std::function<bool(const model::Deployment&)> acceptable;
  model::Stop stop;                  ///< ends the search with the best found so far
  double most_combinations = 5'000;  ///< tried one by one
  bool argue = true;  ///< take the placement that nested_placement proves best, if there is one
  bool any = false;   ///< the first acceptable one is enough
};

struct PlacementAnswer {
  std::optional<model::Deployment> best;
  bool complete = true;  ///< proved: nothing better, or nothing at all
  double left_out =
      0.0;  ///< states that no placement was compared by: each sum may be larger by this
  std::size_t visited = 0;
};

/// Smallest sum of exact unavailability over services with objectives (relative ties 1e-12), then the
/// lexicographically smallest placement. Every combination when they are few, else branch and bound.
model::Result<PlacementAnswer> best_placement(const PlacementRequest& request);

/// Any placement that check_placement accepts, or none.
///   stop  none from then on
std::optional<model::Deployment> any_placement(const Problem& problem, const model::LoadTable& load,
                                               const model::Deployment& deployment,
                                               const model::Stop& stop = {});

/// The space of the plan's own placements: all rules hold, components whose placement is not open stay.
model::PlacementSpace own_space(const Problem& problem, const model::LoadTable& load,
                                const model::Deployment& deployment);

}  // namespace haplan::solver
