#include "model/markov/components.hpp"

#include <doctest/doctest.h>

using namespace haplan::model;

namespace {

constexpr std::uint32_t kTransient = BottomComponents::kTransient;

}  // namespace

TEST_CASE("bottom_components: the sets that nothing leaves, by their smallest state") {
  // 0 -> {1, 4}, 1 <-> 2 -> 1, 4 -> 5 -> 4, 3 absorbs, 6 <-> 7 -> 3.
  const Chain chain = *chain_of(8, std::vector<RatedEdge>{{0, 1, 1},
                                                          {0, 4, 1},
                                                          {1, 2, 1},
                                                          {2, 1, 1},
                                                          {4, 5, 1},
                                                          {5, 4, 1},
                                                          {6, 7, 1},
                                                          {7, 6, 1},
                                                          {7, 3, 1}});
  const BottomComponents bottoms = bottom_components(chain);
  CHECK(bottoms.count == 3);
  CHECK(bottoms.of ==
        std::vector<std::uint32_t>{kTransient, 0, 0, 1, 2, 2, kTransient, kTransient});
  CHECK(bottoms.states(2) == std::vector<std::uint32_t>{4, 5});
  CHECK(bottoms.states(kTransient) == std::vector<std::uint32_t>{0, 6, 7});
}

TEST_CASE("bottom_components: only what a start leads to") {
  const Chain chain = *chain_of(4, std::vector<RatedEdge>{{0, 1, 1}, {2, 1, 1}, {2, 3, 1}});
  const std::vector<std::uint32_t> start{0};
  const BottomComponents bottoms = bottom_components(chain, start);
  CHECK(bottoms.count == 1);
  CHECK(bottoms.states(0) == std::vector<std::uint32_t>{1});
}

TEST_CASE("bottom_components: a line of a hundred thousand states needs no call stack") {
  const std::size_t n = 100000;
  std::vector<RatedEdge> edges;
  for (std::size_t i = 0; i + 1 < n; ++i) edges.push_back({i, i + 1, 1.0});
  const BottomComponents line = bottom_components(*chain_of(n, edges));
  CHECK(line.count == 1);
  CHECK(line.of[n - 1] == 0);
  CHECK(line.of[n - 2] == kTransient);
  edges.push_back({n - 1, 0, 1.0});
  CHECK(bottom_components(*chain_of(n, edges)).states(0).size() == n);
}
