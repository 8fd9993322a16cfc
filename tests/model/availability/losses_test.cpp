#include "model/availability/losses.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "model/availability/drill.hpp"
#include "model/recovery/laws.hpp"
#include "tests/support/near.hpp"
#include "tests/support/small_systems.hpp"

using namespace haplan::model;
using namespace haplan::test;

namespace {

constexpr double kDay = 86400.0;

const RecoveryTarget kNoTarget = [](ServiceId, LossKind) { return std::nullopt; };

/// Two components, a web in front of a store, each on two nodes; U(0,1) + 3 + U(0,1) after a crash.
SmallSystem shop(int web_replicas) {
  Component web;
  web.name = "web";
  web.start = 3.0;
  web.modes = {{.name = "crash", .rate = 1e-9, .detection = Detection::exit}};
  Component store = web;
  store.name = "store";
  store.start = 5.0;
  SmallSystem small({store, web}, 2, 1.0 / (90 * kDay), 300.0);
  small.place(0, {0});
  small.place(1, web_replicas == 2 ? std::vector<NodeId>{0, 1} : std::vector<NodeId>{0});
  return small;
}

/// The drill of one kind and subject, for the only service.
ServiceDrill find(const SmallSystem& small, LossKind kind, std::size_t subject) {
  const auto drills = drill(small.system, small.deployment, kNoTarget);
  REQUIRE(drills.has_value());
  for (const LossDrill& one : *drills)
    if (one.loss.kind == kind && one.loss.subject == subject) return one.services[0];
  FAIL("no such loss");
  return {};
}

}  // namespace

TEST_CASE("losses: a replica that is missed costs its restart, one that is not missed nothing") {
  const SmallSystem small = shop(2);
  // Store: worst 1 + 5 + 1 = 7 s, median 6 s; p99 of 5 + a triangle on (0, 2): 7 - sqrt(0.02).
  const ServiceDrill store = find(small, LossKind::replica, 0);
  CHECK(store.figures.until_up == 7.0);
  CHECK(store.figures.failed_share == 1.0);
  CHECK(store.figures.until_avoided == 2.0);  // 1 s and 1 s of propagation
  CHECK(near_relative(store.median, 6.0, 1e-5));
  CHECK(near_relative(store.p99, 7.0 - std::sqrt(0.02), 1e-5));
  CHECK(store.curve.front().up == 0.0);
  CHECK_FALSE(store.response_time.has_value());
  const ServiceDrill web = find(small, LossKind::replica, 1);
  CHECK(web.figures.until_up == 0.0);
  CHECK(web.figures.failed_share == 0.5);
  CHECK(web.curve.empty());
  CHECK(web.hits.at(0).toll.left() == 1);
}

TEST_CASE("losses: replicas that cannot move wait for their node, whose repair draws the curve") {
  const SmallSystem small = shop(1);
  const ServiceDrill lost = find(small, LossKind::node, 0);
  CHECK(lost.figures.until_up == 300.0);
  CHECK(lost.figures.is_mean);
  CHECK(near_relative(lost.median, 300.0 * std::log(2.0), 1e-8));
  CHECK(near_relative(lost.p999, 300.0 * std::log(1000.0), 1e-8));
  CHECK(find(small, LossKind::node, 1).figures.until_up == 0.0);
}

TEST_CASE("curve: movable replicas wait for the same detection, not each for its own") {
  SmallSystem small = shop(1);
  for (Component& component : small.system.components) component.movable = true;
  small.deployment.toleration_seconds = 60;
  small.system.nodes[0].modes[0].repair = 1e9;  // out of the way: P(repaired in 2 min) = 1e-7
  const ServiceDrill lost = find(small, LossKind::node, 0);
  // 55 + 60 + 5 + 1 for the store, which starts two seconds later than the web.
  CHECK(lost.figures.until_up == 121.0);
  // P(up at t) = E over the detection D of F(t - D - 65) F(t - D - 63), F of U(0,1): midpoints of fine cells.
  const DelayMixture detection = node_detection_law(small.system.node_detection);
  const auto ramp = [](double x) { return std::min(1.0, std::max(0.0, x)); };
  for (const CurvePoint& point : lost.curve) {
    double expected = 0.0;
    constexpr int kCells = 20000;
    for (int i = 0; i < kCells; ++i) {
      const double a = 39.0 + 16.0 * i / kCells;
      const double b = 39.0 + 16.0 * (i + 1) / kCells;
      const double p = detection.at_most(b).value - detection.at_most(a).value;
      const double rest = point.time - (a + b) / 2.0;
      expected += p * ramp(rest - 65.0) * ramp(rest - 63.0);
    }
    const double repaired = -std::expm1(-point.time / 1e9);
    CHECK(std::abs(point.up - (repaired + (1.0 - repaired) * expected)) < 1e-6);
  }
}

TEST_CASE("curve: a failover that fails ends by hand, unless the primary is back before") {
  SmallSystem small = shop(1);
  Component& store = small.system.components[0];
  store.type = ComponentType::primary_replica;
  store.failover = Failover{.controller = Controller::none, .success = 0.9, .manual = 600.0};
  small.place(0, {0, 1});
  FailoverSettings& settings = small.deployment.components[0].failover;
  settings.detect_mean = settings.detect_worst = 2.0;
  settings.promote_mean = 1.0;
  settings.promote_worst = 2.0;
  const ServiceDrill primary = find(small, LossKind::primary, 0);
  CHECK(primary.figures.until_up == 4.0);
  // At 3 s: 0.9 P(2 + U(0,2) <= 3) = 0.45, and the restart takes 5 s at least.
  const auto drills = drill(small.system, small.deployment,
                            [](ServiceId, LossKind) { return std::optional<double>(3.0); });
  REQUIRE(drills.has_value());
  for (const LossDrill& one : *drills)
    if (one.loss.kind == LossKind::primary)
      CHECK(near_relative(*one.services[0].within_target, 0.45, 1e-12));
  // At 6 s the failover is over in 9 of 10 cases, the restart 5 + triangle(0, 2) in 1 of 2.
  CHECK(near_relative(primary.checkpoints[1].up, 0.9, 1e-9));
  CHECK(near_relative(primary.p90, 4.0, 1e-8));
  CHECK(primary.p99 > 6.0);
  CHECK(primary.p99 < 7.0);
}

TEST_CASE("losses: a domain takes all its nodes, and what is left decides") {
  SmallSystem small = shop(2);
  small.system.domains.resize(2);
  small.system.domains[0] = {.name = "east", .level = "zone", .modes = {{"outage", 1e-8, 7200.0}}};
  small.system.domains[1] = {.name = "west", .level = "zone", .modes = {{"outage", 1e-8, 7200.0}}};
  small.system.nodes[0].parent = 0;
  small.system.nodes[1].parent = 1;
  for (Component& component : small.system.components) component.movable = true;
  const ServiceDrill east = find(small, LossKind::domain, 0);
  CHECK(east.figures.until_up == 7200.0);  // nothing is rescheduled when a zone is lost
  CHECK(east.figures.is_mean);
  CHECK(near_relative(east.median, 7200.0 * std::log(2.0), 1e-8));
  CHECK(find(small, LossKind::domain, 1).figures.until_up == 0.0);
  CHECK(zones(small.system).size() == 2);
}

TEST_CASE("losses: an external service with a fallback costs the switch, without one its repair") {
  SmallSystem small = shop(2);
  System& system = small.system;
  for (const char* name : {"vendor", "vendor-2"}) {
    Component vendor;
    vendor.name = name;
    vendor.type = ComponentType::external;
    vendor.external = External{.unavailability = 1e-3, .rate = 1e-6, .repair = 1000.0};
    system.components.push_back(vendor);
  }
  small.deployment.components.resize(4);
  Requirement any = gate(Requirement::Kind::any, {leaf(2), leaf(3)});
  any.switchover = 5.0;
  any.name = "vendors";
  system.services[0].requires_.of.push_back(any);
  CHECK(find(small, LossKind::external, 2).figures.until_up == 5.0);
  CHECK(near_relative(find(small, LossKind::external, 2).median, 5.0, 1e-8));
  CHECK(find(small, LossKind::external, 3).figures.until_up == 0.0);
  system.services[0].requires_.of.back() = leaf(2);
  const ServiceDrill alone = find(small, LossKind::external, 2);
  CHECK(alone.figures.until_up == 1000.0);
  CHECK(alone.figures.until_avoided == 1000.0);
  CHECK(near_relative(alone.p99, 1000.0 * std::log(100.0), 1e-8));
}
