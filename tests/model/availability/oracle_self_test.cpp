#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"
#include "tests/support/oracle.hpp"

// The oracle itself against closed forms worked out by hand.

namespace {

using namespace haplan;
using namespace haplan::model;
using test::near_relative;
using test::oracle_evaluate;

constexpr double kDay = 86400;

/// Stateless component of n replicas on the given nodes; one manual mode: u = rate repair / (1 +
/// rate repair).
void add_component(System& system, Deployment& deployment, const std::string& name, double rate,
                   double repair, std::vector<NodeId> nodes, int replicas) {
  Component c;
  c.name = name;
  c.modes = {{"fault", rate, Detection::manual, repair, true}};
  for (NodeId d = 0; d < system.nodes.size(); ++d) c.allowed.push_back(d);
  ComponentPlan plan;
  plan.replicas = replicas;
  plan.nodes = std::move(nodes);
  system.components.push_back(c);
  deployment.components.push_back(plan);
}

void add_service(System& system, const std::vector<ComponentId>& required) {
  Service service{"s", {}, std::nullopt};
  for (const ComponentId c : required) {
    Requirement leaf;
    leaf.kind = Requirement::Kind::component;
    leaf.component = c;
    service.requires_.of.push_back(leaf);
  }
  system.services.push_back(service);
}

/// Nodes with one mode each: P(down) = q = rate repair / (1 + rate repair).
System cluster(int nodes, double rate, double repair) {
  System system;
  system.levels.push_back({"all", 1.0, std::nullopt, {0, 1}, std::nullopt, 1800, 86400});
  for (int i = 0; i < nodes; ++i) {
    Node node;
    node.name = "node-" + std::to_string(i + 1);
    node.modes = {{"reboot", rate, repair, RepairLaw::exponential, 0}};
    system.nodes.push_back(node);
  }
  return system;
}

double odds(double x) { return x / (1 + x); }

}  // namespace

TEST_CASE("oracle: one of n replicas on n nodes fails when every replica or its node is down") {
  System system = cluster(3, 1e-5, 400);
  Deployment deployment;
  add_component(system, deployment, "a", 1e-4, 50, {0, 1, 2}, 3);
  add_service(system, {0});
  // Each of three independent places is down with x = u + (1 - u) q.
  const double u = odds(1e-4 * 50), q = odds(1e-5 * 400), x = u + (1 - u) * q;
  const auto figures = oracle_evaluate(system, deployment).at(0);
  CHECK(near_relative(static_cast<double>(figures.unavailability), x * x * x, 1e-12));
  CHECK(near_relative(static_cast<double>(figures.independent), x * x * x, 1e-12));
  // A place goes down by its replica (while the node is up) or its node (while the replica is up);
  // two others down.
  const double nu = 3 * x * x * (1 - u) * (1 - q) * (1e-4 + 1e-5);
  CHECK(near_relative(static_cast<double>(figures.frequency), nu, 1e-12));
  // By symmetry each place has a third; within one, U is u + q - u q scaled by t.
  long double sum = 0;
  for (const auto& [key, share] : figures.causes) sum += share;
  CHECK(near_relative(static_cast<double>(sum), x * x * x, 1e-12));
  CHECK(near_relative(static_cast<double>(figures.causes.at({"node", "node-1", "reboot"})),
                      static_cast<double>(figures.causes.at({"node", "node-3", "reboot"})), 1e-12));
}

TEST_CASE("oracle: two components in series on one node share its failures") {
  System system = cluster(2, 1e-5, 400);
  Deployment deployment;
  add_component(system, deployment, "a", 1e-4, 50, {0}, 1);
  add_component(system, deployment, "b", 2e-4, 10, {0}, 1);
  add_service(system, {0, 1});
  const double u = odds(5e-3), v = odds(2e-3), q = odds(4e-3);
  const auto figures = oracle_evaluate(system, deployment).at(0);
  CHECK(near_relative(static_cast<double>(figures.unavailability), 1 - (1 - u) * (1 - v) * (1 - q),
                      1e-12));
  CHECK(near_relative(static_cast<double>(figures.independent),
                      1 - (1 - u) * (1 - v) * (1 - q) * (1 - q), 1e-12));
}

TEST_CASE("oracle: a zone takes down all that stands in it") {
  System system = cluster(2, 1e-5, 400);
  system.domains.push_back(
      {"zone", "zone", std::nullopt, {{"outage", 1e-6, 3600, RepairLaw::fixed, 0}}, false});
  for (Node& node : system.nodes) node.parent = 0;
  Deployment deployment;
  add_component(system, deployment, "a", 1e-4, 50, {0, 1}, 2);
  add_service(system, {0});
  const double x = odds(5e-3) + (1 - odds(5e-3)) * odds(4e-3), z = odds(3.6e-3);
  const auto figures = oracle_evaluate(system, deployment).at(0);
  CHECK(near_relative(static_cast<double>(figures.unavailability), z + (1 - z) * x * x, 1e-12));
  // Aumann-Shapley of the zone: z * integral of 1 - (t x(t))^2 with x(t) = u t + q t - u q t^2.
  const double u = odds(5e-3), q = odds(4e-3), s = u + q, p = u * q;
  const double share = z * (1 - (s * s / 3 - 2 * s * p / 4 + p * p / 5));
  CHECK(near_relative(static_cast<double>(figures.causes.at({"domain", "zone", "outage"})), share,
                      1e-12));
}

TEST_CASE("oracle: a drain takes a fixed replica out and moves a movable one") {
  System system = cluster(2, 1e-5, 400);
  for (Node& node : system.nodes) node.modes.clear();
  system.drain = Drain{30 * kDay, 600};
  Deployment deployment;
  add_component(system, deployment, "a", 1e-4, 50, {0}, 1);
  add_service(system, {0});
  const double u = odds(5e-3), share = 600 / (30 * kDay);
  const auto fixed = oracle_evaluate(system, deployment).at(0);
  CHECK(near_relative(static_cast<double>(fixed.unavailability), share + (1 - share) * u, 1e-12));
  // Downs: the replica's failures outside its node's drains, and the drains that find it serving.
  CHECK(near_relative(static_cast<double>(fixed.frequency),
                      (1 - share) * (1 - u) * 1e-4 + (1 - u) / (30 * kDay), 1e-12));
  system.components[0].movable = true;
  system.components[0].start = 20;
  system.components[0].shutdown = 3;
  // Out for 3 + 20 + 0.5 s, then on the other node.
  const double out = 23.5 / (30 * kDay);
  const auto moved = oracle_evaluate(system, deployment).at(0);
  CHECK(near_relative(static_cast<double>(moved.unavailability), out + (1 - out) * u, 1e-12));
}

TEST_CASE("oracle: rescheduling ends the outage of a lost node at tau") {
  System system = cluster(2, 1e-5, 400);
  Deployment deployment;
  add_component(system, deployment, "a", 1e-4, 50, {0}, 1);
  system.components[0].movable = true;
  system.components[0].start = 7;
  add_service(system, {0});
  // tau = 47.4 + 300 + 7 + 0.5; the node is down at an age up to tau with q (1 - e^(-tau / 400));
  // older, the other node must be up.
  const double u = odds(5e-3), q = odds(4e-3), old = q * std::exp(-354.9 / 400);
  const double up = (1 - u) * ((1 - q) + old * (1 - q));
  const auto figures = oracle_evaluate(system, deployment).at(0);
  CHECK(near_relative(static_cast<double>(figures.unavailability), 1 - up, 1e-12));
  CHECK(near_relative(static_cast<double>(figures.independent), u + (1 - u) * q, 1e-12));
  // Without room on the other node nothing is credited.
  system.components[0].requests = {{"cpu", 1000}};
  system.nodes[1].capacity = {{"cpu", 500}};
  CHECK(near_relative(static_cast<double>(oracle_evaluate(system, deployment).at(0).unavailability),
                      u + (1 - u) * q, 1e-12));
}

TEST_CASE("oracle: a failover takes the component down by its rate-weighted outage") {
  System system;
  system.levels.push_back({"all", 1.0, std::nullopt, {0, 1}, std::nullopt, 1800, 86400});
  Deployment deployment;
  add_component(system, deployment, "db", 1e-6, 600, {}, 2);
  Component& c = system.components[0];
  c.type = ComponentType::primary_replica;
  c.failover = Failover{Controller::patroni, 0.9, 1800, 5, std::nullopt};
  add_service(system, {0});
  // T_f = 36.5 s: O = 0.9 * 36.5 + 0.1 * min(1800, 600).
  const double u = odds(6e-4), f = odds(1e-6 * (0.9 * 36.5 + 0.1 * 600));
  const auto figures = oracle_evaluate(system, deployment).at(0);
  CHECK(near_relative(static_cast<double>(figures.unavailability), f + (1 - f) * u * u, 1e-12));
  CHECK(near_relative(static_cast<double>(figures.frequency),
                      1e-6 * (1 - f) * (1 - u * u) + (1 - f) * 2 * u * (1 - u) * 1e-6, 1e-12));
  CHECK(near_relative(static_cast<double>(figures.causes.at({"failover", "db", ""})),
                      f * (1 - u * u / 3), 1e-12));
}

TEST_CASE("oracle: probe settings give the outages of the model's table") {
  System system;
  system.levels.push_back({"all", 1.0, std::nullopt, {0, 1}, std::nullopt, 1800, 86400});
  Deployment deployment;
  add_component(system, deployment, "a", 0, 0, {}, 1);
  Component& c = system.components[0];
  c.modes = {{"hang", 1e-6, Detection::liveness, std::nullopt, true}};
  c.start = 3;
  Probes& probes = deployment.components[0].probes;
  probes.liveness = Probe{0, 10, 1, 3, 1, 5};
  probes.readiness = Probe{4, 2, 1, 3, 2, std::nullopt};
  add_service(system, {0});
  // detect 5 + 2 * 10 + 1, stop 5, start max(3, 4), ready 1 + 2: 38 s; worst 31 + 5 + 4 + 4 = 44 s.
  const auto hang = oracle_evaluate(system, deployment).at(0);
  CHECK(near_relative(static_cast<double>(hang.unavailability), odds(38e-6), 1e-12));
  CHECK(near_relative(hang.recovery.value(), 44, 1e-12));
  // Readiness sees the hang after 1 + 2 * 2 + 1 = 6 s, and 1 s of propagation.
  CHECK(near_relative(static_cast<double>(hang.error_ratio), odds(38e-6) + 7e-6, 1e-12));
  c.modes = {{"crash", 1e-5, Detection::exit, std::nullopt, true}};
  // 0.5 + 4 + 3 and the back-off, q = 1 - e^(-0.006): the waits 10, 20, ... 160, then 300 s.
  const double q = -std::expm1(-0.006);
  double wait = 0;
  for (int i = 1; i < 60; ++i)
    wait += (1 - q) * std::pow(q, i) * std::min(10 * std::pow(2, i - 1), 300.0);
  CHECK(near_relative(static_cast<double>(oracle_evaluate(system, deployment).at(0).unavailability),
                      odds(1e-5 * (7.5 + wait)), 1e-12));
}

TEST_CASE("oracle: a level that asks for more than there is counts as capacity") {
  System system;
  system.levels.push_back({"low", 0.75, std::nullopt, {0, 1}, Rational{100, 1}, 1800, 86400});
  system.levels.push_back({"high", 0.25, std::nullopt, {0, 1}, Rational{300, 1}, 1800, 86400});
  Deployment deployment;
  add_component(system, deployment, "a", 1e-4, 50, {}, 2);
  system.components[0].throughput = Rational{120, 1};  // need 1 (of 108/s each), then 3
  add_service(system, {0});
  const double u = odds(5e-3);
  const auto figures = oracle_evaluate(system, deployment).at(0);
  CHECK(near_relative(static_cast<double>(figures.unavailability), 0.25 + 0.75 * u * u, 1e-12));
  CHECK(
      near_relative(static_cast<double>(figures.causes.at({"capacity", "high", ""})), 0.25, 1e-12));
  // By requests: (0.75 * 100 * (u^2 + window) + 0.25 * 300 * (1 + window)) / 150, window 1e-4 *
  // min(50, 51) s.
  CHECK(near_relative(static_cast<double>(figures.error_ratio), (u * u + 1) / 2 + 5e-3, 1e-12));
}

TEST_CASE("oracle: a ramp faster than the autoscaler is one more factor") {
  System system;
  system.levels.push_back({"low", 0.5, std::nullopt, {0, 1}, Rational{60, 1}, 1800, 86400});
  system.levels.push_back({"high", 0.5, std::nullopt, {0, 1}, Rational{300, 1}, 1800, 86400});
  Deployment deployment;
  add_component(system, deployment, "a", 1e-4, 50, {}, 1);
  system.components[0].throughput = Rational{100, 1};
  system.components[0].autoscale_lag = 300;
  deployment.components[0].autoscale = Autoscale{1, 5, 80};
  add_service(system, {0});
  // n: 1 and ceil(300 / 80) = 4; need 1 and ceil(300 / 90) = 4. rho = 9/8, L = 300.5 and
  // r0 / s = 60 * 1800 / 240 = 450 give T = 9/8 (8 * 300.5 - 450) = 2198.25, at most
  // ramp + L = 2100.5.
  const double u = odds(5e-3), ramp = 2100.5 / (0.5 * kDay);
  const auto figures = oracle_evaluate(system, deployment).at(0);
  CHECK(near_relative(static_cast<double>(figures.level_unavailability[1]),
                      1 - (1 - ramp) * std::pow(1 - u, 4), 1e-12));
  // An entry finds the service up with its one replica and takes it down, because the ramp falls
  // short.
  CHECK(near_relative(static_cast<double>(figures.entry_frequency), (1 - u) / kDay, 1e-12));
}

TEST_CASE("oracle: a switchover costs its time at each failure of the first member") {
  System system;
  system.levels.push_back({"all", 1.0, std::nullopt, {0, 1}, std::nullopt, 1800, 86400});
  Deployment deployment;
  deployment.components.resize(2);
  for (const char* name : {"x", "y"}) {
    Component c;
    c.name = name;
    c.type = ComponentType::external;
    c.external = External{odds(1e-6 * 3600), 1e-6, 3600, false};
    system.components.push_back(c);
  }
  add_service(system, {0, 1});
  system.services[0].requires_.kind = Requirement::Kind::any;
  system.services[0].requires_.switchover = 20;
  system.services[0].requires_.name = "either";
  const double e = odds(3.6e-3), s = odds(2e-5);
  const auto figures = oracle_evaluate(system, deployment).at(0);
  CHECK(near_relative(static_cast<double>(figures.unavailability), s + (1 - s) * e * e, 1e-12));
  CHECK(near_relative(static_cast<double>(figures.causes.at({"switchover", "either", ""})),
                      s * (1 - e * e / 3), 1e-12));
}
