#include "solver/allocation/problem.hpp"

namespace haplan::solver::allocation {

std::vector<std::int64_t> amounts_of(const Problem& problem, const Choice& choice) {
  std::vector<std::int64_t> sums(problem.limits.size(), 0);
  for (std::size_t j = 0; j < choice.size(); ++j)
    for (std::size_t r = 0; r < sums.size(); ++r)
      sums[r] += problem.subsystems[j][choice[j]].amounts[r];
  return sums;
}

double unavailability_of(const Problem& problem, const Goal& goal, const Choice& choice) {
  std::vector<double> down(choice.size());
  std::vector<double> value;
  double sum = 0.0;
  for (const Term& term : goal.terms) {
    for (std::size_t j = 0; j < choice.size(); ++j)
      down[j] = problem.subsystems[j][choice[j]].down[term.world];
    sum += term.weight * problem.structures[term.structure].whole.unavailability(down, value);
  }
  return sum;
}

bool keeps_limits(const Problem& problem, const Choice& choice) {
  const auto sums = amounts_of(problem, choice);
  for (std::size_t r = 0; r < sums.size(); ++r)
    if (sums[r] > problem.limits[r]) return false;
  for (const Goal& goal : problem.goals)
    if (unavailability_of(problem, goal, choice) > largest_within(goal.limit)) return false;
  return true;
}

}  // namespace haplan::solver::allocation
