#include "model/network/connectivity.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <numeric>
#include <string>

#include "tests/support/near.hpp"
#include "tests/support/networks.hpp"

using namespace haplan::model;
using namespace haplan::test;

namespace {

Connectivity compiled(const NetworkGraph& network, const std::vector<std::size_t>& terminals) {
  const auto made = Connectivity::compile(network, terminals);
  REQUIRE(made.has_value());
  return *made;
}

/// All links down with probability u, vertices with `vertex`.
std::vector<double> uniform(const NetworkGraph& network, double u, double vertex = 0.0) {
  std::vector<double> all(network.element_count(), u);
  std::fill_n(all.begin(), network.vertices, vertex);
  return all;
}

/// Some elements perfect, some for certain down, the rest anywhere between 1e-6 and 1.
std::vector<double> mixed(Draws& draws, const NetworkGraph& network) {
  std::vector<double> u(network.element_count());
  for (double& x : u) {
    const double kind = draws.uniform();
    const double size = draws.uniform();
    x = kind < 0.15 ? 0.0 : kind < 0.18 ? 1.0 : kind < 0.5 ? size * 1e-6 : size;
  }
  return u;
}

std::vector<std::size_t> some_terminals(Draws& draws, std::size_t vertices) {
  std::vector<std::size_t> terminals(1 + draws.below(4));
  for (std::size_t& t : terminals) t = draws.below(vertices);
  return terminals;
}

}  // namespace

TEST_CASE("connectivity: gives the known reliabilities, as unavailabilities too") {
  for (const char* name : {"arpanet1973_2t", "arpanet1973_all", "dodecahedron_2t", "grid3x10_15t",
                           "grid5x5_12t", "grid10x10_2t"}) {
    CAPTURE(name);
    const NetworkCase known = read_network(std::string(HAPLAN_DATA "/network/") + name + ".txt");
    const Connectivity connectivity = compiled(known.network, known.terminals);
    REQUIRE(!known.expected.empty());
    for (const auto& [p, reliability] : known.expected) {
      CAPTURE(p);
      // 1 - p as a double is not the decimal complement, so links are down with exactly this:
      const double u = 1.0 - p;
      const ConnectivityFigures figures = connectivity.evaluate(uniform(known.network, u));
      CHECK(near_relative(figures.connected, static_cast<double>(reliability), 1e-13));
      CHECK(near_relative(figures.disconnected, static_cast<double>(1.0L - reliability), 2e-12));
    }
  }
}

TEST_CASE("connectivity: equals the enumeration of all states on any network") {
  Draws draws(11);
  int torn = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    const std::size_t vertices = 1 + draws.below(6);
    NetworkGraph network = random_network(seed, vertices, draws.below(10));
    const std::vector<std::size_t> terminals = some_terminals(draws, vertices);
    const std::vector<double> u = mixed(draws, network);
    if (seed % 2 == 0) {
      for (const double x : u) network.perfect.push_back(x == 0.0);
    }
    const ConnectivitySlopes found = compiled(network, terminals).slopes(u);
    const long double apart = apart_by_enumeration(network, terminals, u);
    torn += apart == 1.0L ? 1 : 0;
    CHECK(near_relative(found.figures.disconnected, static_cast<double>(apart), 1e-12));
    CHECK(near_relative(found.figures.connected + found.figures.disconnected, 1.0, 1e-13));
    for (std::size_t e = 0; e < u.size(); ++e) {
      if (!network.fails(e)) continue;
      CAPTURE(e);
      std::vector<double> changed = u;
      changed[e] = 1.0;
      const long double down = apart_by_enumeration(network, terminals, changed);
      changed[e] = 0.0;
      const long double up = apart_by_enumeration(network, terminals, changed);
      const auto birnbaum = static_cast<double>(down - up);
      CHECK((near_relative(found.birnbaum[e], birnbaum, 1e-9) ||
             std::abs(found.birnbaum[e] - birnbaum) < 1e-17));
    }
  }
  CHECK(torn > 10);  // both answers occur
  CHECK(torn < 290);
}

TEST_CASE("connectivity: equals factoring on larger networks with failing vertices") {
  Draws draws(5);
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    CAPTURE(seed);
    const NetworkGraph network = backbone(seed, 9, 14);
    std::vector<double> u(network.element_count());
    for (double& x : u) x = 0.3 * draws.uniform();
    const std::vector<std::size_t> terminals = some_terminals(draws, 9);
    const ConnectivityFigures figures = compiled(network, terminals).evaluate(u);
    CHECK(near_relative(figures.disconnected,
                        static_cast<double>(apart_by_factoring(network, terminals, u)), 1e-12));
  }
}

TEST_CASE("connectivity: the two witnesses agree with each other and with a bridge by hand") {
  // a - b - c with b failing: 1 - 0.9^2 * 0.8 * 1 * 1, and terminals a, c perfect.
  const NetworkGraph chain{3, {{0, 1}, {1, 2}}};
  const std::vector<double> u{0.0, 0.2, 0.0, 0.1, 0.1};
  const double by_hand = 1.0 - 0.9 * 0.9 * 0.8;
  CHECK(near_relative(static_cast<double>(apart_by_enumeration(chain, {0, 2}, u)), by_hand, 1e-14));
  CHECK(near_relative(static_cast<double>(apart_by_factoring(chain, {0, 2}, u)), by_hand, 1e-14));
  CHECK(near_relative(compiled(chain, {{0, 2}}).evaluate(u).disconnected, by_hand, 1e-14));
}

TEST_CASE("connectivity: unavailabilities far below epsilon keep their relative digits") {
  // A ring of four with all links at u: opposite corners part when both halves break, (2u - u^2)^2.
  const NetworkGraph ring{4, {{0, 1}, {1, 2}, {2, 3}, {3, 0}}};
  for (const double u : {1e-3, 1e-9, 1e-15, 1e-40}) {
    CAPTURE(u);
    const double half = u * (2.0 - u);
    CHECK(near_relative(compiled(ring, {{0, 2}}).evaluate(uniform(ring, u)).disconnected,
                        half * half, 1e-14));
  }
  // The dodecahedron's vertices have three links, so terminals part by cutting off either: 2 u^3 (1 + O(u)).
  const NetworkCase dodecahedron = read_network(HAPLAN_DATA "/network/dodecahedron_2t.txt");
  const double u = 1e-9;
  const double apart = compiled(dodecahedron.network, dodecahedron.terminals)
                           .evaluate(uniform(dodecahedron.network, u))
                           .disconnected;
  CHECK(near_relative(apart, 2.0 * u * u * u, 1e-8));
}

TEST_CASE("connectivity: failing terminals count, once each") {
  const NetworkGraph two{2, {{0, 1}}};
  const Connectivity connectivity = compiled(two, {{0, 1, 0}});
  const ConnectivitySlopes found = connectivity.slopes(std::vector<double>{1e-15, 2e-15, 4e-15});
  CHECK(near_relative(found.figures.disconnected, 7e-15, 1e-13));
  CHECK(near_relative(found.birnbaum[0], 1.0, 1e-13));
  // One terminal is connected with itself, as long as it is up.
  CHECK(compiled(two, {{1}}).evaluate(std::vector<double>{0.5, 0.25, 0.5}).disconnected == 0.25);
}

TEST_CASE("connectivity: terminals of different components are never connected") {
  const NetworkGraph torn{4, {{0, 1}, {2, 3}}};
  const ConnectivitySlopes found = compiled(torn, {{0, 3}}).slopes(uniform(torn, 0.1));
  CHECK(found.figures.connected == 0.0);
  CHECK(found.figures.disconnected == 1.0);
  CHECK(std::ranges::all_of(found.birnbaum, [](double b) { return b == 0.0; }));
}

TEST_CASE("connectivity: series-parallel networks and dead ends leave nothing to the frontier") {
  // Leaf, four spines, leaf: two-terminal paths in parallel; a dead end hangs at the first spine.
  NetworkGraph network{7, {{2, 6}}};
  for (std::size_t spine = 2; spine < 6; ++spine) {
    network.links.push_back({0, spine});
    network.links.push_back({spine, 1});
  }
  const Connectivity connectivity = compiled(network, {{0, 1}});
  CHECK(connectivity.work().cores == 0);
  const double path = 0.1 + 0.9 * (0.2 + 0.8 * 0.1);  // link, spine, link
  CHECK(near_relative(connectivity.evaluate(uniform(network, 0.1, 0.2)).connected,
                      0.8 * 0.8 * (1.0 - path * path * path * path), 1e-13));
}

TEST_CASE("connectivity: relabelling vertices changes nothing") {
  Draws draws(3);
  const NetworkGraph network = backbone(4, 20, 32);
  std::vector<double> u(network.element_count());
  for (double& x : u) x = 0.05 * draws.uniform();
  std::vector<std::size_t> name(network.vertices);
  std::iota(name.begin(), name.end(), 0U);
  for (std::size_t i = name.size(); i > 1; --i) std::swap(name[i - 1], name[draws.below(i)]);
  NetworkGraph renamed = network;
  std::vector<double> renamed_u = u;
  for (std::size_t v = 0; v < network.vertices; ++v) renamed_u[name[v]] = u[v];
  for (NetworkLink& link : renamed.links) link = {name[link.to], name[link.from]};
  const std::vector<std::size_t> terminals{1, 7, 12};
  const std::vector<std::size_t> renamed_terminals{name[1], name[7], name[12]};
  CHECK(near_relative(compiled(network, terminals).evaluate(u).disconnected,
                      compiled(renamed, renamed_terminals).evaluate(renamed_u).disconnected,
                      1e-12));
}

TEST_CASE("connectivity: says so when the limit of nodes is too small") {
  const NetworkCase grid = read_network(HAPLAN_DATA "/network/grid10x10_2t.txt");
  const auto made = Connectivity::compile(grid.network, grid.terminals, {.nodes = 1000});
  REQUIRE(!made.has_value());
  CHECK(made.error().fault == Fault::budget_exhausted);
}

TEST_CASE("connectivity: the order found keeps grids and backbones small") {
  const NetworkCase grid = read_network(HAPLAN_DATA "/network/grid10x10_2t.txt");
  const ConnectivityWork work = compiled(grid.network, grid.terminals).work();
  MESSAGE("10 x 10: " << work.diagram_nodes << " nodes, frontier " << work.max_frontier);
  CHECK(work.max_frontier <= 11);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const NetworkGraph network = backbone(seed, 50, 90);
    REQUIRE(network.links.size() == 90);
    const ConnectivityWork small = compiled(network, {{0, 49}}).work();
    MESSAGE("backbone " << seed << ": " << small.diagram_nodes << " nodes, frontier "
                        << small.max_frontier);
    CHECK(small.diagram_nodes < 40'000);
  }
}
