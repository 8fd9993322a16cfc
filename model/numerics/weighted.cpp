#include "model/numerics/weighted.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

/// Probability of every sum below `need`; what weighs more is forgotten, because nothing flows back from it.
using Sums = std::map<std::int64_t, double>;

Sums sums_below(std::int64_t need, const std::vector<WeightedGroup>& groups) {
  Sums sums;
  if (need <= 0) return sums;
  sums[0] = 1.0;
  for (const WeightedGroup& group : groups) {
    HAPLAN_EXPECTS(group.count >= 0 && group.weight > 0);
    HAPLAN_EXPECTS(group.u >= 0.0 && group.u <= 1.0);
    for (int i = 0; i < group.count; ++i) {
      Sums next;
      for (const auto& [sum, p] : sums) {
        next[sum] += p * group.u;
        if (sum < need - group.weight) next[sum + group.weight] += p * (1.0 - group.u);
      }
      sums = std::move(next);
    }
  }
  return sums;
}

}  // namespace

double weigh_less_than(std::int64_t need, const std::vector<WeightedGroup>& groups) {
  double total = 0.0;
  for (const auto& [sum, p] : sums_below(need, groups)) total += p;
  return std::min(total, 1.0);
}

double weigh_less_than_derivative(std::int64_t need, const std::vector<WeightedGroup>& groups,
                                  std::size_t group) {
  HAPLAN_EXPECTS(group < groups.size());
  if (need <= 0 || groups[group].count == 0) return 0.0;
  std::vector<WeightedGroup> others = groups;
  --others[group].count;
  // One replica of the group decides: too little without it, enough with it.
  double deciding = 0.0;
  for (const auto& [sum, p] : sums_below(need, others))
    if (sum >= need - groups[group].weight) deciding += p;
  return groups[group].count * deciding;
}

std::array<double, 4> weigh_less_than_both(const WeighedNeed& first, const WeighedNeed& second,
                                           const std::vector<WeightedGroup>& groups) {
  HAPLAN_EXPECTS(first.weight.size() == groups.size() && second.weight.size() == groups.size());
  using Pair = std::pair<std::int64_t, std::int64_t>;
  std::map<Pair, double> sums{{{0, 0}, 1.0}};
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (int i = 0; i < groups[g].count; ++i) {
      std::map<Pair, double> next;
      for (const auto& [sum, p] : sums) {
        next[sum] += p * groups[g].u;
        // Enough is enough: sums beyond a need are one.
        const Pair more{std::min(first.need, sum.first + first.weight[g]),
                        std::min(second.need, sum.second + second.weight[g])};
        next[more] += p * (1.0 - groups[g].u);
      }
      sums = std::move(next);
    }
  std::array<double, 4> joint{};
  for (const auto& [sum, p] : sums)
    joint[(sum.first < first.need ? 1U : 0U) | (sum.second < second.need ? 2U : 0U)] += p;
  return joint;
}

}  // namespace haplan::model
