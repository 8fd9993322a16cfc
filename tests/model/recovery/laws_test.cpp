#include "model/recovery/laws.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <utility>
#include <vector>

#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

namespace {

constexpr double kDay = 86400.0;

Component api() {
  Component component;
  component.name = "api";
  component.start = 3.0;
  component.shutdown = 2.0;
  component.modes = {
      {.name = "crash", .rate = 1.0 / (30 * kDay), .detection = Detection::exit},
      {.name = "hang", .rate = 1.0 / (90 * kDay), .detection = Detection::liveness},
      {.name = "polite",
       .rate = 1e-8,
       .detection = Detection::liveness,
       .repair = std::nullopt,
       .ignores_sigterm = false},
      {.name = "disk", .rate = 1e-9, .detection = Detection::manual, .repair = 600.0}};
  component.probe_latency = ProbeLatency{0.1, 0.5};
  return component;
}

const std::vector<Controller> kControllers{Controller::none,           Controller::patroni,
                                           Controller::cloudnative_pg, Controller::redis_sentinel,
                                           Controller::redis_cluster,  Controller::repmgr};

}  // namespace

TEST_CASE("laws: of every mode have the mean and the worst case of the mode") {
  const std::vector<Probes> settings{
      {.liveness = Probe{}, .readiness = Probe{.period = 4, .success_threshold = 2}, .startup = {}},
      {.liveness = Probe{.period = 1, .timeout = 5, .grace = 7}, .readiness = {}, .startup = {}},
      {.liveness = Probe{.period = 2, .failure_threshold = 1},
       .readiness = Probe{.initial_delay = 9},
       .startup = Probe{.period = 3}}};
  for (const Probes& probes : settings) {
    const Component component = api();
    const auto replica = replica_model(component, probes);
    REQUIRE(replica.has_value());
    REQUIRE(replica->modes.size() == 5);  // with the spurious kill
    for (std::size_t m = 0; m < replica->modes.size(); ++m) {
      const ModeLaw law = mode_law(component, probes, *replica, m);
      CHECK(law.law.exact());
      CHECK(near_relative(law.law.mean(), replica->modes[m].mean, 1e-13));
      double steps = 0.0;
      for (const RecoveryStep& step : law.steps) steps += Delay(step.stages).worst();
      if (replica->modes[m].worst) CHECK(near_relative(steps, *replica->modes[m].worst, 1e-14));
    }
  }
}

TEST_CASE("laws: a hang's recovery is a trapezoid on top of its constants") {
  // U(0,10) + 21 detect, 30 stop, 3 start, U(0,4) ready: 54 + trapezoid of 10 and 4.
  const Component component = api();
  const Probes probes{.liveness = Probe{}, .readiness = Probe{.period = 4}, .startup = {}};
  const auto replica = replica_model(component, probes);
  REQUIRE(replica.has_value());
  const ModeLaw hang = mode_law(component, probes, *replica, 1);
  REQUIRE(hang.steps.size() == 4);
  CHECK(hang.steps[0].name == "detect");
  CHECK(Delay(hang.steps[0].stages).least() == 21.0);
  CHECK(hang.law.least() == 54.0);
  CHECK(hang.law.worst() == 68.0);
  // F(54 + x) = x^2/80 to x = 4, then 1/5 + (x-4)/10 to x = 10.
  CHECK(near_relative(hang.law.at_most(56.0).value, 0.05, 1e-14));
  CHECK(near_relative(hang.law.at_most(60.0).value, 0.4, 1e-14));
  CHECK(near_relative(hang.law.quantile(0.99).value, 68.0 - std::sqrt(0.8), 1e-12));
}

TEST_CASE("laws: an exit waits for the back-off as often as the model says") {
  Component component = api();
  component.modes.resize(1);
  component.modes[0].rate = 1.0 / 3600.0;
  const auto replica = replica_model(component, Probes{});
  REQUIRE(replica.has_value());
  const ModeLaw crash = mode_law(component, Probes{}, *replica, 0);
  // Without back-off U(0,1) + 3 + U(0,1) is over at 5; with it at 13 at the earliest.
  const double q = 1.0 - std::exp(-600.0 / 3600.0);
  CHECK(near_relative(crash.law.above(5.0).value, q, 1e-13));
  CHECK(near_relative(crash.law.above(100.0).value, std::pow(q, 5), 1e-12));  // i >= 5: 160, 300 s
  CHECK(crash.law.worst() == 305.0);
  CHECK(near_relative(crash.law.mean(), replica->modes[0].mean, 1e-14));
}

TEST_CASE("laws: of every controller have the mean and the worst case of its formula") {
  FailoverSettings eager;
  eager.ttl = 20;
  eager.loop_wait = 5;
  eager.lease = 3;
  eager.retry_period = 1;
  eager.down_after = 1;
  eager.node_timeout = 2;
  eager.reconnect_attempts = 6;
  eager.detect_mean = 2;
  eager.detect_worst = 10;  // more than twice its mean: sometimes nothing
  eager.promote_mean = 4;
  eager.promote_worst = 5;
  for (const FailoverSettings& settings : {FailoverSettings{}, eager}) {
    for (const Controller controller : kControllers) {
      const NodeDetection detection;
      const FailoverTime time = failover_time(controller, settings, detection);
      const DelayMixture law = failover_time_law(controller, settings, detection);
      CHECK(law.exact());
      CHECK(near_relative(law.mean(), time.mean, 1e-13));
      CHECK(near_relative(law.worst(), time.worst, 1e-13));
      CHECK(law.least() >= 0.0);
    }
  }
}

TEST_CASE("laws: a primary that Patroni replaces is back when simulations say") {
  // Published simulations of the same steps (balancer check 3 s + U(0,3)): 30/10 mean 36.7, p5 29.7, p95 43.8;
  // 20/5 mean 26.7, p5 22.9, p95 30.6. They are rounded and drawn; half a second is their width.
  const auto check = [](double ttl, double loop_wait, double p5, double p95) {
    FailoverSettings settings;
    settings.ttl = ttl;
    settings.loop_wait = loop_wait;
    const DelayMixture law = failover_time_law(Controller::patroni, settings, {});
    CHECK(std::abs(law.quantile(0.05).value - p5) < 0.5);
    CHECK(std::abs(law.quantile(0.95).value - p95) < 0.5);
  };
  check(30.0, 10.0, 29.7, 43.8);
  check(20.0, 5.0, 22.9, 30.6);
}

TEST_CASE("laws: a dead node is noticed when simulations say") {
  // grace 50 + U(0,5) - U(0,10.4): p5 42.1, p95 52.8, range 39.7 to 55, drawn and rounded.
  const DelayMixture law = node_detection_law({});
  CHECK(near_relative(law.mean(), 47.4, 1e-14));
  CHECK(near_relative(law.worst(), 55.0, 1e-14));
  CHECK(near_relative(law.least(), 39.8, 1e-14));
  CHECK(std::abs(law.quantile(0.05).value - 42.1) < 0.1);
  CHECK(std::abs(law.quantile(0.95).value - 52.8) < 0.1);
  // One known number only: no spread at all.
  CHECK(node_detection_law({40.0, 40.0}).at_most(40.0).value == 1.0);
}

TEST_CASE("laws: a node's repairs are weighted by how often they happen") {
  // Reboots nine times as often as hardware failures: P(> 600) = 0.9 e^-2 + 0.1 (fixed 4 h).
  std::vector<DomainMode> modes(2);
  modes[0] = {.name = "reboot", .rate = 9e-7, .repair = 300.0};
  modes[1] = {.name = "hardware", .rate = 1e-7, .repair = 14400.0, .law = RepairLaw::fixed};
  const DelayMixture law = repair_law(modes);
  CHECK(near_relative(law.mean(), 0.9 * 300.0 + 0.1 * 14400.0, 1e-14));
  CHECK(near_relative(law.above(600.0).value, 0.9 * std::exp(-2.0) + 0.1, 1e-14));
}
