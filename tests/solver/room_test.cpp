#include "solver/room.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <numeric>
#include <utility>
#include <vector>

#include "tests/solver/dice.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

using solver::Layers;
using solver::Room;
using solver::some_down;

/// Nodes of the i-th component: one of every column, as the contract says, of columns of this length.
std::vector<int> nodes_of(int i, int columns, int length) {
  std::vector<int> nodes;
  for (int c = 0; c < columns; ++c) nodes.push_back(c * length + (i + c * (i / length)) % length);
  return nodes;
}

int shared(const std::vector<int>& a, const std::vector<int>& b) {
  return static_cast<int>(
      std::ranges::count_if(a, [&](int node) { return std::ranges::count(b, node) > 0; }));
}

}  // namespace

TEST_CASE(
    "Room::sharing: no two components share more than one node, and no domain gets too many") {
  for (int zones = 1; zones <= 4; ++zones)
    for (int size = 2; size <= 12; ++size)
      for (int in_domain = 1; in_domain <= 4; ++in_domain)
        for (int taken = 0; taken < zones * size; taken += 3) {
          Room room{zones, size};
          for (int one = 0; one < taken; ++one)
            if (!room.take({1, 1})) break;
          const int many = room.sharing(in_domain);
          if (many == 0) continue;
          const int length = static_cast<int>(std::lround(std::sqrt(many)));
          CAPTURE(zones);
          CAPTURE(size);
          CAPTURE(in_domain);
          CAPTURE(room.taken);
          CHECK(length * length == many);
          // The nodes of single replicas were dealt out evenly.
          CHECK((room.taken + zones - 1) / zones + in_domain * length <= size);
          for (int i = 0; i < many; ++i)
            for (int j = 0; j < i; ++j)
              CHECK(shared(nodes_of(i, zones * in_domain, length),
                           nodes_of(j, zones * in_domain, length)) <= 1);
        }
}

TEST_CASE(
    "Room::take: what is dealt out evenly fits, in whatever parts, and single nodes to the last "
    "but one") {
  Dice random(3);
  for (int i = 0; i < 2000; ++i) {
    const int zones = random.between(1, 4);
    const int size = random.between(1, 7);
    Room room{zones, size};
    std::vector<int> used(static_cast<std::size_t>(zones), 0);
    const bool single = random.chance(30);
    int refused = 0;
    for (int c = 0; c < 40; ++c) {
      std::vector<int> parts;
      for (int p = single ? 1 : random.between(1, zones); p > 0; --p)
        parts.push_back(single ? 1 : random.between(1, 3));
      std::ranges::sort(parts, std::ranges::greater{});
      const int nodes = std::accumulate(parts.begin(), parts.end(), 0);
      if (!room.take({nodes, parts.front()})) {
        ++refused;
        continue;
      }
      std::ranges::sort(used);
      for (std::size_t p = 0; p < parts.size(); ++p) used[p] += parts[p];
      CHECK(std::ranges::max(used) <= size);
    }
    CHECK(refused > 0);
    const int all = std::accumulate(used.begin(), used.end(), 0);
    CHECK(all < zones * size);  // one is free
    if (single) CHECK(all == zones * size - 1);
  }
}

TEST_CASE("Layers: what is in one layer finds nodes of its own") {
  Dice random(5);
  int layers_used = 0;
  int shared_layers = 0;
  for (int i = 0; i < 2000; ++i) {
    const int zones = random.between(1, 4);
    const int size = random.between(2, 8);
    Layers layers(Room{zones, size});
    // Of every layer the components, as nodes and the most in one zone; 0: anywhere.
    std::vector<std::vector<std::pair<int, int>>> inside;
    for (int c = random.between(1, 12); c > 0; --c) {
      const int nodes = random.between(1, std::min(4, zones * size));
      const int most = zones > 1 ? (nodes + zones - 1) / zones : nodes;
      layers.add({nodes, most});
      inside.resize(static_cast<std::size_t>(layers.count()));
      inside.back().emplace_back(nodes, most);
    }
    for (const auto& layer : inside) {
      ++layers_used;
      if (layer.size() == 1) continue;
      ++shared_layers;
      // Evenly, the largest part to the emptiest zone; or as many in every zone as in any.
      std::vector<int> even(static_cast<std::size_t>(zones), 0);
      int wide = 0;
      for (const auto& [nodes, most] : layer) {
        std::ranges::sort(even);
        for (int n = 0; n < nodes; ++n) ++even[static_cast<std::size_t>(n % zones)];
        wide += most;
      }
      CHECK((std::ranges::max(even) <= size || wide <= size));
    }
  }
  CHECK(shared_layers > 500);
  CHECK(layers_used > shared_layers);
}

TEST_CASE(
    "some_down: no more than the union over all states of nodes, and close where losses are rare") {
  // Pairs on three columns of three nodes, down when both their nodes are lost; the first two columns, or the last two.
  constexpr int kLength = 3;
  constexpr int kNodes = 3 * kLength;
  std::vector<std::vector<int>> pairs;
  for (int i = 0; i < kLength * kLength; ++i) {
    std::vector<int> nodes = nodes_of(i, 3, kLength);
    nodes.erase(nodes.begin() + (i % 2 == 0 ? 2 : 0));
    pairs.push_back(nodes);
  }
  for (const double lost : {1e-4, 1e-2, 0.2, 0.6}) {
    double exact = 0.0;
    for (unsigned state = 0; state < 1U << kNodes; ++state) {
      double mass = 1.0;
      for (int n = 0; n < kNodes; ++n) mass *= (state >> n & 1U) != 0 ? lost : 1.0 - lost;
      const bool down = std::ranges::any_of(pairs, [&](const std::vector<int>& nodes) {
        return std::ranges::all_of(nodes, [&](int n) { return (state >> n & 1U) != 0; });
      });
      if (down) exact += mass;
    }
    const double sum = static_cast<double>(pairs.size()) * lost * lost;
    CAPTURE(lost);
    CHECK(some_down(sum, 1.0, lost) <= exact * (1.0 + 1e-12));
    CHECK(some_down(sum, 1.0, lost) > 0.0);
    CHECK(some_down(sum, 1.5, lost) < some_down(sum, 1.0, lost));
    if (lost == 1e-4) CHECK(near_relative(some_down(sum, 1.0, lost), exact, 1e-2));
  }
  CHECK(some_down(0.0, 1.0, 1e-3) == 0.0);
  CHECK(some_down(1e-3, 1.0, 0.0) == 0.0);
}

TEST_CASE("some_down: grows with the sum") {
  double before = 0.0;
  for (double sum = 1e-6; sum < 1.0; sum *= 1.5) {
    const double now = some_down(sum, 1.2, 1e-3);
    CHECK(now >= before);
    CHECK(now <= sum);
    before = now;
  }
}

}  // namespace haplan::test
