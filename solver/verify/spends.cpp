#include "solver/verify/spends.hpp"

#include <algorithm>
#include <limits>

#include "solver/spending.hpp"

namespace haplan::solver {

using namespace model;

std::optional<double> least_beyond(Choices& choices, const Box& box, std::size_t budget) {
  if (choices.empty(box)) return std::nullopt;
  const Problem& problem = choices.problem;
  const Budget& what = problem.budgets[budget];
  Amount most;
  for (LevelId level = 0; level < problem.system.levels.size(); ++level) {
    Amount sum;
    for (ComponentId c = 0; c < problem.system.components.size(); ++c) {
      const Component& component = problem.system.components[c];
      if (component.type == ComponentType::gate) continue;
      int fewest = component.replicated() ? std::numeric_limits<int>::max() : 1;
      if (component.replicated())
        for (const Counts& counts : choices.counts(box, c))
          fewest = std::min(fewest, counts.replicas[level]);
      sum = sum_of(sum, product_of({fewest, 1}, spent_by_one(problem, what, component)));
    }
    if (compare(sum, most) > 0) most = sum;
  }
  if (compare(most, amount_of(what.limit)) <= 0) return std::nullopt;
  return most.value();
}

}  // namespace haplan::solver
