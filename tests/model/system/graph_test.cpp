#include "model/system/graph.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <random>
#include <vector>

using haplan::model::dependency_order;

namespace {

using Edges = std::vector<std::vector<std::size_t>>;

bool has_edge(const Edges& edges, std::size_t from, std::size_t to) {
  return std::find(edges[from].begin(), edges[from].end(), to) != edges[from].end();
}

/// Warshall's closure: independent of any depth-first search.
bool has_cycle(const Edges& edges) {
  const std::size_t n = edges.size();
  std::vector<std::vector<bool>> reach(n, std::vector<bool>(n, false));
  for (std::size_t i = 0; i < n; ++i) {
    for (const std::size_t j : edges[i]) reach[i][j] = true;
  }
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        if (reach[i][k] && reach[k][j]) reach[i][j] = true;
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (reach[i][i]) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("graph: a chain is ordered from what nothing is needed for") {
  const auto result = dependency_order(Edges{{1}, {2}, {}});
  CHECK(result.cycle.empty());
  CHECK(result.order == std::vector<std::size_t>{2, 1, 0});
}

TEST_CASE("graph: a cycle is reported without the way that leads into it") {
  const auto result = dependency_order(Edges{{1}, {2, 2}, {3}, {1}});
  CHECK(result.cycle == std::vector<std::size_t>{1, 2, 3});
  CHECK(dependency_order(Edges{{0}}).cycle == std::vector<std::size_t>{0});
}

TEST_CASE("graph: random graphs are ordered or have a real cycle, as transitive closure says") {
  std::mt19937 random(20240601);
  int cyclic = 0;
  for (int round = 0; round < 300; ++round) {
    const std::size_t n = 1 + random() % 8;
    Edges edges(n);
    for (std::size_t e = random() % (2 * n); e > 0; --e)
      edges[random() % n].push_back(random() % n);
    const auto result = dependency_order(edges);
    REQUIRE(result.cycle.empty() == !has_cycle(edges));
    if (!result.cycle.empty()) {
      ++cyclic;
      for (std::size_t i = 0; i < result.cycle.size(); ++i) {
        CHECK(has_edge(edges, result.cycle[i], result.cycle[(i + 1) % result.cycle.size()]));
      }
      continue;
    }
    REQUIRE(result.order.size() == n);
    std::vector<std::size_t> position(n);
    for (std::size_t i = 0; i < n; ++i) position[result.order[i]] = i;
    for (std::size_t from = 0; from < n; ++from) {
      for (const std::size_t to : edges[from]) CHECK(position[to] < position[from]);
    }
  }
  CHECK(cyclic > 50);
  CHECK(cyclic < 250);
}
