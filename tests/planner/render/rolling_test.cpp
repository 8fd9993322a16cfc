#include "planner/render/rolling.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <numeric>
#include <random>

using namespace haplan::planner;

namespace {

RollingNode node(int room, int old, std::vector<int> domains) {
  return {room, old, std::move(domains)};
}

/// An update node by node, every choice tried, none taken for another: whether all of them end.
bool every_play_ends(const Rolling& rolling, std::vector<int> old, std::vector<int> fresh,
                     bool place) {
  const auto pods = [](const std::vector<int>& held) {
    return std::accumulate(held.begin(), held.end(), 0);
  };
  if (pods(old) == 0 && (rolling.surge || !place)) return true;
  bool some = false;
  for (std::size_t n = 0; n < old.size(); ++n) {
    if (!place) {
      if (old[n] == 0) continue;
      some = true;
      --old[n];
      const bool ends = every_play_ends(rolling, old, fresh, true);
      ++old[n];
      if (!ends) return false;
      continue;
    }
    const auto& here = rolling.nodes[n];
    if (old[n] + fresh[n] + 1 > here.old + here.room) continue;
    if (rolling.alone && old[n] + fresh[n] > 0) continue;
    bool allowed = true;
    for (std::size_t rule = 0; rule < rolling.skews.size(); ++rule) {
      if (here.domains[rule] < 0) {
        allowed = false;
        continue;
      }
      std::vector<int> held(old.size() + 1, -1);
      for (std::size_t m = 0; m < old.size(); ++m)
        if (const int d = rolling.nodes[m].domains[rule]; d >= 0) {
          auto& count = held[static_cast<std::size_t>(d)];
          count = std::max(count, 0) + fresh[m];
        }
      int least = 1000;
      for (const int count : held)
        if (count >= 0) least = std::min(least, count);
      const int mine = held[static_cast<std::size_t>(here.domains[rule])];
      allowed = allowed && mine + 1 - least <= rolling.skews[rule];
    }
    if (!allowed) continue;
    some = true;
    ++fresh[n];
    const bool ends = every_play_ends(rolling, old, fresh, false);
    --fresh[n];
    if (!ends) return false;
  }
  return some;
}

bool every_play_ends(const Rolling& rolling) {
  std::vector<int> old;
  for (const auto& one : rolling.nodes) old.push_back(one.old);
  return every_play_ends(rolling, old, std::vector<int>(old.size()), rolling.surge);
}

}  // namespace

TEST_CASE("always_ends: a new pod needs a node that has none of its own yet") {
  // Two nodes of three are full: the first new pod takes the only room, and if the old one beside it
  // goes, the next finds none.
  Rolling rolling{{node(1, 1, {0}), node(0, 1, {1}), node(0, 1, {2})}, {1}, false, true};
  CHECK(always_ends(rolling) == false);
  rolling.surge = false;  // what the old one leaves is there for the new one
  CHECK(always_ends(rolling) == true);
  rolling.surge = true;
  rolling.nodes.push_back(node(1, 0, {3}));  // then one of the others goes in time
  CHECK(always_ends(rolling) == true);
  rolling.skews.clear();  // a soft rule lets it share the node
  rolling.nodes.pop_back();
  CHECK(always_ends(rolling) == true);
}

TEST_CASE("always_ends: anti-affinity keeps new pods away from old ones") {
  // Room beside the old pods is none; the free nodes are full.
  Rolling rolling{
      {node(5, 1, {0}), node(5, 1, {1}), node(0, 0, {2}), node(0, 0, {3})}, {1}, true, true};
  CHECK(always_ends(rolling) == false);
  rolling.alone = false;
  CHECK(always_ends(rolling) == true);
  rolling.alone = true;
  rolling.surge = false;
  CHECK(always_ends(rolling) == true);
  rolling.surge = true;
  rolling.nodes[3].room = 1;
  CHECK(always_ends(rolling) == true);
}

TEST_CASE("always_ends: a full domain holds up even what lets an old pod go first") {
  // Two zones with two pods each; all room is in the second.
  const Rolling rolling{{node(0, 2, {0}), node(4, 2, {1})}, {1}, false, false};
  CHECK(always_ends(rolling) == false);
  CHECK(!every_play_ends(rolling));
}

TEST_CASE("always_ends: room for all on every node, and nothing known of too much") {
  Rolling many;
  for (int n = 0; n < 200; ++n) many.nodes.push_back(node(100, n < 30 ? 1 : 0, {n}));
  many.skews = {1};
  CHECK(always_ends(many) == true);
  // Different everywhere, so that no two nodes count as one.
  for (int n = 0; n < 200; ++n) many.nodes[static_cast<std::size_t>(n)].room = 1 + n;
  CHECK(always_ends(many) == std::nullopt);
}

TEST_CASE("always_ends: equals trying everything, node by node") {
  std::mt19937 random(7);
  const auto upto = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  int stuck = 0;
  for (int trial = 0; trial < 400; ++trial) {
    Rolling rolling;
    const int nodes = 1 + upto(3);
    const int rules = upto(2);
    for (int rule = 0; rule < rules; ++rule) rolling.skews.push_back(1 + upto(1));
    int left = 1 + upto(3);
    for (int n = 0; n < nodes; ++n) {
      const int here = n + 1 == nodes ? left : upto(left);
      left -= here;
      std::vector<int> domains;
      for (int rule = 0; rule < rules; ++rule) domains.push_back(rule == 0 ? n : upto(1));
      rolling.nodes.push_back(node(upto(2), here, domains));
    }
    rolling.alone = upto(4) == 0;
    rolling.surge = upto(1) == 0;
    const bool expected = every_play_ends(rolling);
    CAPTURE(trial);
    CHECK(always_ends(rolling) == expected);
    stuck += expected ? 0 : 1;
  }
  CHECK(stuck > 50);
  CHECK(stuck < 350);
}
