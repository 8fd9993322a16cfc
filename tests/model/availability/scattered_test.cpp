#include "model/availability/scattered.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>

#include "model/availability/evaluate.hpp"
#include "model/availability/guarantee.hpp"
#include "model/availability/series_changes.hpp"
#include "model/availability/series_down.hpp"
#include "model/availability/sum_bound.hpp"
#include "tests/support/all_placements.hpp"
#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"
#include "tests/support/small_systems.hpp"

using namespace haplan::model;
using namespace haplan::test;

namespace {

constexpr double kRate = 1e-5;
constexpr double kOutage = 600.0;

/// Nodes in zones, all alike, that are lost for an hour on average.
SmallSystem zoned(const std::vector<Component>& components, std::size_t nodes, std::size_t zones) {
  SmallSystem small(components, nodes, 3e-6, 3600.0);
  for (std::size_t z = 0; z < zones; ++z) {
    Domain zone;
    zone.name = "z" + std::to_string(z);
    zone.level = "zone";
    zone.modes = {{"outage", 2e-7, 5400.0}};
    small.system.domains.push_back(zone);
  }
  for (NodeId n = 0; n < nodes && zones > 0; ++n) small.system.nodes[n].parent = n % zones;
  return small;
}

Component movable(const std::string& name, double start) {
  Component component = stateless(name, kRate, kOutage);
  component.movable = true;
  component.start = start;
  return component;
}

/// The parts of a system whose only service needs all components.
std::vector<SeriesPart> parts_of(const SmallSystem& small) {
  const auto numbers = component_numbers(small.system, small.deployment);
  REQUIRE(numbers.has_value());
  const LoadTable load = load_table(small.system);
  std::vector<SeriesPart> parts;
  for (ComponentId c = 0; c < small.system.components.size(); ++c) {
    const ComponentPlan& plan = small.deployment.components[c];
    const auto n = static_cast<int>(plan.nodes.size());
    const TableNumbers table = table_numbers(small.system, small.deployment, load, *numbers,
                                             {c, n, needed(small.system, load, c, 0, n), 0});
    constexpr double kNever = std::numeric_limits<double>::infinity();
    SeriesPart part{{{}}, plan.nodes, kNever, kNever, c};
    for (int k = 0; k <= n; ++k) part.down[0].push_back(down_given(table, k, 1.0));
    if (small.system.components[c].movable)
      part.reschedule = reschedule_delay(small.system, small.deployment, c, numbers->replicas[c]);
    if (small.system.components[c].movable)
      part.settle = drain_delay(small.system.components[c], numbers->replicas[c]);
    parts.push_back(part);
  }
  return parts;
}

/// Up to so many components, of which nodes and zones may host any.
SmallSystem placed_anyhow(Random& random, int most, std::size_t nodes) {
  std::vector<Component> components;
  const int count = random.between(1, most);
  for (int c = 0; c < count; ++c) {
    components.push_back(movable("c" + std::to_string(c), random.pick({1.0, 60.0, 900.0})));
    components.back().movable = random.chance(70);
    components.back().spread.hard = false;
  }
  SmallSystem small = zoned(components, nodes, random.pick<std::size_t>({0, 2, 3}));
  for (ComponentId c = 0; c < components.size(); ++c) {
    std::vector<NodeId> own;
    for (int replica = random.between(1, 3); replica > 0; --replica)
      own.push_back(random.below(random.chance(50) ? 3 : nodes));
    small.place(c, own);
  }
  return small;
}

double evaluated(const SmallSystem& small) {
  const auto evaluation = evaluate(small.system, small.deployment);
  REQUIRE(evaluation.has_value());
  return evaluation->services[0].unavailability.value;
}

struct BothEnds {
  std::vector<double> low;   ///< per service
  std::vector<double> high;  ///< per service
};

BothEnds both_ends(const Sample& sample) {
  const std::vector<CarriedRules> rules(sample.system.components.size());
  const auto numbers = component_numbers(sample.system, sample.deployment);
  REQUIRE(numbers.has_value());
  const LoadTable load = load_table(sample.system);
  const PlacementSpace space = placement_space(sample.system, load, sample.deployment, rules,
                                               pinned_components(sample.system, rules));
  const ServiceFunctions functions = service_functions(sample.system, *numbers);
  const auto low =
      scattered_unavailability(sample.system, sample.deployment, load, *numbers, space, functions);
  const auto high = sum_bounds(sample.system, sample.deployment, load, *numbers, space, functions);
  BothEnds ends{std::vector<double>(sample.system.services.size(), 0.0),
                std::vector<double>(sample.system.services.size(), 1.0)};
  for (std::size_t f = 0; f < functions.functions.size(); ++f)
    for (const ServiceId s : functions.functions[f].services) {
      ends.low[s] = low[f];
      ends.high[s] = high[f];
    }
  return ends;
}

/// Both ends hold the largest figure of all placements.
///   returns  by how much the upper one is larger, relative
double held_above(const SmallSystem& small) {
  const std::vector<CarriedRules> rules(small.system.components.size());
  const auto largest = largest_unavailability(small.system, small.deployment, rules, 20'000);
  REQUIRE(largest.has_value());
  const BothEnds ends = both_ends({small.system, small.deployment});
  CHECK(ends.high[0] >= largest->front() * (1.0 - 1e-12));
  CHECK(ends.low[0] <= largest->front() * (1.0 + 1e-12));
  return ends.high[0] / largest->front() - 1.0;
}

/// With and without drains, per level.
std::optional<std::vector<double>> whole_down(const System& system,
                                              const std::vector<SeriesPart>& parts,
                                              std::size_t most_states = 5'000) {
  auto down = undrained_down(system, parts, most_states);
  for (LevelId l = 0; down && l < system.levels.size(); ++l)
    (*down)[l] += drained_down(system, parts, l, most_states);
  return down;
}

}  // namespace

TEST_CASE("undrained_down and drained_down: are what an evaluation finds, whatever shares nodes") {
  Random random(7);
  for (int round = 0; round < 60; ++round) {
    SmallSystem small = placed_anyhow(random, 6, 8);
    if (random.chance(30)) {
      small.system.domains.push_back(small.system.domains.empty() ? Domain{}
                                                                  : small.system.domains[0]);
      small.system.domains.back().name = "empty";
      small.system.domains.back().modes = {{"outage", 1e-6, 86400.0}};
    }
    if (random.chance(40)) small.system.drain = Drain{.every = 86400.0, .per_node = 600.0};
    INFO("round " << round);
    const auto down = whole_down(small.system, parts_of(small));
    REQUIRE(down.has_value());
    const double exact = evaluated(small);
    const bool left_out = small.system.drain && !small.system.domains.empty();
    CHECK(near_relative(down->front(), exact, left_out ? 1e-3 : 1e-10));
    CHECK(down->front() <= exact * (1.0 + 1e-12));
    // With the calm world and single lost nodes alone it is less, and not by much.
    const auto less = whole_down(small.system, parts_of(small), 10);
    CHECK(less->front() <= down->front());
    CHECK(less->front() > 0.0);
  }
}

TEST_CASE("series_changes: is a sum below every choice, and close to small ones") {
  Random random(5);
  for (int round = 0; round < 150; ++round) {
    const SmallSystem small = placed_anyhow(random, 5, 6);
    const auto parts = parts_of(small);
    // Shares of what is up that are taken away.
    const double scale = random.pick({1e-4, 0.01, 0.9});
    std::vector<std::vector<SeriesOption>> options(parts.size());
    for (std::size_t p = 0; p < parts.size(); ++p)
      for (int o = random.between(0, 3); o > 0; --o) {
        SeriesOption option{parts[p].down, parts[p].reschedule};
        for (double& down : option.down[0])
          if (random.chance(70)) down += (1.0 - down) * scale * random.between(0, 100) / 100.0;
        if (scale > 0.1 && random.chance(50)) option.reschedule += random.between(0, 3000);
        options[p].push_back(option);
      }
    const auto sum = series_changes(small.system, parts, options, {0.75});
    REQUIRE(sum.has_value());
    INFO("round " << round);
    const auto down = [&](const std::vector<SeriesPart>& of) {
      return 0.75 * whole_down(small.system, of)->front();
    };
    CHECK(near_relative(sum->down, down(parts), 1e-12));
    for (int choice = 0; choice < 20; ++choice) {
      auto chosen = parts;
      double bound = sum->down;
      for (std::size_t p = 0; p < parts.size(); ++p) {
        if (options[p].empty() || random.chance(30)) continue;
        const std::size_t o = random.below(options[p].size());
        chosen[p].down = options[p][o].down;
        chosen[p].reschedule = options[p][o].reschedule;
        bound += sum->adds[p][o];
      }
      const double exact = down(chosen);
      INFO("scale " << scale);
      CHECK(bound <= exact * (1.0 + 1e-12));
      if (scale < 0.1)
        CHECK(bound - sum->down >= (exact - sum->down) * (1.0 - 30.0 * scale) - 1e-15);
    }
  }
}

TEST_CASE("undrained_down: has no answer where lost nodes do not come and go alone") {
  SmallSystem small = zoned({movable("a", 1.0)}, 4, 2);
  small.place(0, {1});
  const auto parts = parts_of(small);
  CHECK(undrained_down(small.system, parts).has_value());
  System without = small.system;
  without.nodes[3].down = true;
  CHECK(!undrained_down(without, parts).has_value());
  without = small.system;
  without.domains[0].down = true;
  CHECK(!undrained_down(without, parts).has_value());
}

TEST_CASE("sum_bounds and scattered_unavailability: hold the worst of all placements") {
  int compared = 0, known = 0, met = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Sample sample = random_sample(seed, {.most_states = 200,
                                         .most_nodes = 4,
                                         .most_components = 3,
                                         .most_replicas = 3,
                                         .percent_down = 0});
    if (sample.system.nodes.empty()) continue;
    // Half of them with equal nodes and no drains, where more can be said.
    if (seed % 2 == 0) {
      sample.system.drain.reset();
      for (Node& node : sample.system.nodes) {
        node.modes = sample.system.nodes.front().modes;
        node.capacity.clear();
      }
    }
    const std::vector<CarriedRules> rules(sample.system.components.size());
    const auto largest = largest_unavailability(sample.system, sample.deployment, rules, 400);
    if (!largest) continue;
    const BothEnds ends = both_ends(sample);
    INFO("seed " << seed);
    for (std::size_t s = 0; s < largest->size(); ++s) {
      INFO("service " << s);
      CHECK(ends.low[s] <= largest->at(s) * (1.0 + 1e-9));
      CHECK(ends.high[s] >= largest->at(s) * (1.0 - 1e-9));
      ++compared;
      known += ends.low[s] > 0.0 ? 1 : 0;
      met += near_relative(ends.low[s], ends.high[s], 1e-9) ? 1 : 0;
    }
  }
  CHECK(compared > 200);
  CHECK(known > 50);
  CHECK(met > 10);
}

TEST_CASE("sum_bounds: hold where nodes and domains are held down, or domains have no nodes") {
  int compared = 0;
  int down = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    const bool empty = seed % 3 == 0;
    Sample sample = random_sample(seed, {.most_states = 200,
                                         .most_nodes = 4,
                                         .most_components = 3,
                                         .most_replicas = 3,
                                         .percent_down = empty ? 0 : 20});
    System& system = sample.system;
    if (system.nodes.empty()) continue;
    for (int d = 0; empty && d < 2; ++d) {  // often down together
      system.domains.emplace_back().name = "empty" + std::to_string(d);
      system.domains.back().modes = {{"outage", 1e-5, 8640.0}};
    }
    const std::vector<CarriedRules> rules(system.components.size());
    const PlacementSpace space = placement_space(system, load_table(system), sample.deployment,
                                                 rules, pinned_components(system, rules));
    bool obeyed = true;  // else nothing is said of the sums
    for (ComponentId c = 0; c < system.components.size(); ++c)
      obeyed = obeyed && (space.rules[c].counts.empty() ||
                          obeys(space.rules[c], sample.deployment.components[c].nodes));
    const auto largest = largest_unavailability(system, sample.deployment, rules, 400);
    if (!largest || !obeyed) continue;
    const BothEnds ends = both_ends(sample);
    INFO("seed " << seed);
    for (std::size_t s = 0; s < largest->size(); ++s) {
      INFO("service " << s);
      CHECK(ends.high[s] >= largest->at(s) * (1.0 - 1e-9));
      ++compared;
    }
    down += std::ranges::any_of(system.domains, &Domain::down) ? 1 : 0;
  }
  CHECK(compared > 500);
  CHECK(down > 30);
}

TEST_CASE("sum_bounds: hold where one of a pair is in a zone that is held down") {
  SmallSystem small = zoned({movable("a", 1.0)}, 10, 2);
  small.system.components[0].spread = {.over = "zone", .max_skew = 1, .hard = true};
  small.place(0, {0, 1});
  small.system.domains[0].down = true;
  CHECK(both_ends({small.system, small.deployment}).high[0] >= evaluated(small) * (1.0 - 1e-12));
}

TEST_CASE("scattered_placement: a limit is exceeded as it is without one, by no more") {
  Random random(31);
  int sooner = 0;
  for (int round = 0; round < 60; ++round) {
    SmallSystem small = placed_anyhow(random, 4, 5);
    small.system.drain = Drain{.every = 86400.0, .per_node = 600.0};
    const std::vector<CarriedRules> rules(small.system.components.size());
    const LoadTable load = load_table(small.system);
    const auto numbers = component_numbers(small.system, small.deployment);
    REQUIRE(numbers.has_value());
    const ServiceFunctions functions = service_functions(small.system, *numbers);
    const PlacementSpace space = placement_space(small.system, load, small.deployment, rules,
                                                 pinned_components(small.system, rules));
    const auto figure = [&](std::optional<double> limit) {
      const auto placed = scattered_placement(small.system, small.deployment, load, *numbers, space,
                                              functions, functions.functions.front(), limit);
      return placed ? placed->unavailability : 0.0;
    };
    INFO("round " << round);
    const double whole = figure(std::nullopt);
    for (const double part : {0.2, 0.8, 0.999, 1.0, 1.001}) {
      const double limited = figure(part * whole);
      CHECK(limited <= whole);
      CHECK((limited > part * whole) == (part < 1.0 && whole > 0.0));
      sooner += limited < whole;
    }
  }
  CHECK(sooner > 30);
}

TEST_CASE("scattered_unavailability: chooses only nodes with room") {
  // Every placement of up to three components on small nodes of different size and failures.
  Random random(23);
  int known = 0;
  int tight = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<Component> components;
    for (int c = random.between(1, 3); c > 0; --c) {
      components.push_back(movable("c" + std::to_string(c), random.pick({1.0, 60.0})));
      components.back().movable = random.chance(50);
      components.back().spread.hard = random.chance(50);
      components.back().requests = {{"cpu", random.between(200, 800)}};
    }
    SmallSystem small = zoned(components, 3, 0);
    for (Node& node : small.system.nodes) {
      node.modes = {{"reboot", random.pick({1e-7, 1e-5, 1e-4}), 400.0}};
      node.capacity = {{"cpu", random.between(500, 1500)}};
    }
    for (ComponentId c = 0; c < components.size(); ++c) {
      std::vector<NodeId> own;
      for (int n = random.between(1, 2); n > 0; --n) own.push_back(own.size());
      small.place(c, own);
    }
    INFO("round " << round);
    const std::vector<CarriedRules> rules(components.size());
    const auto largest = largest_unavailability(small.system, small.deployment, rules, 2000);
    if (!largest) continue;  // nothing fits
    const double low = both_ends({small.system, small.deployment}).low[0];
    CHECK(low <= largest->front() * (1.0 + 1e-9));
    System roomy = small.system;
    for (Node& node : roomy.nodes) node.capacity.clear();
    known += low > 0.0;
    tight += low < both_ends({roomy, small.deployment}).low[0] * (1.0 - 1e-9);
  }
  CHECK(known > 50);
  CHECK(tight > 50);
}

TEST_CASE("sum_bounds: hold where components are too many for nodes of their own") {
  Random random(11);
  int close = 0, met = 0;
  for (int round = 0; round < 400; ++round) {
    const auto nodes = random.pick<std::size_t>({2, 3, 4});
    std::vector<Component> components;
    const int count = random.between(2, 4);
    for (int c = 0; c < count; ++c) {
      Component component = movable("c" + std::to_string(c), random.pick({0.1, 60.0, 1200.0}));
      component.movable = random.chance(80);
      component.spread = {.over = "node", .max_skew = 1, .hard = random.chance(80)};
      components.push_back(component);
    }
    SmallSystem small = zoned(components, nodes, 0);
    for (Node& node : small.system.nodes)
      node.modes = {{"reboot", random.pick({1e-7, 1e-5, 1e-4}), 400.0},
                    {"hardware", random.pick({1e-9, 1e-7, 1e-5}), 30000.0}};
    if (random.chance(70))
      for (NodeId n = 1; n < nodes; ++n) small.system.nodes[n].modes = small.system.nodes[0].modes;
    small.deployment.toleration_seconds = random.pick({0, 30, 300});
    if (random.chance(30)) small.system.drain = Drain{.every = 86400.0, .per_node = 900.0};
    for (ComponentId c = 0; c < components.size(); ++c) {
      std::vector<NodeId> own;
      for (int n = random.between(1, 2); n > 0; --n) own.push_back(own.size());
      if (random.chance(30)) small.system.components[c].need = {static_cast<int>(own.size())};
      small.place(c, own);
    }
    INFO("round " << round);
    const double above = held_above(small);
    close += above < 1e-3 ? 1 : 0;
    met += above < 1e-7 ? 1 : 0;
  }
  CHECK(close > 100);
  CHECK(met > 60);
}

TEST_CASE("sum_bounds: hold where pairs of nodes are not all disjoint") {
  Random random(17);
  int close = 0;
  for (int round = 0; round < 150; ++round) {
    const auto nodes = random.pick<std::size_t>({3, 3, 4});
    std::vector<Component> components;
    for (int c = random.between(2, 4); c > 0; --c) {
      Component component = movable("c" + std::to_string(c), random.pick({0.1, 60.0, 1200.0}));
      component.movable = random.chance(60);
      component.spread = {.over = "node", .max_skew = 1, .hard = true};
      components.push_back(component);
    }
    SmallSystem small = zoned(components, nodes, 0);
    const double often = random.pick({1e-6, 1e-5, 1e-4});
    const bool alike = random.chance(60);
    for (Node& node : small.system.nodes) {
      const double own = alike ? often : often * random.pick({0.1, 1.0, 10.0});
      node.modes = {{"reboot", own, 400.0}, {"hardware", own / 100.0, 30000.0}};
    }
    small.deployment.toleration_seconds = random.pick({0, 30, 300});
    for (ComponentId c = 0; c < components.size(); ++c) {
      const bool three = nodes > 3 && c == 0 && random.chance(40);  // of which two are needed
      if (three) small.system.components[c].need = {2};
      const bool single = c > 0 && random.chance(20);
      small.place(c, three    ? std::vector<NodeId>{0, 1, 2}
                     : single ? std::vector<NodeId>{0}
                              : std::vector<NodeId>{0, 1});
    }
    INFO("round " << round);
    const double above = held_above(small);
    close += above < 1e-3 ? 1 : 0;
  }
  CHECK(close > 30);
}

TEST_CASE("scattered_unavailability: pairs that have to share nodes have little in common") {
  // Ends of what is known of pairs on nine nodes, in what two that share a node are down together.
  for (const auto& [pairs, most] : {std::pair{4, 1e-6}, {5, 0.1}, {7, 0.1}, {9, 2.1}}) {
    std::vector<Component> components;
    for (int c = 0; c < pairs; ++c) {
      components.push_back(stateless("c" + std::to_string(c), 1e-12, 600.0));
      components.back().spread = {.over = "node", .max_skew = 1, .hard = true};
    }
    SmallSystem small(components, 9, 1e-7, 3600.0);
    for (ComponentId c = 0; c < components.size(); ++c) small.place(c, {0, 1});
    const BothEnds ends = both_ends({small.system, small.deployment});
    INFO("pairs " << pairs);
    const double lost = 3.6e-4 / (1.0 + 3.6e-4);
    CHECK(ends.high[0] - ends.low[0] <= most * std::pow(lost, 3.0));
  }
}

TEST_CASE("guaranteed_unavailability: components with nodes of their own are the worst, exactly") {
  // Five single replicas, in all three zones, and two pairs that need one another: on nine nodes of twelve.
  std::vector<Component> components;
  for (int c = 0; c < 7; ++c)
    components.push_back(movable("c" + std::to_string(c), 1.0 + 30.0 * static_cast<double>(c)));
  SmallSystem small = zoned(components, 12, 3);
  for (ComponentId c = 0; c < 5; ++c) small.place(c, {c});
  for (ComponentId c = 5; c < 7; ++c) {
    small.system.components[c].need = {2};
    small.system.components[c].spread = {.over = "zone", .max_skew = 1, .hard = true};
    small.place(c, {0, 1});
  }
  const std::vector<CarriedRules> rules(components.size());
  const auto figures = guaranteed_unavailability(small.system, small.deployment, rules);
  REQUIRE(figures.has_value());
  CHECK(figures->front().method == Method::exact);
  CHECK(figures->front().value > evaluated(small));
  small.place(5, {5, 6});
  small.place(6, {7, 8});
  CHECK(near_relative(figures->front().value, evaluated(small), 1e-9));
}
