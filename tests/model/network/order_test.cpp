#include "model/network/order.hpp"

#include <algorithm>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"
#include "tests/support/networks.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

TEST_CASE("order: measures the frontier of a given one") {
  // A path of four links in sequence never has more than two vertices open, from both ends inwards three.
  const std::vector<NetworkLink> path{{0, 1}, {1, 2}, {2, 3}, {3, 4}};
  const LinkOrder along = measured(5, path, {0, 1, 2, 3});
  CHECK(along.max_frontier == 2);
  CHECK(near_relative(along.work, 4.0 * 9.0, 1e-14));
  const LinkOrder inwards = measured(5, path, {0, 3, 1, 2});
  CHECK(inwards.max_frontier == 3);
  CHECK(near_relative(inwards.work, 9.0 + 27.0 + 27.0 + 9.0, 1e-14));
}

TEST_CASE("order: lists every link once and is no worse than the order given") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    const NetworkGraph graph = haplan::test::backbone(seed, 40, 70);
    const LinkOrder found = link_order(graph.vertices, graph.links);
    std::vector<std::size_t> links = found.links;
    std::sort(links.begin(), links.end());
    std::vector<std::size_t> given(graph.links.size());
    for (std::size_t l = 0; l < given.size(); ++l) given[l] = l;
    CHECK(links == given);
    const LinkOrder before = measured(graph.vertices, graph.links, given);
    CHECK(found.work <= before.work);
    CHECK(found.max_frontier < before.max_frontier);
  }
}

TEST_CASE("order: finds the width of grids and of leaves under spines") {
  for (const std::size_t width : {3U, 5U, 7U}) {
    std::vector<NetworkLink> grid;
    const std::size_t rows = 12;
    for (std::size_t v = 0; v < rows * width; ++v) {
      if (v % width + 1 < width) grid.push_back({v, v + 1});
      if (v + width < rows * width) grid.push_back({v, v + width});
    }
    CHECK(link_order(rows * width, grid).max_frontier <= width + 1);
  }
  // Four spines, twenty leaves: the spines stay open, and one leaf at a time.
  std::vector<NetworkLink> fabric;
  for (std::size_t leaf = 4; leaf < 24; ++leaf)
    for (std::size_t spine = 0; spine < 4; ++spine) fabric.push_back({leaf, spine});
  CHECK(link_order(24, fabric).max_frontier == 5);
}
