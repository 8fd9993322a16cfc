#pragma once

#include <optional>
#include <vector>

#include "model/base/result.hpp"
#include "solver/allocation/problem.hpp"
#include "solver/changes.hpp"
#include "solver/equipment.hpp"

/// A problem of redundancy allocation as one of solver/allocation, and back.
namespace haplan::solver {

/// Something that is added up over components: what a budget of this kind counts, probe checks per second, or changes.
struct Counted {
  Budget counted;
  bool limited = false;  ///< else it is only made small
  bool checks = false;
  bool changes = false;  ///< to what runs; then `counted` has their limit only
};

struct Translation {
  allocation::Problem core;
  std::vector<Counted> measures;             ///< the budgets, then the criteria of the preference
  std::size_t first_criterion = 0;           ///< index of a measure
  std::vector<double> unit;                  ///< per measure: of its whole numbers
  std::vector<std::vector<Equipment>> ways;  ///< per component: a column each; of a gate none
  bool no_room = false;  ///< some component has no way beside the least of the others
};

///   problem  is_redundancy
///   near     if given, changes are limited, and after resources few are wanted
///   none     more ways to equip a component than can be listed, or a network too large to follow exactly
///   fails    as evaluate
model::Result<std::optional<Translation>> translated(const Problem& problem,
                                                     const Nearness* near = nullptr);

model::Deployment deployment_of(const Problem& problem, const Translation& translation,
                                const allocation::Choice& choice);

}  // namespace haplan::solver
