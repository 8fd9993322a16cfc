#include "model/availability/worlds.hpp"

#include <bit>
#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"
#include "tests/support/small_systems.hpp"

using namespace haplan::model;
using namespace haplan::test;

namespace {

constexpr double kRate = 1e-5;
constexpr double kRepair = 2000.0;
constexpr double kQ = kRate * kRepair / (1.0 + kRate * kRepair);

System cluster(std::size_t nodes, bool drains) {
  SmallSystem small({stateless("a", 1e-6, 60.0)}, nodes, kRate, kRepair);
  Domain zone;
  zone.name = "z";
  zone.modes = {{"outage", 1e-6, 500.0}};
  small.system.domains = {zone};
  for (std::size_t n = 0; n < nodes / 2; ++n) small.system.nodes[n].parent = 0;
  if (drains) small.system.drain = Drain{.every = 1e6, .per_node = 600.0};
  return small.system;
}

double mass(const Worlds& worlds) {
  double sum = 0.0;
  for (const World& world : worlds.worlds) sum += world.mass;
  return sum;
}

}  // namespace

TEST_CASE("make_worlds: what is listed and what is left out are everything") {
  for (const bool drains : {false, true})
    for (const int most : {1, 2, 9})
      for (const bool merge : {false, true}) {
        const System system = cluster(6, drains);
        const FailureLimits limits{most, std::max(1, most - 1), merge};
        const Worlds worlds = make_worlds(system, {100.0, 400.0}, {10.0, 50.0}, limits);
        INFO("drains " << drains << " most " << most << " merge " << merge);
        CHECK(near_relative(mass(worlds) + worlds.dropped, 1.0, 1e-13));
        CHECK(static_cast<double>(worlds.worlds.size()) <=
              world_count(system, 2 + 1, drains ? 2 + 1 : 0, limits));
        CHECK((worlds.dropped > 0.0) == (most < 9));
        CHECK(worlds.merged == (merge && drains));
      }
}

TEST_CASE("make_worlds: states with more failures than the limit are what is left out") {
  // Four free nodes and a zone with two: with at most one failure only the all-up state and single ones are listed.
  const System system = cluster(4, false);
  const double zone = 1e-6 * 500.0 / (1.0 + 1e-6 * 500.0);
  const double up = std::pow(1.0 - kQ, 4) * (1.0 - zone);
  const double single = 4.0 * up * kQ / (1.0 - kQ);
  const double zone_alone = zone * std::pow(1.0 - kQ, 2);
  const Worlds worlds = make_worlds(system, {}, {}, {1, 1});
  CHECK(near_relative(mass(worlds), up + single + zone_alone, 1e-13));
  CHECK(near_relative(worlds.dropped, 1.0 - up - single - zone_alone, 1e-9));
}

TEST_CASE("make_worlds: bystanders stand for the nodes that are not listed") {
  // Ten free nodes, or three of them and a group of seven: the same chance of every state of the three.
  for (const bool drains : {false, true}) {
    System whole = cluster(10, drains);
    whole.domains.clear();
    for (Node& node : whole.nodes) node.parent.reset();
    System few = whole;
    few.nodes.resize(3);
    few.components[0].allowed = {0, 1, 2};
    Bystanders group{.count = 7, .allowed = {true}};
    group.load = std::pow(1.0 + kRate * kRepair, 7) - 1.0;
    const Worlds all = make_worlds(whole, {100.0}, {10.0}, {10, 10});
    const Worlds reduced = make_worlds(few, {100.0}, {10.0}, {10, 10}, {}, {group});
    CHECK(near_relative(mass(reduced) + reduced.dropped, 1.0, 1e-13));
    const auto chance = [](const Worlds& worlds, const auto& holds) {
      double sum = 0.0;
      for (const World& world : worlds.worlds) sum += holds(world) ? world.mass : 0.0;
      return sum;
    };
    const auto credit = [](const World& world) { return world.lost == 1 && world.age == 100.0; };
    CHECK(near_relative(chance(reduced, credit), chance(all, credit), 1e-12));
    const auto pair = [](const World& world) { return (world.unreachable & 7U) == 3U; };
    // A drained bystander is not also lost, which the group does not know of: it changes no state of the three.
    CHECK(near_relative(chance(reduced, pair), chance(all, pair), 1e-12));
    const auto drained = [](const World& world) { return world.drained == 2; };
    CHECK(near_relative(chance(reduced, drained) + 1.0, chance(all, drained) + 1.0, 1e-12));
  }
}
