#include "tests/solver/allocation/exhaustive.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace haplan::test {

using namespace solver::allocation;

namespace {

bool fails(const Questions& questions, std::size_t state) {
  std::uint32_t at = questions.root;
  while (at > Questions::kFails) {
    const Step& step = questions.steps[at];
    at = ((state >> step.subsystem) & 1U) != 0 ? step.down : step.up;
  }
  return at == Questions::kFails;
}

double by_states(const Problem& problem, const Goal& goal, const Choice& choice) {
  double sum = 0.0;
  for (const Term& term : goal.terms)
    for (std::size_t state = 0; state < (std::size_t{1} << choice.size()); ++state) {
      if (!fails(problem.structures[term.structure].whole, state)) continue;
      double probability = term.weight;
      for (std::size_t j = 0; j < choice.size(); ++j) {
        const double u = problem.subsystems[j][choice[j]].down[term.world];
        probability *= ((state >> j) & 1U) != 0 ? u : 1.0 - u;
      }
      sum += probability;
    }
  return sum;
}

struct Candidate {
  Choice choice;
  std::vector<std::int64_t> amounts;
  std::vector<double> goals;
};

bool next(const Problem& problem, Choice& choice) {
  for (std::size_t j = choice.size(); j-- > 0;) {
    if (++choice[j] < problem.subsystems[j].size()) return true;
    choice[j] = 0;
  }
  return false;
}

bool kept(const Problem& problem, const Candidate& candidate) {
  for (std::size_t r = 0; r < problem.limits.size(); ++r)
    if (candidate.amounts[r] > problem.limits[r]) return false;
  for (std::size_t s = 0; s < problem.goals.size(); ++s)
    if (candidate.goals[s] > problem.goals[s].limit * (1.0 + 1e-12)) return false;
  return true;
}

double figure(const Stage& stage, const Candidate& candidate) {
  if (stage.kind == Stage::Kind::amount)
    return static_cast<double>(candidate.amounts[stage.amount]);
  double largest = 0.0;
  for (const std::size_t s : stage.goals) largest = std::max(largest, candidate.goals[s]);
  return largest;
}

}  // namespace

std::optional<Choice> exhaustive(const Problem& problem) {
  std::vector<Candidate> left;
  Choice choice(problem.subsystems.size(), 0);
  do {
    Candidate candidate{choice, std::vector<std::int64_t>(problem.limits.size(), 0), {}};
    for (std::size_t j = 0; j < choice.size(); ++j)
      for (std::size_t r = 0; r < problem.limits.size(); ++r)
        candidate.amounts[r] += problem.subsystems[j][choice[j]].amounts[r];
    for (const Goal& goal : problem.goals)
      candidate.goals.push_back(by_states(problem, goal, choice));
    if (kept(problem, candidate)) left.push_back(std::move(candidate));
  } while (next(problem, choice));
  for (const Stage& stage : problem.stages) {
    double least = std::numeric_limits<double>::infinity();
    for (const Candidate& candidate : left) least = std::min(least, figure(stage, candidate));
    const double slack = stage.kind == Stage::Kind::goals ? 1e-12 : 0.0;
    std::erase_if(left, [&](const Candidate& candidate) {
      return figure(stage, candidate) > least * (1.0 + slack);
    });
  }
  if (left.empty()) return std::nullopt;
  return left.front().choice;  // in the order of columns
}

}  // namespace haplan::test
