#include "model/availability/outages.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>

#include "model/availability/evaluate.hpp"
#include "tests/support/near.hpp"
#include "tests/support/small_systems.hpp"

namespace {

using namespace haplan;
using namespace haplan::model;
using test::near_relative;

constexpr double kDay = 86400.0;

std::vector<DownFor> ages_of(const test::SmallSystem& small) {
  auto found = evaluate(small.system, small.deployment);
  REQUIRE(found.has_value());
  return found->services[0].down_for;
}

/// What an element is out of its time, x being rate times mean.
double out(double x) { return x / (1.0 + x); }

TEST_CASE("outage_ages: one replica's outages have the law of its repair") {
  // Out for exactly 60 s: P(down for at least t) = u (1 - t/60), and nothing beyond.
  test::SmallSystem small({test::stateless("web", 1.0 / kDay, 60.0)}, 1);
  small.place(0, {0});
  const double u = out(60.0 / kDay);
  for (const DownFor& point : ages_of(small))
    CHECK(near_relative(u + point.share, u + u * std::max(0.0, 1.0 - point.age / 60.0), 1e-9));
}

TEST_CASE("outage_ages: two nodes are both down until the first returns") {
  // Both down with failures of age t: (v exp(-t/r))^2; an outage lasts half a repair on average.
  constexpr double kRate = 1.0 / (30 * kDay);
  constexpr double kRepair = 4 * 3600.0;
  test::SmallSystem small({test::stateless("web", 0.0, 0.0)}, 2, kRate, kRepair);
  small.system.components[0].modes.clear();
  small.place(0, {0, 1});
  const double v = out(kRate * kRepair);
  const std::vector<DownFor> ages = ages_of(small);
  REQUIRE(ages.size() > 10);
  for (std::size_t k = 0; k + 1 < ages.size(); ++k)
    CHECK(near_relative(ages[k].share, v * v * std::exp(-2.0 * ages[k].age / kRepair), 1e-9));
}

TEST_CASE("outage_ages: short outages and long ones of one cause stay apart") {
  // A replica on each of two nodes: a crash is an outage of 10 s at most while the other node is away, and a node's loss
  // takes hours. P(down for at least 10 s) is that of both nodes, and of node and crash until then.
  constexpr double kRate = 1.0 / (30 * kDay);
  constexpr double kRepair = 4 * 3600.0;
  constexpr double kCrash = 1.0 / (10 * kDay);
  test::SmallSystem small({test::stateless("web", kCrash, 10.0)}, 2, kRate, kRepair);
  small.place(0, {0, 1});
  small.system.components[0].movable = false;
  const double v = out(kRate * kRepair);
  const double u = out(kCrash * 10.0);
  for (const DownFor& point : ages_of(small)) {
    if (point.share == 0.0) continue;
    const double vt = v * std::exp(-point.age / kRepair);
    const double ut = u * std::max(0.0, 1.0 - point.age / 10.0);
    const double down = vt * vt + 2 * vt * (1 - vt) * ut + (1 - vt) * (1 - vt) * ut * ut;
    CHECK(near_relative(point.share, down, 1e-9));
  }
}

TEST_CASE("outage_ages: what a drain takes down ends with it") {
  // One replica that cannot move: out while its node is drained, for exactly 10 min each 30 d.
  test::SmallSystem small({test::stateless("web", 0.0, 0.0)}, 1);
  small.system.components[0].modes.clear();
  small.system.components[0].movable = false;
  small.system.drain = Drain{30 * kDay, 600.0};
  small.place(0, {0});
  const double drained = 600.0 / (30 * kDay);
  for (const DownFor& point : ages_of(small))
    CHECK(near_relative(drained + point.share,
                        drained + drained * std::max(0.0, 1.0 - point.age / 600.0), 1e-9));
}

TEST_CASE("outage_ages: a chain's outage passes through its states") {
  // Up to 1 at rate a, from 1 to 2 and from 2 to up at rate b: an outage is Erlang(2, b), and what is left of it at a
  // random moment is longer than t with probability e^-bt (1 + bt/2).
  constexpr double kA = 1.0 / kDay;
  constexpr double kB = 1.0 / 600.0;
  Component component;
  component.name = "chain";
  component.type = ComponentType::markov;
  component.chain =
      StateChain{{"up", "one", "two"}, {true, false, false}, {{0, 1, kA}, {1, 2, kB}, {2, 0, kB}}};
  test::SmallSystem small({component}, 0);
  const double u = out(2.0 * kA / kB);
  for (const DownFor& point : ages_of(small)) {
    if (point.share <= 1e-6 * u) continue;
    const double bt = kB * point.age;
    CHECK(near_relative(point.share, u * std::exp(-bt) * (1.0 + bt / 2.0), 1e-5));
  }
}

TEST_CASE("outage_ages: what is down for good never ends") {
  test::SmallSystem small({test::stateless("web", 1e-5, 60.0)}, 1);
  small.system.nodes[0].down = true;
  small.place(0, {0});
  CHECK(ages_of(small).back().share == 1.0);
}

}  // namespace
