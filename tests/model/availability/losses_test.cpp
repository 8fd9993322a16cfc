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

namespace {

/// A redis of `replicas` instances, one to a node, with this many Sentinels; nodes are repaired in 300 s.
SmallSystem redis(int replicas, std::size_t nodes, std::optional<int> sentinels = std::nullopt) {
  Component store;
  store.name = "redis";
  store.type = ComponentType::primary_replica;
  store.start = 5.0;
  store.modes = {{.name = "crash", .rate = 1e-9, .detection = Detection::exit}};
  store.failover =
      Failover{.controller = Controller::redis_sentinel, .success = 1.0, .sentinels = sentinels};
  SmallSystem small({store}, nodes, 1.0 / (90 * kDay), 300.0);
  std::vector<NodeId> where;
  for (int i = 0; i < replicas; ++i) where.push_back(static_cast<NodeId>(i));
  small.place(0, where);
  return small;
}

/// Two zones: the first `in_first` nodes in one, the rest in the other.
void in_zones(SmallSystem& small, std::size_t in_first) {
  small.system.domains.resize(2);
  small.system.domains[0] = {.name = "east", .level = "zone", .modes = {{"outage", 1e-8, 7200.0}}};
  small.system.domains[1] = {.name = "west", .level = "zone", .modes = {{"outage", 1e-8, 7200.0}}};
  for (std::size_t n = 0; n < small.system.nodes.size(); ++n)
    small.system.nodes[n].parent = n < in_first ? 0 : 1;
}

}  // namespace

TEST_CASE("losses: a replica on a node that is down for good neither serves nor comes back") {
  // Three of a kind on three nodes, two needed; the third node is down, so that nobody is to spare.
  SmallSystem small = shop(1);
  small.system.nodes.push_back(small.system.nodes[0]);
  small.system.nodes[2].name = "n3";
  small.system.nodes[2].down = true;
  small.system.components[1].need = {2};
  small.place(1, {0, 1, 2});
  small.place(0, {0, 1});
  const ServiceDrill first = find(small, LossKind::node, 0);
  CHECK(first.figures.until_up ==
        300.0);  // the node's repair: nothing is rescheduled with two nodes down
  CHECK(first.figures.failed_share == 1.0 - 0.5 * 0.5);  // each of two serving replicas gets half
  REQUIRE(first.hits.size() == 2);
  CHECK(first.hits[1].toll.serving() == 2);
  CHECK(first.hits[1].toll.left() == 1);
  // Any of the two that serve is missed until it restarts: 1 + 3 + 1 s.
  CHECK(find(small, LossKind::replica, 1).figures.until_up == 5.0);
  // The node that is down cannot be lost again.
  const ServiceDrill third = find(small, LossKind::node, 2);
  CHECK(third.figures.until_up == 0.0);
  CHECK(third.figures.failed_share == 0.0);
  CHECK_FALSE(third.figures.already_down);
}

TEST_CASE("losses: what was rescheduled serves, and is lost with the next node") {
  // Two movable replicas, both needed, the second one's node is down for good: it runs elsewhere.
  SmallSystem small = shop(2);
  small.system.nodes.push_back(small.system.nodes[0]);
  small.system.nodes[2].name = "n3";
  small.system.nodes[1].down = true;
  small.system.components[1].need = {2};
  small.system.components[1].movable = true;
  small.place(0, {2});
  for (Component& component : small.system.components) component.allowed = {0, 1, 2};
  // Its own failure: 1 + 3 + 1 s. It serves, so this is no "already down".
  CHECK(find(small, LossKind::replica, 1).figures.until_up == 5.0);
  const ServiceDrill next = find(small, LossKind::node, 0);
  REQUIRE(next.hits.size() == 1);
  CHECK(next.hits[0].toll.lost ==
        2);  // that on the node, and, on the safe side, the one that had moved
  CHECK(next.figures.until_up == 300.0);
  CHECK(next.figures.is_mean);
  CHECK(near_relative(next.median, 300.0 * std::log(2.0), 1e-8));
  // A zone around the node that is down takes the credit as well: an ancestor is no longer up.
  in_zones(small, 2);
  small.system.nodes[0].parent = 1;
  CHECK(find(small, LossKind::domain, 0).figures.until_up == 7200.0);
  // Without headroom it never ran elsewhere.
  for (Node& node : small.system.nodes) node.capacity = {{"pods", 1000}};
  CHECK(find(small, LossKind::replica, 1).figures.already_down);
}

TEST_CASE("losses: a service that is down before says so, and is never up again") {
  SmallSystem small = shop(2);
  small.system.nodes[0].down = true;  // with the only store
  for (const LossKind kind : {LossKind::node, LossKind::replica}) {
    const ServiceDrill lost = find(small, kind, 1);
    CHECK(lost.figures.already_down);
    CHECK(std::isinf(lost.figures.until_up));
    CHECK_FALSE(lost.figures.is_mean);
    CHECK(lost.figures.decided_by == "store");
    CHECK(std::isinf(lost.median));
    CHECK(lost.curve.empty());
    CHECK(lost.checkpoints.back().up == 0.0);
  }
  // More replicas needed than there are is down before as well.
  SmallSystem short_of = shop(2);
  short_of.system.components[1].need = {3};
  CHECK(find(short_of, LossKind::node, 0).figures.already_down);
}

TEST_CASE("curve: beside a member that is down for good only the others count") {
  // Any of two stores; one is down for good, the other one's crash takes 1 + 5 + 1 s at worst.
  SmallSystem small = shop(2);
  Component other = small.system.components[0];
  other.name = "store-2";
  small.system.components.push_back(other);
  small.deployment.components.resize(3);
  small.place(2, {1});
  small.system.nodes[1].down = true;
  small.system.services[0].requires_ = gate(Requirement::Kind::any, {leaf(0), leaf(2)});
  const ServiceDrill store = find(small, LossKind::replica, 0);
  CHECK_FALSE(store.figures.already_down);
  CHECK(store.figures.until_up == 7.0);
  CHECK(near_relative(store.median, 6.0, 1e-5));
  // And when its node is repaired, the service is up although the other store is not.
  const ServiceDrill node = find(small, LossKind::node, 0);
  CHECK(near_relative(node.median, 300.0 * std::log(2.0), 1e-8));
}

TEST_CASE("losses: a failover needs a majority of all Sentinels") {
  // Three instances, two of them in the eastern zone: its loss leaves one Sentinel of three. By hand in 30 min, before
  // the zone's 2 h. In the west one is lost, and two of three agree.
  SmallSystem small = redis(3, 3);
  in_zones(small, 2);
  const ServiceDrill east = find(small, LossKind::domain, 0);
  CHECK(east.figures.until_up == 1800.0);
  CHECK(east.figures.is_mean);
  CHECK(east.checkpoints[5].up <
        1.0 - std::exp(-300.0 / 7200.0) + 1e-9);  // no failover within 5 min
  CHECK(find(small, LossKind::domain, 1).figures.until_up == 35.0);
  CHECK(find(small, LossKind::node, 0).figures.until_up == 35.0);
  // A zone that is back before anyone comes.
  small.system.domains[0].modes[0].repair = 600.0;
  CHECK(find(small, LossKind::domain, 0).figures.until_up == 600.0);
  // Two instances on one node are two Sentinels.
  small.place(0, {0, 0, 1});
  CHECK(find(small, LossKind::node, 0).figures.until_up == 300.0);
  CHECK(find(small, LossKind::node, 1).figures.until_up == 35.0);
}

TEST_CASE("losses: Sentinels beyond the replicas stand on nodes of their own") {
  // Two instances, three Sentinels: any node may go, but not two.
  SmallSystem small = redis(2, 4, 3);
  CHECK(find(small, LossKind::node, 0).figures.until_up == 35.0);
  in_zones(small, 1);
  CHECK(find(small, LossKind::domain, 0).figures.until_up == 35.0);
  // West: the other instance, and the third Sentinel may be there.
  CHECK(find(small, LossKind::domain, 1).figures.until_up == 1800.0);
  // A node that is down for good may be that of the third one: no failover is left.
  small.system.nodes[3].down = true;
  CHECK(find(small, LossKind::node, 0).figures.until_up == 300.0);
  // Nor for the primary's own failure, which ends on average after 0.5 + 5 + 0.5 s, but for back-off.
  const ServiceDrill primary = find(small, LossKind::primary, 0);
  CHECK(near_relative(primary.figures.until_up, 6.0, 1e-5));
  CHECK(primary.figures.is_mean);
}
