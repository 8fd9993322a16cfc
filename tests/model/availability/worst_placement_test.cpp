#include "model/availability/worst_placement.hpp"

#include <doctest/doctest.h>
#include <random>

#include "tests/support/near.hpp"
#include "tests/support/small_systems.hpp"

namespace haplan::test {

namespace {

using namespace model;

constexpr double kRate = 1e-5;
constexpr double kOutage = 100.0;
constexpr double kU = kRate * kOutage / (1.0 + kRate * kOutage);
constexpr double kNodeRate = 1e-6;
constexpr double kRepair = 3600.0;
constexpr double kQ = kNodeRate * kRepair / (1.0 + kNodeRate * kRepair);

/// Two replicas of a and one of b over three equal nodes; the first node fails twice as often.
SmallSystem uneven() {
  SmallSystem small({stateless("a", kRate, kOutage), stateless("b", kRate, kOutage)}, 3, kNodeRate,
                    kRepair);
  small.system.nodes[0].modes[0].rate *= 2.0;
  small.place(0, {1, 2});
  small.place(1, {1});
  return small;
}

constexpr double kQ0 = 2.0 * kNodeRate * kRepair / (1.0 + 2.0 * kNodeRate * kRepair);

/// Both need a placed component; nothing outlives it.
struct Asked {
  SmallSystem small;
  ComponentNumbers numbers;
  LoadTable load;
  std::vector<CarriedRules> rules;
  WorldFigures figures;
  PlacementSpace space;

  explicit Asked(SmallSystem with, bool spread, const WorldFiguresOptions& listed = {})
      : small(std::move(with)),
        numbers(*component_numbers(small.system, small.deployment)),
        load(load_table(small.system)),
        rules(small.system.components.size(), CarriedRules{.spread = spread}),
        figures(small.system, small.deployment, load, numbers, listed),
        space(placement_space(small.system, load, small.deployment, rules,
                              pinned_components(small.system, rules))) {}

  [[nodiscard]] WorstPlacement worst(const WorstPlacementOptions& options) const {
    return worst_placement({small.system, small.deployment, figures, space, figures.functions()[0]},
                           options);
  }
};

/// P(both of two replicas are down) on nodes that are down with p and r.
double apart(double p, double r) { return (p + (1 - p) * kU) * (r + (1 - r) * kU); }

double together(double p) { return p + (1 - p) * kU * kU; }

}  // namespace

TEST_CASE("worst_alone: the worst that the scheduler may do to each component by itself") {
  const Asked spread(uneven(), true);
  const auto kept = worst_alone(spread.figures, spread.space, false);
  REQUIRE(kept.size() == 2);
  CHECK(near_relative(kept[0], apart(kQ0, kQ), 1e-12));  // two nodes, one of them the worst
  CHECK(near_relative(kept[1], kQ0 + (1 - kQ0) * kU, 1e-12));
  const Asked loose(uneven(), false);
  CHECK(near_relative(worst_alone(loose.figures, loose.space, false)[0], together(kQ0), 1e-12));
}

TEST_CASE("worst_alone: a stop leaves the bounds that are always true") {
  const Asked asked(uneven(), false);
  const auto stopped = worst_alone(asked.figures, asked.space, false, [] { return true; });
  // Too little work for a stop to be asked for, or 1: never less than the worst.
  const auto exact = worst_alone(asked.figures, asked.space, false);
  for (std::size_t i = 0; i < exact.size(); ++i) CHECK(stopped[i] >= exact[i]);
}

TEST_CASE("worst_placement: by enumeration and by branching the same, in closed form") {
  // b and both of a on the worst node: it takes all; else a's pair or b.
  const Asked loose(uneven(), false);
  const double all = kQ0 + (1 - kQ0) * (1 - (1 - kU * kU) * (1 - kU));
  // Apart from the pair b is worse off elsewhere: then two nodes take the service down.
  const double with_b_elsewhere = 1 - (1 - together(kQ0)) * (1 - (kQ + (1 - kQ) * kU));
  const double worst = std::max(all, with_b_elsewhere);
  CHECK(worst == with_b_elsewhere);
  for (const double combinations : {0.0, 1000.0}) {
    CAPTURE(combinations);
    const WorstPlacement found = loose.worst({.most_combinations = combinations});
    CHECK(near_relative(found.upper, worst, 1e-6));
    CHECK(found.lower <= worst * (1 + 1e-12));
    CHECK(found.upper >= worst * (1 - 1e-12));
    CHECK(found.visited > 0);
  }
  CHECK(near_relative(loose.worst({}).lower, worst, 1e-12));
}

TEST_CASE("worst_placement: a limit is answered by one end of the interval, with less work") {
  const Asked asked(uneven(), false);
  const WorstPlacement exact = asked.worst({.most_combinations = 0});
  for (const double factor : {0.5, 2.0}) {
    const double limit = exact.upper * factor;
    const WorstPlacement told = asked.worst({.limit = limit, .most_combinations = 0});
    CHECK((told.lower > limit) == (factor < 1));
    CHECK((told.upper <= limit) == (factor > 1));
    CHECK(told.visited <= exact.visited);
  }
}

/// Seven of one replica that differ a little and a pair, in series over five equal nodes.
SmallSystem lone_ones() {
  std::vector<Component> components;
  for (int c = 0; c < 8; ++c)
    components.push_back(
        stateless(std::string(1, static_cast<char>('a' + c)), kRate * (1.0 + 0.1 * c), kOutage));
  SmallSystem small(components, 5, 0.01 * kNodeRate, kRepair);
  for (ComponentId c = 0; c < 8; ++c) small.place(c, {c % 5});
  small.place(7, {0, 1});
  return small;
}

TEST_CASE("worst_placement: branching is exact where replicas that hardly differ share nodes") {
  const Asked asked(lone_ones(), true);
  const WorstPlacement branched = asked.worst({.most_combinations = 0});
  const WorstPlacement enumerated = asked.worst({.most_combinations = 1e7});
  CHECK(enumerated.visited > 1000);
  CHECK(near_relative(branched.upper, enumerated.upper, 1e-9));
  CHECK(near_relative(branched.lower, branched.upper, 1e-9));
  CHECK(branched.visited < enumerated.visited);
}

TEST_CASE("worst_placement: branching equals enumeration for lone replicas of few kinds in zones") {
  std::mt19937_64 random(17);
  std::size_t branched_less = 0;
  for (int sample = 0; sample < 40; ++sample) {
    const std::size_t count = 4 + random() % 3;
    std::vector<Component> components;
    for (std::size_t c = 0; c < count; ++c) {
      Component& one = components.emplace_back(
          stateless(std::to_string(c), kRate * static_cast<double>(1 + random() % 9), kOutage));
      one.movable = random() % 3 > 0;
      one.start = random() % 2 == 0 ? 5.0 : 30.0;
    }
    SmallSystem small(components, 4, kNodeRate * static_cast<double>(1 + random() % 20), kRepair);
    small.system.domains = {{"east", "zone", std::nullopt, {{"outage", 1e-8, 3600.0}}, false},
                            {"west", "zone", std::nullopt, {{"outage", 1e-8, 3600.0}}, false}};
    if (sample % 2 == 0)
      for (NodeId n = 0; n < 4; ++n) small.system.nodes[n].parent = n % 2;
    for (ComponentId c = 0; c < count; ++c) small.place(c, {random() % 4});
    small.place(0, {0, 1});
    const Asked asked(small, true);
    const WorstPlacement branched = asked.worst({.most_combinations = 0});
    const WorstPlacement enumerated = asked.worst({.most_combinations = 1e6});
    CAPTURE(sample);
    CHECK(near_relative(branched.upper, enumerated.upper, 1e-9));
    CHECK(near_relative(branched.lower, enumerated.upper, 1e-9));
    branched_less += branched.visited < enumerated.visited ? 1 : 0;
  }
  CHECK(branched_less > 30);
}

TEST_CASE("worst_placement: branching equals enumeration where nodes have room for few") {
  std::mt19937_64 random(29);
  int binding = 0;
  for (int sample = 0; sample < 150; ++sample) {
    const std::size_t count = 4 + random() % 3;
    std::vector<Component> components;
    for (std::size_t c = 0; c < count; ++c) {
      // Some are down alike, but take more room.
      components.push_back(
          stateless(std::to_string(c), kRate * static_cast<double>(1 + random() % 2), kOutage));
      components.back().requests = {{"cpu", 200 + 100 * static_cast<int>(random() % 6)}};
    }
    SmallSystem small(components, 4, kNodeRate, kRepair);
    for (Node& node : small.system.nodes) {
      node.capacity = {{"cpu", 200 + 200 * static_cast<int>(random() % 6)}};
      node.modes[0].rate *= static_cast<double>(1 + random() % 20);
    }
    for (ComponentId c = 0; c < count; ++c) small.place(c, {random() % 4});
    small.place(0, {0, 1});
    const Asked asked(small, true);
    const WorstPlacement branched = asked.worst({.most_combinations = 0});
    const WorstPlacement enumerated = asked.worst({.most_combinations = 1e6});
    if (enumerated.upper == 1.0) continue;  // nothing fits
    CAPTURE(sample);
    CHECK(near_relative(branched.upper, enumerated.upper, 1e-9));
    CHECK(near_relative(branched.lower, enumerated.upper, 1e-9));
    SmallSystem roomy = small;
    for (Node& node : roomy.system.nodes) node.capacity.clear();
    const double free = Asked(roomy, true).worst({.most_combinations = 1e6}).upper;
    binding += enumerated.upper < free * (1.0 - 1e-9) ? 1 : 0;
  }
  CHECK(binding > 10);
}

TEST_CASE("worst_placement: a limit that no placement reaches is told without looking at all") {
  const Asked asked(lone_ones(), true);
  const WorstPlacement exact = asked.worst({.most_combinations = 0});
  const WorstPlacement told = asked.worst({.limit = exact.upper * 1.0001, .most_combinations = 0});
  CHECK(told.upper <= exact.upper * 1.0001);
  CHECK(told.visited > 0);
  CHECK(told.visited < 10);
}

TEST_CASE("worst_placement: nothing is known where no worlds are listed") {
  const Asked asked(uneven(), false, {.stop = [] { return true; }});
  REQUIRE(asked.figures.size() == 0);
  const WorstPlacement none = asked.worst({.most_combinations = 0});
  CHECK(none.lower == 0.0);
  CHECK(none.upper == 1.0);
}

TEST_CASE("worst_placement: bounds of single components that are known are taken as they are") {
  const Asked asked(uneven(), false);
  WorstPlacementOptions options{.most_combinations = 0};
  const WorstPlacement own = asked.worst(options);
  options.alone = worst_alone(asked.figures, asked.space, asked.space.always_headroom);
  const WorstPlacement given = asked.worst(options);
  CHECK(given.upper == own.upper);
  CHECK(given.lower == own.lower);
  CHECK(given.visited == own.visited);
}

}  // namespace haplan::test
