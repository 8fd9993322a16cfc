#include "model/availability/reach.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <doctest/doctest.h>
#include <map>

#include "model/availability/drain_moves.hpp"
#include "model/availability/reaches.hpp"
#include "model/availability/worlds.hpp"
#include "tests/solver/dice.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

using namespace model;

/// The same masses, world by world over every joint state.
Reach by_enumeration(const System& system, ComponentId component,
                     const std::vector<NodeId>& nodes) {
  const std::size_t n = nodes.size();
  Reach reach;
  for (auto* by_count : {&reach.other, &reach.drain_before, &reach.drain_fewest, &reach.drain_most})
    by_count->assign(n + 1, 0.0);
  const int all = static_cast<int>(system.nodes.size() + system.domains.size());
  for (const World& world : make_worlds(system, {}, {}, {all, all}).worlds) {
    if (world.lost != kOut) {
      const auto hit = static_cast<int>(std::ranges::count(nodes, world.lost));
      reach.lost.push_back({world.lost, world.mass, hit});
      continue;
    }
    if (world.drained == kOut) {
      if (world.unreachable == 0) continue;
      std::size_t k = 0;
      for (const NodeId node : nodes) k += ((world.unreachable >> node) & 1) == 0;
      reach.other[k] += world.mass;
      continue;
    }
    const DrainMoves moves = drain_moves(system, component, nodes, world.drained);
    const auto at = [&](std::vector<double>& by_count, int k) {
      by_count[static_cast<std::size_t>(k)] += world.mass;
    };
    at(reach.drain_before, reachable_replicas(moves.before, world.unreachable));
    at(reach.drain_fewest, reachable_after(moves, world.unreachable, Moves::fewest));
    at(reach.drain_most, reachable_after(moves, world.unreachable, Moves::most));
  }
  return reach;
}

bool equal(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b, [](double x, double y) { return near_relative(x, y, 1e-11); });
}

double lost_with(const Reach& reach, int hit) {
  double mass = 0.0;
  for (const Reach::Lost& lost : reach.lost)
    if (lost.hit == hit) mass += lost.mass;
  return mass;
}

}  // namespace

TEST_CASE("reach_of_placement: equals the sum over all worlds on 300 random systems") {
  int compared = 0;
  int drained = 0;
  int zoned = 0;
  for (std::uint64_t seed = 1; compared < 300; ++seed) {
    solver::Problem problem = random_problem(seed);
    const System& system = problem.system;
    if (system.nodes.empty()) continue;
    for (const solver::Decision& decision : problem.decisions)
      solver::assign(problem.before, decision, decision.values[seed % decision.values.size()]);
    CAPTURE(seed);
    const Cluster cluster = make_cluster(system);
    for (ComponentId c = 0; c < system.components.size(); ++c) {
      if (!problem.placement_open[c]) continue;
      solver::place_round_robin(system, problem.before, c);
      const auto& nodes = problem.before.components[c].nodes;
      const Reach expected = by_enumeration(system, c, nodes);
      const Reach actual = reach_of_placement(system, cluster, c, nodes);
      CHECK(equal(actual.other, expected.other));
      CHECK(equal(actual.drain_before, expected.drain_before));
      CHECK(equal(actual.drain_fewest, expected.drain_fewest));
      CHECK(equal(actual.drain_most, expected.drain_most));
      for (int hit = 0; hit <= static_cast<int>(nodes.size()); ++hit)
        CHECK(near_relative(lost_with(actual, hit), lost_with(expected, hit), 1e-11));
      drained += system.drain.has_value();
      zoned += !system.domains.empty();
    }
    ++compared;
  }
  CHECK(drained > 100);
  CHECK(zoned > 100);
}

TEST_CASE(
    "Reaches: placements that differ by equal nodes and equal domains share what each has of its "
    "own") {
  int shared = 0;
  int zoned = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    solver::Problem problem = random_problem(seed);
    System& system = problem.system;
    if (system.nodes.size() < 3) continue;
    CAPTURE(seed);
    // Mostly alike, so that there is something to exchange.
    for (NodeId n = 0; n < system.nodes.size(); ++n) {
      if (n % 4 == 3) continue;
      system.nodes[n].modes = system.nodes.front().modes;
      system.nodes[n].down = system.nodes.front().down;
    }
    for (Domain& domain : system.domains) domain.modes = system.domains.front().modes;
    const Cluster cluster = make_cluster(system);
    Reaches reaches(system);
    const Timing timing = timing_of(system, cluster, {30.0, 45.0});
    Dice dice(seed);
    std::map<const Reach*, std::vector<NodeId>> seen;
    for (int i = 0; i < 40; ++i) {
      const ComponentId c =
          static_cast<ComponentId>(dice.between(0, static_cast<int>(system.components.size()) - 1));
      std::vector<NodeId> nodes(static_cast<std::size_t>(dice.between(1, 4)));
      for (NodeId& node : nodes)
        node = static_cast<NodeId>(dice.between(0, static_cast<int>(system.nodes.size()) - 1));
      std::vector<double> down;
      for (std::size_t k = 0; k <= nodes.size(); ++k)
        down.push_back(std::pow(0.2, static_cast<double>(k)));
      const auto same = [&](const Reach& known, const Reach& own) {
        CHECK(equal(known.other, own.other));
        CHECK(equal(known.drain_before, own.drain_before));
        for (const bool safe : {false, true})
          CHECK(near_relative(outside(timing, known, down, safe), outside(timing, own, down, safe),
                              1e-11));
      };
      const Reach& whole = reaches.whole(cluster, c, nodes);
      same(whole, reach_of_placement(system, cluster, c, nodes));
      for (std::size_t g = 0; g < reaches.given().size(); ++g) {
        const Condition& given = reaches.given()[g];
        same(reaches.under(g, c, nodes), reach_of_placement(given.system, given.cluster, c, nodes));
      }
      const auto [known, fresh] = seen.try_emplace(&whole, nodes);
      shared += !fresh && known->second != nodes;
      zoned += !system.domains.empty();
    }
  }
  CHECK(shared > 200);
  CHECK(zoned > 200);
}

TEST_CASE("make_cluster: what is calm, lost alone, drained and other is everything") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const solver::Problem problem = random_problem(seed);
    const System& system = problem.system;
    if (system.nodes.empty()) continue;
    CAPTURE(seed);
    const Cluster cluster = make_cluster(system);
    const Reach reach = reach_of_placement(system, cluster, 0, {});
    double sum = cluster.calm + reach.other[0] + reach.drain_before[0];
    for (const double lost : cluster.lost_alone) sum += lost;
    CHECK(near_relative(sum, 1.0, 1e-12));
  }
}

}  // namespace haplan::test
