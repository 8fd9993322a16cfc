#include "model/packing/packing.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <map>
#include <numeric>
#include <random>
#include <vector>

using haplan::model::ItemGroup;
using haplan::model::kNoDomain;
using haplan::model::pack;
using haplan::model::PackingResult;

namespace {

using Free = std::vector<std::vector<std::int64_t>>;
using Placement = std::vector<std::vector<int>>;

ItemGroup group(int count, std::vector<std::int64_t> size, std::size_t bins) {
  ItemGroup g;
  g.count = count;
  g.size = std::move(size);
  g.allowed.resize(bins);
  std::iota(g.allowed.begin(), g.allowed.end(), std::size_t{0});
  g.placed.assign(bins, 0);
  g.domain = g.allowed;  // each bin its own
  return g;
}

bool keeps_spread(const ItemGroup& g, const std::vector<int>& items) {
  if (!g.hard_spread || g.count == 0) return true;
  std::map<std::size_t, int> counts;
  for (std::size_t bin = 0; bin < items.size(); ++bin) {
    if (g.domain[bin] != kNoDomain) counts[g.domain[bin]] += items[bin] + g.placed[bin];
  }
  int least = 1 << 30;
  int most = 0;
  for (const auto& [domain, count] : counts) {
    least = std::min(least, count);
    most = std::max(most, count);
  }
  return counts.empty() || most - least <= g.max_skew;
}

/// All rules of a packing, checked from their definitions.
bool valid(const Free& free, const std::vector<ItemGroup>& groups, const Placement& placement) {
  Free left = free;
  std::vector<std::vector<bool>> touched(free[0].size(), std::vector<bool>(free.size(), false));
  std::map<std::size_t, std::size_t> shared;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (std::accumulate(placement[g].begin(), placement[g].end(), 0) != groups[g].count)
      return false;
    if (!keeps_spread(groups[g], placement[g])) return false;
    for (std::size_t bin = 0; bin < free.size(); ++bin) {
      const int items = placement[g][bin];
      if (items < 0) return false;
      if (groups[g].together && groups[g].count > 0 && items + groups[g].placed[bin] > 0 &&
          shared.emplace(*groups[g].together, bin).first->second != bin) {
        return false;
      }
      if (items == 0) continue;
      const auto& allowed = groups[g].allowed;
      if (std::find(allowed.begin(), allowed.end(), bin) == allowed.end()) return false;
      for (std::size_t r = 0; r < left[bin].size(); ++r) {
        left[bin][r] -= items * groups[g].size[r];
        if (groups[g].size[r] > 0) touched[r][bin] = true;
      }
    }
  }
  for (std::size_t bin = 0; bin < free.size(); ++bin) {
    for (std::size_t r = 0; r < left[bin].size(); ++r) {
      if (touched[r][bin] && left[bin][r] < 0) return false;
    }
  }
  return true;
}

/// Tries every placement of every item: no pruning at all.
bool brute_force(const Free& free, const std::vector<ItemGroup>& groups, Placement& placement,
                 std::size_t g, int item, std::size_t from) {
  if (g == groups.size()) return valid(free, groups, placement);
  if (item == groups[g].count) return brute_force(free, groups, placement, g + 1, 0, 0);
  for (std::size_t bin = from; bin < free.size(); ++bin) {
    ++placement[g][bin];
    if (brute_force(free, groups, placement, g, item + 1, bin)) return true;
    --placement[g][bin];
  }
  return false;
}

bool fits_by_force(const Free& free, const std::vector<ItemGroup>& groups) {
  Placement placement(groups.size(), std::vector<int>(free.size(), 0));
  return brute_force(free, groups, placement, 0, 0, 0);
}

}  // namespace

TEST_CASE("packing: nothing always fits and one item fits where there is room") {
  CHECK(pack({{1}}, {}).fits);
  CHECK(pack({}, {group(0, {1}, 0)}).fits);
  CHECK_FALSE(pack({}, {group(1, {1}, 0)}).fits);
  const PackingResult one = pack({{1}, {3}}, {group(1, {2}, 2)});
  REQUIRE(one.fits);
  CHECK(one.placement == Placement{{0, 1}});
  CHECK(one.exact);
}

TEST_CASE("packing: an overfull bin still takes items that need nothing of what it lacks") {
  CHECK(pack({{-5, 3}}, {group(1, {0, 3}, 1)}).fits);
  CHECK_FALSE(pack({{-5, 3}}, {group(1, {1, 3}, 1)}).fits);
}

TEST_CASE("packing: finds what greedy misses") {
  // Bins of 6 and 5; items 3, 3 and 5: only {3, 3} + {5} fits, while the emptiest-first rule splits
  // the threes.
  const Free free{{6}, {5}};
  const PackingResult result = pack(free, {group(2, {3}, 2), group(1, {5}, 2)});
  REQUIRE(result.fits);
  CHECK(result.placement == Placement{{2, 0}, {0, 1}});
}

TEST_CASE("packing: spread counts what was there before") {
  ItemGroup g = group(2, {1}, 3);
  g.hard_spread = true;
  g.placed = {1, 0, 0};
  const PackingResult result = pack({{9}, {9}, {9}}, {g});
  REQUIRE(result.fits);
  CHECK(result.placement == Placement{{0, 1, 1}});
  // The empty third bin has no room: 2 - 0 exceeds the skew.
  CHECK_FALSE(pack({{9}, {9}, {0}}, {g}).fits);
  g.domain[2] = kNoDomain;  // not eligible: it does not count
  CHECK(pack({{9}, {9}, {0}}, {g}).fits);
}

TEST_CASE("packing: groups that stay together find one bin for all") {
  ItemGroup a = group(1, {4}, 3);
  ItemGroup b = group(2, {2}, 3);
  a.together = b.together = 7;
  const PackingResult result = pack({{7}, {8}, {7}}, {a, b});
  REQUIRE(result.fits);
  CHECK(result.placement == Placement{{0, 1, 0}, {0, 2, 0}});
  CHECK_FALSE(pack({{7}, {7}, {7}}, {a, b}).fits);
  a.placed = {1, 0, 0};
  CHECK_FALSE(pack({{7}, {8}, {7}}, {a, b}).fits);
}

TEST_CASE("packing: says so when the work limit decides") {
  // Odd bins and even items waste one unit per bin: 100 + 102 + ... + 114 = 856 of room for
  // 15 * 50 + 2 * 3 * (0 + 1 + 2 + 3 + 4) + 48 = 858, which only a search can tell.
  std::vector<ItemGroup> groups;
  Free free;
  for (int i = 0; i < 8; ++i) free.push_back({101 + 2 * i});
  for (int i = 0; i < 15; ++i) groups.push_back(group(1, {50 + 2 * (i % 5)}, 8));
  groups.push_back(group(1, {48}, 8));
  const PackingResult cut = pack(free, groups, 20);
  CHECK_FALSE(cut.fits);
  CHECK_FALSE(cut.exact);
  CHECK(cut.work <= 100);
}

TEST_CASE("packing: equals brute force on random small cases, deterministically") {
  std::mt19937 random(42);
  const auto below = [&random](int n) {
    return static_cast<int>(random() % static_cast<unsigned>(n));
  };
  int fitting = 0;
  for (int round = 0; round < 1500; ++round) {
    const std::size_t bins = 1 + random() % 4;
    Free free;
    for (std::size_t bin = 0; bin < bins; ++bin) free.push_back({below(9), 2 + below(4)});
    std::vector<ItemGroup> groups;
    for (int g = 1 + below(3); g > 0; --g) {
      ItemGroup one = group(below(4), {below(4), 1}, bins);
      std::erase_if(one.allowed, [&](std::size_t) { return below(6) == 0; });
      one.hard_spread = below(2) == 0;
      one.max_skew = 1 + below(2);
      for (std::size_t bin = 0; bin < bins; ++bin) {
        if (below(3) == 0) one.placed[bin] = below(3);
        if (below(3) == 0) one.domain[bin] = bin / 2;
        if (below(6) == 0) one.domain[bin] = kNoDomain;
      }
      if (below(4) == 0) one.together = static_cast<std::size_t>(below(2));
      groups.push_back(one);
    }
    CAPTURE(round);
    const PackingResult result = pack(free, groups);
    REQUIRE(result.exact);
    REQUIRE(result.fits == fits_by_force(free, groups));
    CHECK(pack(free, groups).placement == result.placement);
    if (result.fits) {
      ++fitting;
      CHECK(valid(free, groups, result.placement));
    }
  }
  // Both answers are well represented.
  CHECK(fitting > 300);
  CHECK(fitting < 1200);
}

TEST_CASE(
    "packing: one group whose spread is out of reach is told at once, however many others there "
    "are") {
  constexpr std::size_t kBins = 30;
  const Free free(kBins, {100});
  std::vector<ItemGroup> groups;
  for (int g = 0; g < 12; ++g) {
    ItemGroup one = group(1, {1 + g % 5}, kBins);
    for (std::size_t bin = 0; bin < kBins; ++bin) one.domain[bin] = bin % 3;
    one.hard_spread = true;
    one.max_skew = 1;
    groups.push_back(one);
  }
  groups.back().placed[0] = 2;  // 2, 0 and 0 in three domains: one more item leaves a skew of two
  const PackingResult result = pack(free, groups, 1'000'000);
  CHECK(!result.fits);
  CHECK(result.exact);
  CHECK(result.work < 100);
}

TEST_CASE("packing: equal bins do not multiply the work") {
  // 24 items of 3 on 12 equal bins of 8 leave 2 in each: one more item of 3 never fits.
  const Free free(12, {8});
  std::vector<ItemGroup> groups;
  for (int i = 0; i < 25; ++i) groups.push_back(group(1, {3}, 12));
  const PackingResult result = pack(free, groups);
  CHECK_FALSE(result.fits);
  CHECK(result.exact);
  CHECK(result.work < 5000);
}
