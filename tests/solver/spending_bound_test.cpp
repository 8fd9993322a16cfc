#include "solver/spending_bound.hpp"

#include <doctest/doctest.h>

#include "solver/budgets.hpp"
#include "tests/solver/dice.hpp"

namespace haplan::test {

using namespace solver;

namespace {

/// Up to four components and a vendor, two levels, up to three budgets.
struct Case {
  Problem problem;
  std::vector<SpendingBound::Range> ranges;
};

Case random_case(Dice& dice) {
  Case made;
  made.problem.system.levels.resize(2);
  made.problem.system.levels[0].share = 0.25;
  made.problem.system.levels[1].share = 0.75;
  const int components = dice.between(1, 4);
  for (int c = 0; c < components; ++c) {
    model::Component component;
    component.name = std::string(1, static_cast<char>('a' + c));
    component.requests = {{"cpu", 250 * dice.between(0, 8)}};
    component.uses = {{"money", {dice.between(0, 5), 1}}};
    made.problem.system.components.push_back(component);
    const int fewest = dice.between(1, 2);
    const int typical = dice.between(1, fewest);
    made.ranges.push_back(
        {static_cast<model::ComponentId>(c), {fewest, typical}, fewest + dice.between(0, 3)});
  }
  model::Component vendor;
  vendor.name = "vendor";
  vendor.type = model::ComponentType::external;
  vendor.external = model::External{};
  vendor.uses = {{"money", {3, 1}}};
  made.problem.system.components.push_back(vendor);
  made.problem.prices = {{"cpu", {8, 1}}};
  made.problem.budgets = {{Budget::Kind::uses, "money", {dice.between(5, 40), 1}}};
  if (dice.between(0, 1) == 0)
    made.problem.budgets.push_back({Budget::Kind::cpu, "cpu", {dice.between(1, 12), 1}});
  if (dice.between(0, 1) == 0)
    made.problem.budgets.push_back({Budget::Kind::cost, kMeanCost, {dice.between(10, 90), 1}});
  return made;
}

/// Whether the components from `depth` on can have so many replicas at the first level, and what the purse says of it.
bool some_completion(const Case& made, const Purse& purse, std::vector<std::vector<int>>& replicas,
                     std::size_t depth, int left) {
  if (depth == made.ranges.size()) {
    if (left != 0) return false;
    std::vector<const std::vector<int>*> all;
    for (const auto& one : replicas) all.push_back(&one);
    return purse.affords(all);
  }
  const auto& range = made.ranges[depth];
  for (int n = range.fewest[0]; n <= range.most; ++n) {
    replicas[depth] = {n, range.fewest[1]};
    if (some_completion(made, purse, replicas, depth + 1, left - (n - range.fewest[0])))
      return true;
  }
  return false;
}

}  // namespace

TEST_CASE(
    "spending: nothing that a budget allows is left out, and of one budget nothing else is kept") {
  Dice dice(7);
  int impossible = 0;
  int possible = 0;
  for (int round = 0; round < 3000; ++round) {
    const Case made = random_case(dice);
    const Purse purse(made.problem);
    SpendingBound bound(made.problem, made.ranges, model::LevelId{0});
    std::vector<std::vector<int>> replicas(made.problem.system.components.size(), {1, 1});
    // Some of the first ones are decided.
    const std::size_t depth =
        static_cast<std::size_t>(dice.between(0, static_cast<int>(made.ranges.size())));
    for (std::size_t d = 0; d < depth; ++d) {
      const auto& range = made.ranges[d];
      replicas[d] = {dice.between(range.fewest[0], range.most), range.fewest[1]};
      bound.add(d, {range.most, range.most});
      bound.add(d, {range.most, range.most}, -1);
      bound.add(d, replicas[d]);
    }
    int room = 0;
    for (std::size_t d = depth; d < made.ranges.size(); ++d)
      room += made.ranges[d].most - made.ranges[d].fewest[0];
    const int extra = dice.between(0, room);
    const bool some = some_completion(made, purse, replicas, depth, extra);
    CAPTURE(round);
    CAPTURE(extra);
    if (some) CHECK(bound.possible(depth, extra));
    // Extra replicas are one amount each: the cheapest are those of a best completion.
    if (made.problem.budgets.size() == 1) CHECK(bound.possible(depth, extra) == some);
    (some ? possible : impossible) += 1;
  }
  CHECK(possible > 500);
  CHECK(impossible > 500);
}

TEST_CASE("spending: without a main level only the fewest replicas count") {
  Dice dice(8);
  int differ = 0;
  for (int round = 0; round < 200; ++round) {
    const Case made = random_case(dice);
    const SpendingBound fewest(made.problem, made.ranges, std::nullopt);
    const SpendingBound counted(made.problem, made.ranges, model::LevelId{0});
    CHECK(fewest.possible(0, 3) == counted.possible(0, 0));
    differ += fewest.possible(0, 3) != counted.possible(0, 3) ? 1 : 0;
  }
  CHECK(differ > 10);
}

}  // namespace haplan::test
