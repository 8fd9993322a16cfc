#include "solver/allocation/mixtures.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <set>

#include "model/numerics/philox.hpp"
#include "solver/allocation/problem.hpp"
#include "tests/support/near.hpp"

using namespace haplan;
using namespace haplan::solver::allocation;
using haplan::test::near_relative;

namespace {

/// P(fewer than `need` work) over all states of all units.
double by_states(const std::vector<Kind>& kinds, const std::vector<int>& counts, int need) {
  std::vector<double> units;
  for (std::size_t k = 0; k < kinds.size(); ++k)
    units.insert(units.end(), static_cast<std::size_t>(counts[k]), kinds[k].unavailability);
  double sum = 0.0;
  for (std::size_t state = 0; state < (std::size_t{1} << units.size()); ++state) {
    int working = 0;
    double probability = 1.0;
    for (std::size_t i = 0; i < units.size(); ++i) {
      const bool down = ((state >> i) & 1U) != 0;
      working += down ? 0 : 1;
      probability *= down ? units[i] : 1.0 - units[i];
    }
    if (working < need) sum += probability;
  }
  return sum;
}

}  // namespace

TEST_CASE("mixtures: units in parallel multiply their unavailability") {
  // 0.1 * 0.1 * 0.2 = 0.002 with amounts 2 * 3 + 5 = 11.
  const auto found = mixtures({{0.1, {3}, 9}, {0.2, {5}, 9}}, {1}, {11}, 9);
  const auto mixed = std::ranges::find_if(
      found, [](const Mixture& m) { return m.counts == std::vector<int>{2, 1}; });
  // Three of the first are better and use less.
  CHECK(mixed == found.end());
  REQUIRE(!found.empty());
  CHECK(found.back().counts == std::vector<int>{3, 0});
  CHECK(found.back().amounts == std::vector<std::int64_t>{9});
  CHECK(near_relative(found.back().down[0], 0.001, 1e-12));
}

TEST_CASE("mixtures: hold exactly the multisets that no other one is as good as") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    model::PhiloxStream random(seed, 0, 0);
    const auto pick = [&](int below) { return static_cast<int>(random.uniform() * below); };
    std::vector<Kind> kinds(static_cast<std::size_t>(1 + pick(3)));
    for (Kind& kind : kinds)
      kind = {std::pow(10.0, -4.0 * random.uniform()), {1 + pick(9), 1 + pick(9)}, 1 + pick(4)};
    std::vector<int> needs{1 + pick(3)};
    if (pick(2) == 0) needs.push_back(1 + pick(3));
    const std::vector<std::int64_t> limits{5 + pick(30), pick(2) == 0 ? kNoLimit : 5 + pick(30)};
    const int most = 1 + pick(7);
    // Every multiset within the limits.
    std::vector<Mixture> all;
    std::vector<int> counts(kinds.size(), 0);
    for (bool more = true; more;) {
      Mixture mixture{counts, {0, 0}, {}};
      int units = 0;
      for (std::size_t k = 0; k < kinds.size(); ++k) {
        units += counts[k];
        for (std::size_t r = 0; r < 2; ++r) mixture.amounts[r] += counts[k] * kinds[k].amounts[r];
      }
      if (units > 0 && units <= most && mixture.amounts[0] <= limits[0] &&
          mixture.amounts[1] <= limits[1]) {
        for (const int need : needs) mixture.down.push_back(by_states(kinds, counts, need));
        all.push_back(mixture);
      }
      more = false;
      for (std::size_t k = 0; k < kinds.size() && !more; ++k) {
        more = ++counts[k] <= kinds[k].most;
        if (!more) counts[k] = 0;
      }
    }
    const auto found = mixtures(kinds, needs, limits, most);
    std::set<std::vector<int>> seen;
    for (const Mixture& mixture : found) {
      CHECK(seen.insert(mixture.counts).second);
      const auto same =
          std::ranges::find_if(all, [&](const Mixture& m) { return m.counts == mixture.counts; });
      REQUIRE(same != all.end());
      CHECK(same->amounts == mixture.amounts);
      for (std::size_t i = 0; i < needs.size(); ++i)
        CHECK(near_relative(same->down[i], mixture.down[i], 1e-12));
    }
    // Everything is beaten by something that was found, up to roundings of its unavailability.
    for (const Mixture& mixture : all)
      CHECK(std::ranges::any_of(found, [&](const Mixture& m) {
        for (std::size_t r = 0; r < 2; ++r)
          if (m.amounts[r] > mixture.amounts[r]) return false;
        for (std::size_t i = 0; i < needs.size(); ++i)
          if (m.down[i] > mixture.down[i] * (1.0 + 1e-12)) return false;
        return true;
      }));
  }
}
