#include "model/numerics/weighted.hpp"

#include <doctest/doctest.h>

#include "model/numerics/k_of_n.hpp"
#include "tests/support/near.hpp"

namespace haplan::model {

using test::near_relative;

namespace {

/// By listing every set of serving replicas.
template <class Fails>
double listed(const std::vector<WeightedGroup>& groups, const Fails& fails) {
  std::vector<std::size_t> group_of;
  for (std::size_t g = 0; g < groups.size(); ++g)
    group_of.insert(group_of.end(), static_cast<std::size_t>(groups[g].count), g);
  double total = 0.0;
  for (std::size_t mask = 0; mask < (std::size_t{1} << group_of.size()); ++mask) {
    double p = 1.0;
    std::vector<int> serving(groups.size(), 0);
    for (std::size_t i = 0; i < group_of.size(); ++i) {
      const bool serves = (mask >> i & 1U) != 0;
      p *= serves ? 1.0 - groups[group_of[i]].u : groups[group_of[i]].u;
      if (serves) ++serving[group_of[i]];
    }
    if (fails(serving)) total += p;
  }
  return total;
}

double weighed(const std::vector<int>& serving, const std::vector<std::int64_t>& weight) {
  double sum = 0.0;
  for (std::size_t g = 0; g < weight.size(); ++g)
    sum += static_cast<double>(weight[g]) * serving[g];
  return sum;
}

const std::vector<WeightedGroup> kGroups{{3, 2, 0.1}, {2, 5, 0.02}, {4, 3, 0.3}};
const std::vector<std::int64_t> kWeights{2, 5, 3};

}  // namespace

TEST_CASE("weighted: what serves weighs less than the need as often as in a list of all states") {
  for (std::int64_t need = 0; need <= 30; ++need) {
    CAPTURE(need);
    const double all = listed(kGroups, [&](const std::vector<int>& serving) {
      return weighed(serving, kWeights) < static_cast<double>(need);
    });
    CHECK(near_relative(weigh_less_than(need, kGroups), all, 1e-13));
  }
}

TEST_CASE("weighted: with weights of one it is k out of n, to the last nines") {
  const std::vector<WeightedGroup> alike{{3, 1, 1e-6}, {2, 1, 1e-6}};
  for (int k = 1; k <= 6; ++k)
    CHECK(near_relative(weigh_less_than(k, alike), fewer_than(k, 5, 1e-6), 1e-14));
}

TEST_CASE("weighted: the derivative is the difference between a replica out and serving") {
  for (std::size_t g = 0; g < kGroups.size(); ++g)
    for (const std::int64_t need : {1, 4, 9, 17, 28, 40}) {
      CAPTURE(g);
      CAPTURE(need);
      std::vector<WeightedGroup> out = kGroups;
      --out[g].count;
      std::vector<WeightedGroup> serving = out;
      serving.push_back({1, kGroups[g].weight, 0.0});
      const double decides = weigh_less_than(need, out) - weigh_less_than(need, serving);
      CHECK(near_relative(weigh_less_than_derivative(need, kGroups, g), kGroups[g].count * decides,
                          1e-9));
    }
}

TEST_CASE("weighted: two needs in different weights are judged by the same replicas") {
  const WeighedNeed first{9, kWeights};
  const WeighedNeed second{4, {1, 1, 1}};
  const auto joint = weigh_less_than_both(first, second, kGroups);
  for (std::size_t outcome = 0; outcome < 4; ++outcome) {
    CAPTURE(outcome);
    const double all = listed(kGroups, [&](const std::vector<int>& serving) {
      const bool below_first = weighed(serving, first.weight) < 9.0;
      const bool below_second = weighed(serving, second.weight) < 4.0;
      return ((below_first ? 1U : 0U) | (below_second ? 2U : 0U)) == outcome;
    });
    CHECK(near_relative(joint[outcome], all, 1e-12));
  }
}

}  // namespace haplan::model
