#include "model/availability/evaluate.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"
#include "tests/support/small_systems.hpp"

using namespace haplan::model;
using namespace haplan::test;

namespace {

constexpr double kRate = 1e-6;    // of a replica
constexpr double kOutage = 60.0;  // [s]
constexpr double kU = kRate * kOutage / (1.0 + kRate * kOutage);
constexpr double kNodeRate = 1e-7;
constexpr double kNodeRepair = 3600.0;
constexpr double kQ = kNodeRate * kNodeRepair / (1.0 + kNodeRate * kNodeRepair);

ServiceFigures only_service(const SmallSystem& small) {
  const auto evaluation = evaluate(small.system, small.deployment);
  REQUIRE(evaluation.has_value());
  CHECK(evaluation->services[0].unavailability.method == Method::exact);
  return evaluation->services[0];
}

double u_of(const SmallSystem& small) { return only_service(small).unavailability.value; }

}  // namespace

TEST_CASE("evaluate: one replica without a cluster is an alternating renewal process") {
  SmallSystem small({stateless("a", kRate, kOutage)}, 0);
  const ServiceFigures figures = only_service(small);
  CHECK(near_relative(figures.unavailability.value, kU, 1e-14));
  CHECK(near_relative(figures.outage_frequency, kRate / (1.0 + kRate * kOutage), 1e-14));
  CHECK(near_relative(figures.mean_outage, kOutage, 1e-13));
  CHECK(near_relative(figures.independent, kU, 1e-14));
}

TEST_CASE("evaluate: two replicas on two nodes fail only together") {
  SmallSystem small({stateless("a", kRate, kOutage)}, 2, kNodeRate, kNodeRepair);
  small.place(0, {0, 1});
  // Each replica is out when its node is down or it is itself: independent of the other.
  const double out = kQ + (1.0 - kQ) * kU;
  CHECK(near_relative(u_of(small), out * out, 1e-13));
  CHECK(near_relative(only_service(small).independent, out * out, 1e-13));
}

TEST_CASE(
    "evaluate: two replicas on one node share its failures, and the textbook figure does not see "
    "it") {
  SmallSystem small({stateless("a", kRate, kOutage)}, 2, kNodeRate, kNodeRepair);
  small.place(0, {0, 0});
  CHECK(near_relative(u_of(small), kQ + (1.0 - kQ) * kU * kU, 1e-13));
  const double out = kQ + (1.0 - kQ) * kU;
  CHECK(near_relative(only_service(small).independent, out * out, 1e-13));
}

TEST_CASE("evaluate: components on one node gain by sharing it") {
  SmallSystem small({stateless("a", kRate, kOutage), stateless("b", kRate, 2.0 * kOutage)}, 2,
                    kNodeRate, kNodeRepair);
  const double u2 = 2.0 * kRate * kOutage / (1.0 + 2.0 * kRate * kOutage);
  small.place(0, {0});
  small.place(1, {0});
  CHECK(near_relative(u_of(small), kQ + (1.0 - kQ) * (kU + u2 - kU * u2), 1e-13));
  small.place(1, {1});
  const double a = kQ + (1.0 - kQ) * kU;
  const double b = kQ + (1.0 - kQ) * u2;
  CHECK(near_relative(u_of(small), a + b - a * b, 1e-13));
}

TEST_CASE("evaluate: a zone takes all its nodes with it") {
  SmallSystem small({stateless("a", kRate, kOutage)}, 2, kNodeRate, kNodeRepair);
  small.system.domains = {Domain{"z", "zone", {}, {{"outage", kNodeRate, kNodeRepair}}}};
  for (Node& node : small.system.nodes) node.parent = 0;
  small.place(0, {0, 1});
  const double out = kQ + (1.0 - kQ) * kU;
  CHECK(near_relative(u_of(small), kQ + (1.0 - kQ) * out * out, 1e-13));
}

TEST_CASE("evaluate: a movable replica comes back after detection, toleration, start and ready") {
  SmallSystem small({stateless("a", kRate, kOutage)}, 2, kNodeRate, kNodeRepair);
  small.system.components[0].movable = true;
  small.system.components[0].start = 3.0;
  small.deployment.toleration_seconds = 30;
  small.place(0, {0});
  // tau = 47.4 + 30 + 3 + 0.5 (no readiness probe: relist). Exponential repair: age <= tau with 1 - e^(-tau / r).
  const double tau = 47.4 + 30.0 + 3.0 + 0.5;
  const double young = kQ * -std::expm1(-tau / kNodeRepair);
  const double old = kQ * std::exp(-tau / kNodeRepair);
  const double expected = (1.0 - kQ) * kU          // node 1 up
                          + young                  // its outage is young
                          + old * (1.0 - kQ) * kU  // moved to node 2
                          + old * kQ;              // both nodes down: no credit
  CHECK(near_relative(u_of(small), expected, 1e-13));
}

TEST_CASE(
    "evaluate: a drain takes a fixed replica for its whole time and a movable one for its move") {
  SmallSystem small({stateless("a", kRate, kOutage)}, 2);
  small.system.drain = Drain{86400.0, 600.0};
  small.place(0, {0});
  const double drained = 600.0 / 86400.0;
  CHECK(near_relative(u_of(small), drained + (1.0 - drained) * kU, 1e-13));
  // A drain starts once a day and takes the service down unless the replica is out already.
  CHECK(near_relative(only_service(small).outage_frequency,
                      (1.0 - drained) * kRate * (1.0 - kU) + (1.0 - kU) / 86400.0, 1e-13));
  small.system.components[0].movable = true;
  small.system.components[0].shutdown = 2.0;
  small.system.components[0].start = 5.0;
  const double moving = drained * (2.0 + 5.0 + 0.5) / 600.0;
  CHECK(near_relative(u_of(small), moving + (1.0 - moving) * kU, 1e-13));
}

TEST_CASE(
    "evaluate: a shared claim is one more failure domain, counted once exactly and twice by the "
    "textbook") {
  SmallSystem small({stateless("a", kRate, kOutage), stateless("b", kRate, kOutage)}, 0);
  small.system.claims = {Claim{"disk", {{"loss", kNodeRate, kNodeRepair}}}};
  for (Component& component : small.system.components) component.storage.claim = 0;
  const double both = kU + kU - kU * kU;
  CHECK(near_relative(u_of(small), kQ + (1.0 - kQ) * both, 1e-13));
  const double each = kQ + (1.0 - kQ) * kU;
  CHECK(near_relative(only_service(small).independent, each + each - each * each, 1e-13));
}

TEST_CASE("evaluate: gates over externals, with the switchover of the first") {
  Component first;
  first.name = "first";
  first.type = ComponentType::external;
  first.external = External{1e-3, 1e-3 / (0.999 * 600.0), 600.0};
  Component second = first;
  second.name = "second";
  SmallSystem small({first, second}, 0);
  Requirement any = gate(Requirement::Kind::any, {leaf(0), leaf(1)});
  any.switchover = 5.0;
  any.name = "llm";
  small.system.services[0].requires_ = gate(Requirement::Kind::all, {any});
  const double load = first.external->rate * 5.0;
  const double switching = load / (1.0 + load);
  CHECK(near_relative(u_of(small), 1e-6 + (1.0 - 1e-6) * switching, 1e-13));
}

TEST_CASE(
    "evaluate: too few replicas for a level are down for its whole share, blamed on capacity") {
  SmallSystem small({stateless("a", kRate, kOutage)}, 0);
  small.system.levels = {Level{"low", 0.9}, Level{"high", 0.1}};
  small.system.components[0].need = {1, 2};
  const ServiceFigures figures = only_service(small);
  CHECK(near_relative(figures.unavailability.value, 0.1 + 0.9 * kU, 1e-13));
  CHECK(figures.causes[0].kind == CauseKind::capacity);
  CHECK(near_relative(figures.causes[0].share, 0.1, 1e-13));
}

TEST_CASE("evaluate: the entry of a level counts when it needs a replica that is out") {
  SmallSystem small({stateless("a", kRate, kOutage)}, 0);
  small.system.levels = {Level{"low", 0.9}, Level{"high", 0.1}};
  small.system.levels[0].rate = Rational{1, 1};
  small.system.levels[1].rate = Rational{2, 1};
  small.system.components[0].need = {1, 2};
  small.deployment.components[0].replicas = 2;
  const double one_out = 2.0 * kU * (1.0 - kU);
  const double flow = kRate * (1.0 - kU);
  // Low: the second of two fails (2 u flow). High: either fails while both serve. Entry: once a day, one is out.
  const double expected = 0.9 * 2.0 * kU * flow + 0.1 * 2.0 * (1.0 - kU) * flow + one_out / 86400.0;
  CHECK(near_relative(only_service(small).outage_frequency, expected, 1e-13));
}

TEST_CASE("evaluate: shares of two components in series split their overlap in halves") {
  SmallSystem small({stateless("a", kRate, kOutage), stateless("b", kRate, 1000.0 * kOutage)}, 0);
  const double v = kRate * 1000.0 * kOutage / (1.0 + kRate * 1000.0 * kOutage);
  const ServiceFigures figures = only_service(small);
  REQUIRE(figures.causes.size() == 2);
  CHECK(figures.causes[0].subject == "b");
  CHECK(near_relative(figures.causes[0].share, v * (1.0 - kU / 2.0), 1e-13));
  CHECK(near_relative(figures.causes[1].share, kU * (1.0 - v / 2.0), 1e-13));
}

TEST_CASE("evaluate: a small work limit gives an interval that contains the exact figure") {
  std::vector<Component> components;
  for (int c = 0; c < 10; ++c)
    components.push_back(stateless("c" + std::to_string(c), kRate, kOutage));
  SmallSystem small(components, 16, kNodeRate, kNodeRepair);
  for (ComponentId c = 0; c < 10; ++c) small.place(c, {c, (3 * c + 4) % 16, (7 * c + 9) % 16});
  const double exact = u_of(small);
  const auto cut = evaluate(small.system, small.deployment, {.node_limit = 200, .figures = false});
  REQUIRE(cut.has_value());
  const Estimate& estimate = cut->services[0].unavailability;
  CHECK(estimate.method == Method::bounded);
  CHECK(estimate.lower <= exact);
  CHECK(estimate.upper >= exact);
  CHECK(estimate.value == estimate.upper);
  CHECK(cut->work.domain_states <= 200);
}
