#include "solver/binding.hpp"

#include <algorithm>
#include <cmath>

#include "model/recovery/failover.hpp"
#include "solver/phrases.hpp"
#include "solver/placement.hpp"

namespace haplan::solver {

using namespace model;

std::string missed_sentence(const Problem& problem, const ObjectiveCheck& check) {
  return problem.system.services[check.service].name + " " + check.field + " " +
         (std::isinf(check.actual) ? "without end"
                                   : figure_text(check.field, check.actual, check.target)) +
         ", asked for " + target_text(check.field, check.target);
}

namespace {

/// The option with the next fewer replicas at the busiest level.
std::optional<std::size_t> next_smaller(const ComponentSpace& space,
                                        const std::vector<int>& replicas) {
  std::optional<std::size_t> next;
  const auto sum = [](const std::vector<int>& counts) {
    int total = 0;
    for (const int count : counts) total += count;
    return total;
  };
  for (std::size_t o = 0; o < space.options.size(); ++o) {
    const auto& other = space.options[o].replicas;
    const bool smaller =
        std::ranges::equal(other, replicas, std::ranges::less_equal{}) && other != replicas;
    if (smaller && (!next || sum(other) > sum(space.options[*next].replicas))) next = o;
  }
  return next;
}

std::string counts_text(const std::vector<int>& counts) {
  const auto [least, most] = std::ranges::minmax(counts);
  return least == most ? std::to_string(most)
                       : std::to_string(least) + " to " + std::to_string(most);
}

}  // namespace

std::vector<std::string> binding_counts(Workbench& bench, const Deployment& plan) {
  const Problem& problem = bench.problem;
  std::vector<std::string> sentences;
  for (const ComponentId c : bench.replicated) {
    const ComponentSpace& space = bench.space.components[c];
    std::vector<int> replicas;
    for (LevelId l = 0; l < problem.system.levels.size(); ++l)
      replicas.push_back(replicas_at(problem.system, bench.load, plan.components[c], c, l));
    const auto next = next_smaller(space, replicas);
    if (!next) continue;
    constexpr std::size_t kUnits = 1'000;
    if (!bench.meter.charge(kUnits)) break;
    Deployment fewer = plan;
    for (std::size_t i = 0; i < space.counts.size(); ++i)
      assign(fewer, problem.decisions[space.counts[i]], space.options[*next].choices.back()[i]);
    const std::string change = problem.system.components[c].name + " " + counts_text(replicas) +
                               " -> " + counts_text(space.options[*next].replicas) + ": ";
    if (const auto placed = any_placement(problem, bench.load, fewer)) {
      fewer = *placed;
    } else {
      sentences.push_back(change + "no placement fits");
      continue;
    }
    const auto evaluation = evaluate(problem.system, fewer);
    if (!evaluation) continue;
    const auto checks = check_objectives(problem, fewer, *evaluation);
    if (!checks) continue;
    std::string broken;
    for (const ObjectiveCheck& check : *checks)
      if (!check.met && broken.empty()) broken = missed_sentence(problem, check);
    const Component& component = problem.system.components[c];
    const int most = *std::ranges::max_element(space.options[*next].replicas);
    const bool no_majority = component.failover && most > 1 &&
                             component.failover->controller == Controller::redis_sentinel &&
                             effective_success(component, most) == 0.0;
    if (no_majority)
      broken = std::to_string(component.failover->sentinels.value_or(most)) +
               " sentinels have no majority after a loss" + (broken.empty() ? "" : "; " + broken);
    if (broken.empty()) broken = "other components would need more to meet every objective";
    sentences.push_back(change + broken);
  }
  return sentences;
}

}  // namespace haplan::solver
