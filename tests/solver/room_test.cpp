#include "solver/room.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

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
            if (!room.take(1)) break;
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
