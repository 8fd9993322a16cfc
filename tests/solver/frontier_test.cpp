#include "solver/frontier.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <optional>

#include "tests/solver/dice.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

using namespace solver;
using Choices = std::vector<std::vector<Choice>>;

/// Every combination from `depth` on.
std::optional<RankCost> by_trying(const Choices& choices, const std::vector<double>& losses,
                                  std::size_t depth, int extra, int crippled, double budget,
                                  RankCost cost = {}) {
  if (depth == choices.size()) {
    const auto k = std::min<std::size_t>(losses.size() - 1, static_cast<std::size_t>(crippled));
    if (extra != 0 || losses[k] > budget) return std::nullopt;
    return cost;
  }
  std::optional<RankCost> best;
  for (const Choice& choice : choices[depth]) {
    const auto rest = by_trying(choices, losses, depth + 1, extra - choice.extra,
                                crippled + (choice.crippled ? 1 : 0), budget - choice.adds,
                                {cost.mean + choice.cost.mean, cost.cpu + choice.cost.cpu});
    if (rest && (!best || compare(*rest, *best) < 0)) best = rest;
  }
  return best;
}

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("Frontier: gives what trying every combination gives") {
  Dice random(7);
  int kept = 0;
  int missed = 0;
  for (int round = 0; round < 200; ++round) {
    Choices choices(static_cast<std::size_t>(random.between(1, 5)));
    for (auto& list : choices)
      for (int n = 0, size = random.between(1, 3); n < size; ++n)
        list.push_back({n,
                        {1.0 + n, 100 * random.between(1, 9)},
                        random.uniform() / (1.0 + 9.0 * n),
                        random.chance(50)});
    const std::vector<double> losses{0.0, 0.05, 0.1};
    const int spare = random.between(0, 6);
    const Frontier frontier(choices, spare, losses, kUnlimited);
    for (std::size_t depth = 0; depth <= choices.size(); ++depth)
      for (int extra = 0; extra <= spare; ++extra)
        for (int crippled = 0; crippled <= 3; ++crippled) {
          const double budget = random.uniform() * 1.5;
          const auto expected = by_trying(choices, losses, depth, extra, crippled, budget);
          RankCost actual;
          const bool possible = frontier.least(depth, extra, crippled, budget, actual);
          CHECK(possible == expected.has_value());
          if (possible && expected) CHECK(compare(actual, *expected) == 0);
          if (depth == 0 && crippled == 0) {
            const Frontier within(choices, spare, losses, budget);
            RankCost again;
            CHECK(within.least(0, extra, 0, budget, again) == possible);
            if (possible) CHECK(compare(again, actual) == 0);
          }
          (possible ? kept : missed) += 1;
        }
  }
  CHECK(kept > 500);
  CHECK(missed > 500);
}

TEST_CASE("Frontier: the choices that add least add as little as any, thinned or not") {
  Dice random(13);
  int found = 0;
  for (int round = 0; round < 100; ++round) {
    Choices choices(static_cast<std::size_t>(random.between(1, 5)));
    for (auto& list : choices)
      for (int n = 0, size = random.between(1, 3); n < size; ++n)
        list.push_back({n, {1.0 + n, random.between(1, 9)}, random.uniform(), random.chance(50)});
    const std::vector<double> losses{0.0, 0.2, 0.3};
    const int spare = random.between(0, 6);
    const Frontier frontier(choices, spare, losses, kUnlimited);
    const std::vector<std::size_t> chosen = frontier.least_adds(choices);
    CHECK(chosen.empty() == std::isinf(frontier.least_adds()));
    if (chosen.empty()) continue;
    ++found;
    int extra = 0;
    std::size_t crippled = 0;
    double adds = 0.0;
    for (std::size_t depth = 0; depth < choices.size(); ++depth) {
      const Choice& choice = choices[depth][chosen[depth]];
      extra += choice.extra;
      crippled += choice.crippled ? 1 : 0;
      adds += choice.adds;
    }
    CHECK(extra == spare);
    adds += losses[std::min(losses.size() - 1, crippled)];
    CHECK(near_relative(adds, frontier.least_adds(), 1e-12));
    CHECK(by_trying(choices, losses, 0, spare, 0, adds * (1.0 + 1e-9)).has_value());
    CHECK(!by_trying(choices, losses, 0, spare, 0, adds * (1.0 - 1e-9)).has_value());
  }
  CHECK(found > 30);
}

TEST_CASE("Frontier: what is thinned stays a lower bound") {
  // 12 components with four choices each: far more trade-offs than are kept.
  Dice random(11);
  Choices choices(12);
  for (auto& list : choices)
    for (int n = 0; n < 4; ++n)
      list.push_back({0, {1.0, random.between(1, 5'000)}, random.uniform(), false});
  const Frontier frontier(choices, 0, {0.0}, kUnlimited);
  for (int round = 0; round < 500; ++round) {
    RankCost cost;
    double adds = 0.0;
    for (const auto& list : choices) {
      const Choice& choice = list[static_cast<std::size_t>(random.between(0, 3))];
      cost = {cost.mean + choice.cost.mean, cost.cpu + choice.cost.cpu};
      adds += choice.adds;
    }
    RankCost least;
    CHECK(frontier.least(0, 0, 0, adds * (1.0 + 1e-12), least));
    CHECK(compare(least, cost) <= 0);
  }
}

}  // namespace haplan::test
