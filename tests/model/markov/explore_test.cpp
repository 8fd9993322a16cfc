#include "model/markov/explore.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <string>

#include "tests/support/workstation_cluster.hpp"

using namespace haplan::model;
using haplan::test::workstation_cluster;

TEST_CASE("explore: states are numbered breadth first, in the order in which they are named") {
  // 5 -> 9, 3; 9 -> 5; 3 -> 7; 7 -> 7 (a loop), 5; and an edge of rate 0 to a state that is not one.
  const auto explored = explore(5, [](int state, const auto& emit) {
    if (state == 5) emit(9, 1.0), emit(3, 2.0), emit(9, 0.5), emit(1000, 0.0);
    if (state == 9) emit(5, 4.0);
    if (state == 3) emit(7, 8.0);
    if (state == 7) emit(7, 1.0), emit(5, 16.0);
  });
  REQUIRE(explored.has_value());
  CHECK(explored->states == std::vector<int>{5, 9, 3, 7});
  CHECK(explored->chain.transition_count() == 5);
  CHECK(explored->chain.rates(0)[0] == 1.5);
  CHECK(explored->chain.targets(3)[0] == 0);
  CHECK(explored->chain.exit_rate(3) == 16);
}

TEST_CASE("explore: any state that can be compared and hashed will do") {
  const auto explored = explore(std::string("a"), [](const std::string& state, const auto& emit) {
    if (state.size() < 4) emit(state + "b", 1.0);
    emit("a", 2.0);
  });
  REQUIRE(explored.has_value());
  CHECK(explored->states.back() == "abbb");
}

TEST_CASE("explore: an endless chain stops at the limit, a bad rate is bad input") {
  const auto up = [](int state, const auto& emit) { emit(state + 1, 1.0); };
  const auto endless = explore(0, up, {.states = 1000});
  REQUIRE_FALSE(endless.has_value());
  CHECK(endless.error().fault == Fault::budget_exhausted);
  const auto bad = explore(0, [](int, const auto& emit) { emit(1, -1.0); });
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().fault == Fault::invalid_input);
}

TEST_CASE("explore: the workstation cluster has the published states and transitions") {
  // State and transition counts of the PRISM case study for N = 2, 4, 8, 16. With k states of a
  // cluster other than full: idle 8 (N+1)^2, repairing a workstation 2 * 8 N (N+1), repairing a
  // switch or the backbone 3 * 4 (N+1)^2.
  const std::size_t transitions[] = {1120, 3616, 12832, 48160};
  std::size_t at = 0;
  for (const unsigned n : {2U, 4U, 8U, 16U}) {
    CAPTURE(n);
    const auto cluster = workstation_cluster(n);
    REQUIRE(cluster.has_value());
    CHECK(cluster->chain.state_count() == 20 * (n + 1) * (n + 1) + 16 * n * (n + 1));
    CHECK(cluster->chain.transition_count() == transitions[at++]);
  }
  CHECK(workstation_cluster(16)->chain.state_count() == 10132);
}

TEST_CASE("explore: folding left and right halves the cluster but for states that are their own") {
  // A state that is its own mirror image: as many left as right, equal switches, and nothing or the
  // backbone in repair: (N+1) * (2 * 2 idle + 2 backbone).
  for (const unsigned n : {2U, 8U}) {
    const std::size_t all = workstation_cluster(n)->chain.state_count();
    CHECK(workstation_cluster(n, true)->chain.state_count() == (all + 6 * (n + 1)) / 2);
  }
}
