#include "model/simulate/assumptions.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <set>
#include <string>

#include "model/simulate/process.hpp"
#include "tests/support/near.hpp"

using namespace haplan::model;

namespace {

constexpr double kDay = 86400.0;
constexpr double kYear = 365.25 * kDay;

Requirement leaf(ComponentId id) {
  Requirement r;
  r.kind = Requirement::Kind::component;
  r.component = id;
  return r;
}

/// Two nodes that are often lost and drained, under one component of two replicas.
struct Small {
  System system;
  Deployment deployment;

  Small() {
    for (const char* const name : {"node-1", "node-2", "node-3"}) {
      Node node{.name = name, .pool = "node", .parent = std::nullopt};
      node.modes = {{.name = "loss", .rate = 1.0 / (20 * kDay), .repair = 8 * 3600.0}};
      system.nodes.push_back(node);
    }
    Component web;
    web.name = "web";
    web.start = 5.0;
    web.modes = {{.name = "crash", .rate = 1.0 / (2 * kDay), .repair = 1800.0}};
    web.allowed = {0, 1, 2};
    web.movable = true;
    system.components = {web};
    system.levels = {{.name = "always"}};
    system.services = {{.name = "front", .requires_ = {.of = {leaf(0)}}}};
    deployment.components = {{.replicas = 2, .nodes = {0, 1}}};
  }

  [[nodiscard]] Tally play(bool Assumptions::* off, double years) const {
    Assumptions assumptions = model_semantics();
    if (off != nullptr) assumptions.*off = false;
    const auto layout = Layout::of(system, deployment, assumptions);
    REQUIRE(layout);
    Process process(*layout, 17, 0);
    process.play(years * kYear);
    return process.tally();
  }

  /// Unavailability without one assumption over that with all, on the same random numbers.
  [[nodiscard]] double ratio(bool Assumptions::* off, double years = 400.0) const {
    return play(off, years).services[0].down / play(nullptr, years).services[0].down;
  }
};

}  // namespace

TEST_CASE("assumptions: the list names every member once") {
  std::set<std::string> names;
  Assumptions all;
  for (const AssumptionEntry& entry : assumption_entries()) {
    CHECK(names.insert(entry.name).second);
    CHECK_FALSE(all.*entry.member);
    all.*entry.member = true;
  }
  CHECK(all == model_semantics());
  CHECK(sizeof(Assumptions) == names.size());
}

// Each ratio is of two paths of centuries with the same random numbers; signs were reasoned beforehand.
TEST_CASE("assumptions: rescheduling with a second node lost makes outages rarer") {
  CHECK(Small().ratio(&Assumptions::one_lost_node) < 0.9);
}

TEST_CASE("assumptions: replicas that stay where they went lose their spread") {
  Small small;
  small.system.nodes.pop_back();
  small.system.components[0].allowed = {0, 1};
  small.system.components[0].spread.hard = false;
  CHECK(small.ratio(&Assumptions::instant_rebalancing) > 1.2);
}

TEST_CASE("assumptions: a primary that fails over itself needs a standby") {
  Small small;
  Component& db = small.system.components[0];
  db.type = ComponentType::primary_replica;
  db.movable = false;
  db.failover = Failover{.success = 0.9};
  small.deployment.components[0].failover.detect_mean = 20.0;
  small.deployment.components[0].failover.promote_mean = 10.0;
  // Down together with all instances counts once and not twice; otherwise the two differ little.
  const double ratio = small.ratio(&Assumptions::independent_failover);
  CHECK(ratio > 0.7);
  CHECK(ratio < 1.0);
}

TEST_CASE("assumptions: a node that returns heals what was broken on it") {
  Small small;
  small.system.components[0].modes[0].repair = 6 * 3600.0;
  CHECK(small.ratio(&Assumptions::undisturbed_replicas) < 1.0);
}

TEST_CASE("assumptions: the calendar leaves the long-run unavailability alone") {
  Small small;
  small.system.drain = Drain{.every = 10 * kDay, .per_node = 3600.0};
  small.system.components[0].movable = false;
  const double ratio = small.ratio(&Assumptions::memoryless_calendar, 2000.0);
  CHECK(std::abs(ratio - 1.0) < 0.05);
}

TEST_CASE("assumptions: drains that wait for lost nodes meet fewer failures") {
  Small small;
  small.system.drain = Drain{.every = 5 * kDay, .per_node = 2 * 3600.0};
  small.system.components[0].movable = false;
  CHECK(small.ratio(&Assumptions::drains_ignore_failures) < 0.97);
}

// Per crash the model waits 10 q (1-q) + 20 q^2 (1-q) + ... s with q = 1 - e^{-600/300}; by history too, but a crash
// after a quiet while is forgotten: about the same mean, which is the point of the model's geometric sum.
TEST_CASE("assumptions: back-off by history has nearly the mean of the model") {
  Small small;
  Component& web = small.system.components[0];
  web.modes = {{.name = "crash", .rate = 1.0 / 1200.0}};
  small.system.nodes.clear();
  web.allowed.clear();
  web.movable = false;
  small.deployment.components[0].nodes.clear();
  small.deployment.components[0].replicas = 1;
  const double ratio = small.ratio(&Assumptions::mean_back_off, 3.0);
  CHECK(std::abs(ratio - 1.0) < 0.15);
  CHECK(std::abs(ratio - 1.0) > 1e-4);
}

TEST_CASE("assumptions: noticing a lost node late and early evens out") {
  Small small;
  small.deployment.components[0].replicas = 1;
  small.deployment.components[0].nodes = {0};
  const double ratio = small.ratio(&Assumptions::mean_detection);
  CHECK(std::abs(ratio - 1.0) < 0.02);
  CHECK(ratio != 1.0);
}

TEST_CASE("assumptions: slow spells kill more than independent slow answers") {
  Small small;
  small.system.nodes.clear();
  Component& web = small.system.components[0];
  web.allowed.clear();
  web.movable = false;
  web.modes[0].repair = 5.0;
  small.deployment.components[0].nodes.clear();
  small.deployment.components[0].replicas = 1;
  // P(answer > 1 s) = 1.2e-3: three in a row by chance once in 90 years, in spells of 30 s once in 10 hours.
  web.probe_latency = ProbeLatency{0.02, 0.4};
  small.deployment.components[0].probes.liveness = Probe{.period = 5};
  CHECK(small.ratio(&Assumptions::independent_probes, 20.0) > 3.0);
}

TEST_CASE("assumptions: a ramp played in steps is as short of replicas as its formula says") {
  Small small;
  small.system.nodes.clear();
  Component& web = small.system.components[0];
  web.allowed.clear();
  web.movable = false;
  web.modes.clear();
  web.throughput = Rational{100, 1};
  small.deployment.components[0].nodes.clear();
  small.deployment.components[0].autoscale = Autoscale{.min = 1, .max = 40, .target = 85};
  const auto level = [](const char* name, double share, int rate) {
    Level l;
    l.name = name;
    l.share = share;
    l.rate = Rational{rate, 1};
    return l;
  };
  small.system.levels = {level("peak", 0.25, 3000), level("quiet", 0.75, 300)};
  // The formula takes need and replicas as continuous, short from 300/s to 954/s all the time. In whole replicas, short
  // is r with ceil(r/90) > ceil((r - 53)/85): 360 to 393, 450 to 478, ...; about a fifth of it.
  const double ratio = small.ratio(&Assumptions::ideal_ramp, 20.0);
  CHECK(ratio > 0.15);
  CHECK(ratio < 0.25);
}

TEST_CASE("process: a trace tells every event, and a line reads well") {
  Small small;
  const auto layout = Layout::of(small.system, small.deployment, model_semantics());
  REQUIRE(layout);
  Process process(*layout, 3, 0);
  std::string text;
  std::size_t lines = 0;
  process.trace([&](const TraceEvent& event) {
    ++lines;
    text += trace_line(event) + "\n";
  });
  process.play(29 * kDay);
  CHECK(lines == process.tally().events);
  CHECK(text.find("web[0] on node-1 fails (crash), out for 30.0 min") != std::string::npos);
  CHECK(text.find("web 1 of 2 serve, needs 1") != std::string::npos);
  TraceEvent event{.time = 100'000.44, .entity = "web", .what = "fails", .down = {"front"}};
  CHECK(trace_line(event) == "    1 d 03:46:40.4  web fails; front GOES DOWN");
}
