#include "model/availability/placement_space.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <random>
#include <utility>

#include "model/availability/headroom.hpp"
#include "tests/support/random_system.hpp"
#include "tests/support/small_systems.hpp"

namespace haplan::test {

namespace {

using namespace model;

PlacementSpace space_of(const System& system, const Deployment& deployment) {
  const std::vector<CarriedRules> rules(system.components.size());
  return placement_space(system, load_table(system), deployment, rules,
                         pinned_components(system, rules));
}

std::vector<std::size_t> all_different(std::size_t n) {
  std::vector<std::size_t> cell;
  for (std::size_t i = 0; i < n; ++i) cell.push_back(i);
  return cell;
}

Component sized(const std::string& name, std::int64_t millicores) {
  Component component = stateless(name, 1e-6, 60.0);
  component.requests = {{"cpu", millicores}};
  return component;
}

Domain zone(const std::string& name) {
  Domain domain;
  domain.name = name;
  domain.level = "zone";
  return domain;
}

void give_capacity(System& system, std::int64_t millicores) {
  for (Node& node : system.nodes) node.capacity = {{"cpu", millicores}};
}

/// Every combination of the units' placements, no two nodes interchangeable; false: too many.
bool for_all(const PlacementSpace& space, std::size_t nodes, Deployment& deployment,
             std::size_t unit, std::size_t& budget, auto&& look) {
  if (unit == space.units.size()) {
    look(deployment);
    return budget-- > 0;
  }
  const UnitPlacements all = unit_placements(space, space.units[unit], all_different(nodes), 1000);
  if (!all.complete) return false;
  for (const UnitPlacement& option : all.options) {
    for (std::size_t i = 0; i < option.size(); ++i)
      deployment.components[space.units[unit][i]].nodes = option[i];
    if (!for_all(space, nodes, deployment, unit + 1, budget, look)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("placement_space: users of one disk are one unit and share its node") {
  SmallSystem small(
      {stateless("a", 1e-6, 60.0), stateless("b", 1e-6, 60.0), stateless("c", 1e-6, 60.0)}, 3);
  small.system.claims = {{"disk", {}, true}};
  small.system.components[0].storage.claim = 0;
  small.system.components[2].storage.claim = 0;
  small.system.components[2].allowed = {1, 2};
  small.place(0, {1, 1});
  small.place(1, {0});
  small.place(2, {1});
  const PlacementSpace space = space_of(small.system, small.deployment);
  CHECK(space.units == std::vector<PlacementUnit>{{0, 2}, {1}});
  // Both replicas of a and the one of c on either node that c may use.
  const UnitPlacements both = unit_placements(space, space.units[0], all_different(3), 100);
  CHECK(both.complete);
  CHECK(both.options == std::vector<UnitPlacement>{{{1, 1}, {1}}, {{2, 2}, {2}}});
}

TEST_CASE("placement_space: equal nodes are one cell until something tells them apart") {
  SmallSystem small({stateless("a", 1e-6, 60.0), stateless("b", 1e-6, 60.0)}, 4);
  small.place(0, {0, 1});
  small.place(1, {0});
  const PlacementSpace space = space_of(small.system, small.deployment);
  CHECK(space.cell == std::vector<std::size_t>{0, 0, 0, 0});
  // a on two different nodes is one placement up to names; b is then with a or without.
  const UnitPlacements of_a = unit_placements(space, {0}, space.cell, 100);
  CHECK(of_a.options == std::vector<UnitPlacement>{{{0, 1}}});
  const auto cell = refined(space, {0}, of_a.options[0], space.cell);
  CHECK(unit_placements(space, {1}, cell, 100).options == std::vector<UnitPlacement>{{{0}}, {{2}}});
  // A pinned plan fixes its nodes, and tells them from the others.
  small.system.components[0].pinned = true;
  const PlacementSpace pinned = space_of(small.system, small.deployment);
  CHECK(unit_placements(pinned, {0}, pinned.cell, 100).options ==
        std::vector<UnitPlacement>{{{0, 1}}});
  CHECK(pinned.cell[0] == pinned.cell[1]);
  CHECK(pinned.cell[2] == pinned.cell[3]);
  CHECK(pinned.cell[0] != pinned.cell[2]);
}

TEST_CASE("placement_space: capacity is proved not to bind at the sum of the largest shares") {
  // Spread over two nodes, three replicas leave two on one node at most: 2 x 300m + 2 x 500m.
  SmallSystem small({sized("a", 300), sized("b", 500)}, 2);
  small.place(0, {0, 1, 0});
  small.place(1, {0, 1, 1});
  give_capacity(small.system, 1600);
  CHECK(space_of(small.system, small.deployment).capacity_never_binds);
  give_capacity(small.system, 1599);
  CHECK_FALSE(space_of(small.system, small.deployment).capacity_never_binds);
}

TEST_CASE("placement_space: headroom is proved with every replica of a lost node elsewhere") {
  // Two movable replicas on two nodes: after a loss both on the one that is left.
  SmallSystem small({sized("a", 400)}, 2);
  small.system.components[0].movable = true;
  small.place(0, {0, 1});
  give_capacity(small.system, 800);
  CHECK(space_of(small.system, small.deployment).always_headroom);
  give_capacity(small.system, 799);
  CHECK_FALSE(space_of(small.system, small.deployment).always_headroom);
  // What stays with its node needs no headroom.
  small.system.components[0].movable = false;
  CHECK(space_of(small.system, small.deployment).always_headroom);
}

TEST_CASE("placement_space: a third equal node is empty and takes what a lost one had") {
  SmallSystem small({sized("a", 400)}, 3);
  small.system.components[0].movable = true;
  small.system.components[0].spread.over = "zone";  // no node has one: the rule says nothing
  small.system.components[0].spread.hard = false;
  small.place(0, {0, 0});
  give_capacity(small.system, 800);
  CHECK(space_of(small.system, small.deployment).always_headroom);
  // Of two equal nodes both may be in use, by one replica each of 500m on 800m.
  SmallSystem full({sized("a", 500)}, 2);
  full.system.components[0].movable = true;
  full.place(0, {0, 1});
  give_capacity(full.system, 800);
  CHECK_FALSE(space_of(full.system, full.deployment).always_headroom);
}

TEST_CASE(
    "placement_space: headroom is proved where pods cannot fill the nodes that others may choose") {
  int proved = 0;
  int unproved = 0;
  std::mt19937_64 random(7);
  const auto between = [&](int low, int high) {
    return low + static_cast<int>(random() % static_cast<std::uint64_t>(high - low + 1));
  };
  for (int i = 0; i < 300; ++i) {
    const auto nodes = static_cast<std::size_t>(between(3, 6));
    std::vector<Component> components;
    const int kinds = between(2, 3);
    for (int k = 0; k < kinds; ++k)
      components.push_back(sized("c" + std::to_string(k), between(200, 700)));
    SmallSystem small(components, nodes);
    small.system.domains = {zone("a"), zone("b")};
    for (NodeId n = 0; n < nodes; ++n) {
      small.system.nodes[n].parent = n % 2;
      small.system.nodes[n].capacity = {{"cpu", between(600, 1400)}};
    }
    for (ComponentId c = 0; c < small.system.components.size(); ++c) {
      Component& component = small.system.components[c];
      component.movable = between(0, 3) > 0;
      if (between(0, 1) == 0) component.spread.over = "zone";
      if (between(0, 3) == 0) component.spread.hard = false;
      std::vector<NodeId> own;
      for (int r = between(1, 3); r > 0; --r) own.push_back(own.size() % nodes);
      small.place(c, own);
    }
    const PlacementSpace space = space_of(small.system, small.deployment);
    if (space.capacity_never_binds) continue;  // then it is known otherwise
    CAPTURE(i);
    bool all_headroom = true;
    Deployment deployment = small.deployment;
    std::size_t budget = 5000;
    const auto look = [&](const Deployment& placed) {
      if (check_placement(small.system, placed).ok)
        all_headroom = all_headroom && has_headroom(small.system, placed);
    };
    if (!for_all(space, nodes, deployment, 0, budget, look)) continue;
    if (space.always_headroom) CHECK(all_headroom);
    proved += space.always_headroom;
    unproved += !all_headroom;
  }
  CHECK(proved > 30);
  CHECK(unproved > 30);
}

TEST_CASE("placement_space: any components find room on any node, up to as many as crowd says") {
  // With all replicas that may be on one node: 2 of a and b, 1 of c, which is 800m, 600m and 500m.
  SmallSystem small({sized("a", 400), sized("b", 300), sized("c", 500)}, 2);
  small.place(0, {0, 1, 0});
  small.place(1, {0, 1, 1});
  small.place(2, {0});
  for (const auto& [capacity, crowd] :
       {std::pair{799, 0}, {800, 1}, {1399, 1}, {1400, 2}, {1899, 2}, {1900, 3}}) {
    give_capacity(small.system, capacity);
    CAPTURE(capacity);
    CHECK(space_of(small.system, small.deployment).crowd == crowd);
    CHECK(space_of(small.system, small.deployment).capacity_never_binds == (crowd == 3));
  }
}

TEST_CASE("placement_space: what it proves holds in every placement of 400 random systems") {
  int fitting = 0;
  int roomy = 0;
  int unproved = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const Sample sample = random_sample(
        seed, {.most_states = 400, .most_nodes = 4, .most_components = 3, .most_replicas = 3});
    if (sample.system.nodes.empty()) continue;
    const PlacementSpace space = space_of(sample.system, sample.deployment);
    CAPTURE(seed);
    std::size_t budget = 300;
    Deployment deployment = sample.deployment;
    bool all_fit = true;
    bool all_headroom = true;
    NodeLoad load(sample.system, space.replicas);
    const auto look = [&](const Deployment& placed) {
      const auto why = check_placement(sample.system, placed).why;
      const bool fits = std::ranges::none_of(
          why, [](const std::string& text) { return text.find(" requested ") != text.npos; });
      all_fit = all_fit && fits;
      for (const int sign : {1, -1}) {
        for (ComponentId c = 0; c < space.rules.size(); ++c)
          if (!space.rules[c].counts.empty()) load.add(c, placed.components[c].nodes, sign);
        if (sign > 0) CHECK(load.fits() == fits);
      }
      CHECK(load.fits());  // empty again
      if (fits) all_headroom = all_headroom && has_headroom(sample.system, placed);
    };
    if (!for_all(space, sample.system.nodes.size(), deployment, 0, budget, look)) continue;
    if (space.capacity_never_binds) CHECK(all_fit);
    if (space.always_headroom) CHECK(all_headroom);
    fitting += space.capacity_never_binds;
    roomy += space.always_headroom;
    unproved += !all_fit || !all_headroom;
  }
  CHECK(fitting > 50);
  CHECK(roomy > 50);
  CHECK(unproved > 20);
}

}  // namespace haplan::test
