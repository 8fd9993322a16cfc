#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "solver/problem.hpp"

/// Every way to run each component of a problem of redundancy allocation, listed and evaluated one by one.
namespace haplan::solver {

inline constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

/// Something that is added up over components, in whole numbers of a unit that divides what any replica takes.
struct Measure {
  std::string
      name;  ///< of a budget as in the spec; of a criterion "replicas", "cost", "cpu" or "memory"
  Budget counted;
  std::int64_t limit = kUnlimited;  ///< of a budget, rounded down
};

struct Way {
  std::vector<int> counts;  ///< replicas of each variant, or of the component; 1 of what has none
  std::vector<std::int64_t> amounts;  ///< per measure
  std::vector<double> down;           ///< P(the component itself is down), per level
};

struct Ways {
  std::vector<Measure> measures;     ///< the budgets, then the criteria of the preference
  std::size_t first_criterion = 0;   ///< index of a measure
  std::vector<std::vector<Way>> of;  ///< per component
};

/// What the others leave at their least is a limit of each.
///   problem  is_redundancy
///   none     more than 200000 ways of one component, or amounts that whole numbers do not hold
///   error    `down` as evaluate, whose formulas it asks
std::optional<Ways> ways_of(const Problem& problem);

/// The deployment of some counts.
///   counts  [component][variant], as in Way
model::Deployment deployment_of(const Problem& problem,
                                const std::vector<std::vector<int>>& counts);

/// The counts of a deployment.
std::vector<std::vector<int>> counts_of(const Problem& problem,
                                        const model::Deployment& deployment);

}  // namespace haplan::solver
