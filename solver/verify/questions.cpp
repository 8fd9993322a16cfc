#include "solver/verify/questions.hpp"

#include <algorithm>
#include <limits>

#include "solver/solve.hpp"

namespace haplan::solver {

std::vector<Question> questions_of(const Problem& problem, const Ways& ways,
                                   const std::optional<PlanFigures>& plan) {
  constexpr double kBetter = 1e-11;
  Bars bars;
  for (const Measure& measure : ways.measures) bars.amounts.push_back(measure.limit);
  for (const Objective& objective : problem.objectives)
    bars.goals.push_back(objective.max_unavailability
                             ? largest_within(*objective.max_unavailability)
                             : std::numeric_limits<double>::infinity());
  if (!plan) return {{"limits", bars}};
  std::vector<Question> questions;
  if (problem.maximize_availability && !problem.objectives.empty()) {
    const double worst = std::ranges::max(plan->unavailability);
    Bars better = bars;
    for (std::size_t s = 0; s < bars.goals.size(); ++s) {
      better.goals[s] = std::min(bars.goals[s], worst * (1.0 - kBetter));
      bars.goals[s] = std::min(bars.goals[s], largest_within(worst));
    }
    questions.push_back({"availability", better});
  }
  for (std::size_t m = ways.first_criterion; m < ways.measures.size(); ++m) {
    Bars better = bars;
    better.amounts[m] = plan->amounts[m] - 1;
    bars.amounts[m] = plan->amounts[m];
    questions.push_back({ways.measures[m].name, better});
  }
  return questions;
}

}  // namespace haplan::solver
