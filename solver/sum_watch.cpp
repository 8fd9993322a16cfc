#include "solver/sum_watch.hpp"

#include "solver/problem.hpp"

namespace haplan::solver {

SumWatch::SumWatch(const Problem& problem, const Bounds& bounds, const Selection& best,
                   const SumLists& lists, int spare, int crowd,
                   const std::vector<Additive>& besides) {
  for (const Objective& objective : problem.objectives) {
    if (!objective.max_unavailability) continue;
    auto& alternatives = services_.emplace_back();
    for (const Additive& sums :
         bounds.additive(objective, best, lists.inputs, lists.options, lists.extras, spare, crowd))
      alternatives.push_back(sum_of(sums, lists, spare));
    possible_ = possible_ && !alternatives.empty();
  }
  for (const Additive& sums : besides)
    services_.emplace_back().push_back(sum_of(sums, lists, spare));
  if (!services_.empty()) return;
  Additive nothing;  // the cost alone
  nothing.losses = {0.0};
  for (const auto& options : lists.options) {
    nothing.adds.emplace_back(options.size(), 0.0);
    nothing.crippled.emplace_back(options.size(), false);
  }
  services_.emplace_back().push_back(sum_of(nothing, lists, spare));
}

SumWatch::Sum SumWatch::sum_of(const Additive& sums, const SumLists& lists, int spare) {
  std::vector<std::vector<Choice>> choices;
  for (std::size_t m = 0; m < lists.options.size(); ++m) {
    auto& list = choices.emplace_back();
    for (std::size_t o = 0; o < lists.options[m].size(); ++o)
      list.push_back({lists.extras[m][o], lists.costs[m][o], sums.adds[m][o], sums.crippled[m][o]});
  }
  Frontier frontier(choices, spare, sums.losses, sums.budget);
  return {sums.budget, std::move(choices), std::move(frontier),
          std::vector<Tally>(lists.options.size() + 1)};
}

void SumWatch::choose(std::size_t depth, std::size_t option) {
  for (auto& alternatives : services_)
    for (Sum& sum : alternatives) {
      const Choice& choice = sum.choices[depth][option];
      sum.chosen[depth + 1] = {sum.chosen[depth].adds + choice.adds,
                               sum.chosen[depth].crippled + (choice.crippled ? 1 : 0)};
    }
}

std::vector<std::size_t> SumWatch::least_adds() const {
  const Sum* hardest = nullptr;
  double most = 0.0;  // of its budget that the least sum takes
  for (const auto& alternatives : services_)
    for (const Sum& sum : alternatives)
      if (const double taken = sum.frontier.least_adds() / sum.budget;
          hardest == nullptr || taken > most) {
        hardest = &sum;
        most = taken;
      }
  return hardest == nullptr ? std::vector<std::size_t>{}
                            : hardest->frontier.least_adds(hardest->choices);
}

}  // namespace haplan::solver
