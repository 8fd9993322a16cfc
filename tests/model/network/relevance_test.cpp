#include "model/network/relevance.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace haplan::model;

namespace {

using Blocks = std::vector<std::vector<std::size_t>>;

/// Two triangles 0-1-2 and 2-3-4 that share vertex 2, a bridge 4-5, and a dead end 1-6.
NetworkGraph bow_tie() {
  return {7, {{0, 1}, {1, 2}, {2, 0}, {2, 3}, {3, 4}, {4, 2}, {4, 5}, {1, 6}}, {}};
}

Blocks sorted(Blocks blocks) {
  std::sort(blocks.begin(), blocks.end());
  return blocks;
}

}  // namespace

TEST_CASE("relevance: keeps the blocks between terminals and requires the cut vertices") {
  const std::vector<std::size_t> ends{0, 5};
  const Relevance found = relevance(bow_tie(), ends);
  CHECK(found.possible);
  CHECK(sorted(found.blocks) == Blocks{{0, 1, 2}, {3, 4, 5}, {6}});
  CHECK(found.required == std::vector<bool>{true, false, true, false, true, true, false});
}

TEST_CASE("relevance: within one block nothing else matters") {
  const std::vector<std::size_t> ends{3, 4};
  const Relevance found = relevance(bow_tie(), ends);
  CHECK(found.blocks == Blocks{{3, 4, 5}});
  CHECK(found.required == std::vector<bool>{false, false, false, true, true, false, false});
}

TEST_CASE("relevance: one terminal needs no link, and loops and other components never matter") {
  NetworkGraph graph = bow_tie();
  graph.vertices = 9;
  graph.links.push_back({0, 0});
  graph.links.push_back({7, 8});
  const std::vector<std::size_t> one{0, 0};
  CHECK(relevance(graph, one).blocks.empty());
  const std::vector<std::size_t> both{0, 7};
  CHECK_FALSE(relevance(graph, both).possible);
}

TEST_CASE("relevance: a long chain is walked without recursion") {
  NetworkGraph chain{200'001, {}, {}};
  for (std::size_t v = 0; v + 1 < chain.vertices; ++v) chain.links.push_back({v, v + 1});
  const std::vector<std::size_t> ends{0, 200'000};
  const Relevance found = relevance(chain, ends);
  CHECK(found.blocks.size() == 200'000);
  CHECK(std::ranges::all_of(found.required, [](bool required) { return required; }));
}
