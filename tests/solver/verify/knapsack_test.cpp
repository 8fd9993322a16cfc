#include "solver/verify/knapsack.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <random>

namespace haplan::test {

using namespace solver;

namespace {

double lost(const Knapsack& knapsack, unsigned hits, std::size_t singles) {
  const std::size_t most = knapsack.losses.size() / knapsack.sets - 1;
  return knapsack.losses[std::min(singles, most) * knapsack.sets + hits];
}

/// The least value of all choices that are small enough, one by one; infinite without any.
double least_of_all(const Knapsack& knapsack, std::size_t part, Knapsack::Size size, double value,
                    unsigned hits, std::size_t singles) {
  if (part == knapsack.parts.size())
    return size < knapsack.before ? value + lost(knapsack, hits, singles)
                                  : std::numeric_limits<double>::infinity();
  double least = std::numeric_limits<double>::infinity();
  for (const Knapsack::Option& option : knapsack.parts[part]) {
    Knapsack::Size next = size;
    for (std::size_t i = 0; i < next.size(); ++i) next[i] += option.size[i];
    least = std::min(least, least_of_all(knapsack, part + 1, next, value + option.value,
                                         hits | option.hits, singles + (option.single ? 1 : 0)));
  }
  return least;
}

}  // namespace

TEST_CASE("knapsack: finds the choice of least value among those that are small enough") {
  std::mt19937_64 random(3);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  int found = 0;
  int none = 0;
  for (int round = 0; round < 600; ++round) {
    Knapsack knapsack;
    for (std::size_t p = 0; p < 2 + below(5); ++p) {
      auto& part = knapsack.parts.emplace_back();
      for (std::size_t o = 0; o < 1 + below(4); ++o) {
        Knapsack::Option option;
        option.size = {static_cast<std::int64_t>(below(4)), static_cast<std::int64_t>(below(5)) - 2,
                       static_cast<std::int64_t>(below(6)), static_cast<std::int64_t>(below(3))};
        option.value = static_cast<double>(below(1000)) / 1000.0 - 0.05;
        option.hits = below(3) == 0 ? 1U << below(2) : 0U;
        option.single = below(3) == 0;
        part.push_back(option);
      }
    }
    knapsack.sets = 4;
    const double step = static_cast<double>(below(500)) / 1000.0;
    for (std::size_t number = 0; number < 1 + below(3); ++number)
      for (const double loss : {0.0, step, step / 2.0, 1.5 * step})
        knapsack.losses.push_back(loss + 0.1 * static_cast<double>(number));
    knapsack.before = {static_cast<std::int64_t>(below(12)),
                       static_cast<std::int64_t>(below(9)) - 4,
                       static_cast<std::int64_t>(below(14)), static_cast<std::int64_t>(below(8))};
    knapsack.most = static_cast<double>(below(3000)) / 1000.0;
    const double least = least_of_all(knapsack, 0, {}, 0.0, 0, 0);
    const KnapsackAnswer answer = fill(knapsack);
    REQUIRE(answer.known);
    CAPTURE(round);
    // Values that are equal to a few roundings may fall on either side.
    if (std::abs(least - knapsack.most) < 1e-9) continue;
    REQUIRE(answer.choice.has_value() == (least < knapsack.most));
    if (!answer.choice) {
      ++none;
      continue;
    }
    ++found;
    CHECK(std::abs(answer.value - least) < 1e-12);
    Knapsack::Size size{};
    double value = 0.0;
    unsigned hits = 0;
    std::size_t singles = 0;
    for (std::size_t p = 0; p < knapsack.parts.size(); ++p) {
      const Knapsack::Option& option = knapsack.parts[p].at((*answer.choice)[p]);
      for (std::size_t i = 0; i < size.size(); ++i) size[i] += option.size[i];
      value += option.value;
      hits |= option.hits;
      singles += option.single ? 1 : 0;
    }
    CHECK(size < knapsack.before);
    CHECK(std::abs(value + lost(knapsack, hits, singles) - least) < 1e-12);
  }
  CHECK(found > 100);
  CHECK(none > 100);
}

}  // namespace haplan::test
