#include "model/recovery/replica.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

namespace {

constexpr double kDay = 86400.0;

/// The series itself, summed until its terms vanish.
double back_off_by_series(double exit_rate) {
  const double q = 1.0 - std::exp(-600.0 * exit_rate);
  double sum = 0.0;
  for (int i = 1; i < 20000; ++i) {
    sum += (1.0 - q) * std::pow(q, i) * std::min(10.0 * std::pow(2.0, i - 1), 300.0);
  }
  return sum;
}

Component api() {
  Component component;
  component.name = "api";
  component.start = 3.0;
  component.shutdown = 2.0;
  component.modes = {{.name = "crash", .rate = 1.0 / (30 * kDay), .detection = Detection::exit},
                     {.name = "hang", .rate = 1.0 / (90 * kDay), .detection = Detection::liveness}};
  return component;
}

Probes probes(Probe liveness, Probe readiness) {
  return {.liveness = liveness, .readiness = readiness, .startup = std::nullopt};
}

}  // namespace

TEST_CASE("replica: detection adds a random phase to the remaining checks") {
  // P = 10, T = 1, F = 3: 5 + 2 * 10 + 1 = 26, worst 31.
  CHECK(detection_mean(Probe{}) == 26.0);
  CHECK(detection_worst(Probe{}) == 31.0);
  // T above P: checks follow each other after T. P = 1, T = 5, F = 2: 0.5 + 5 + 5 = 10.5.
  const Probe slow{.period = 1, .timeout = 5, .failure_threshold = 2};
  CHECK(detection_mean(slow) == 10.5);
  CHECK(detection_worst(slow) == 11.0);
}

TEST_CASE("replica: outages of exit and liveness modes are the sums of their steps") {
  const auto model =
      replica_model(api(), probes(Probe{}, Probe{.period = 4, .success_threshold = 2}));
  REQUIRE(model.has_value());
  // ready: 4/2 + 1 * 4 = 6, worst 8. start: 3.
  CHECK(model->start == 3.0);
  CHECK(model->ready_mean == 6.0);
  CHECK(model->ready_worst == 8.0);
  REQUIRE(model->modes.size() == 2);
  // exit: relist 0.5 + start 3 + ready 6 + back-off; worst 1 + 3 + 8.
  const double exit_mean = 9.5 + back_off_by_series(1.0 / (30 * kDay));
  CHECK(near_relative(model->modes[0].mean, exit_mean, 1e-12));
  CHECK(model->modes[0].worst == 12.0);
  // liveness: 26 + grace 30 in full + 3 + 6; worst 31 + 30 + 3 + 8.
  CHECK(model->modes[1].mean == 65.0);
  CHECK(model->modes[1].worst == 72.0);
  const double s = exit_mean / (30 * kDay) + 65.0 / (90 * kDay);
  CHECK(near_relative(model->unavailability, s / (1 + s), 1e-14));
}

TEST_CASE("replica: back-off equals its series for rare and for incessant exits") {
  for (const double rate : {1e-9, 1e-6, 1e-3, 1e-2}) {
    CAPTURE(rate);
    Component component;
    component.modes = {{.name = "crash", .rate = rate, .detection = Detection::exit}};
    const auto model = replica_model(component, {});
    REQUIRE(model.has_value());
    // Without probes: relist 0.5 + start 0 + ready 0.5.
    CHECK(near_relative(model->modes[0].mean, 1.0 + back_off_by_series(rate), 1e-9));
    CHECK(model->modes[0].worst == 2.0);
  }
}

TEST_CASE("replica: back-off counts all exit-detected rates, and only where the outage is a sum") {
  Component component;
  component.modes = {{.name = "a", .rate = 1e-4, .detection = Detection::exit},
                     {.name = "b", .rate = 3e-4, .detection = Detection::exit, .repair = 60.0},
                     {.name = "c", .rate = 1e-5, .detection = Detection::manual, .repair = 3600.0}};
  const auto model = replica_model(component, {});
  REQUIRE(model.has_value());
  CHECK(near_relative(model->modes[0].mean, 1.0 + back_off_by_series(4e-4), 1e-12));
  CHECK(model->modes[1].mean == 60.0);
  CHECK_FALSE(model->modes[1].worst.has_value());
  CHECK(model->modes[2].mean == 3600.0);
  CHECK_FALSE(model->modes[2].worst.has_value());
}

TEST_CASE("replica: the stop step is the probe's grace, or the shutdown of who obeys SIGTERM") {
  Component component = api();
  component.modes = {{.name = "hang", .rate = 1e-6, .detection = Detection::liveness}};
  const auto mean = [&component](Probe liveness) {
    return replica_model(component, probes(liveness, Probe{}))->modes[0].mean;
  };
  // detect 26 + stop + start 3 + ready 5.
  CHECK(mean(Probe{.grace = 7}) == 41.0);
  component.grace = 12.0;
  CHECK(mean(Probe{}) == 46.0);
  component.modes[0].ignores_sigterm = false;
  CHECK(mean(Probe{}) == 36.0);
  CHECK(mean(Probe{.grace = 1}) == 35.0);
}

TEST_CASE("replica: readiness delay bounds the start, a startup probe sets the phase of ready") {
  Component component = api();
  Probes p;
  p.readiness = Probe{.initial_delay = 20, .period = 6, .success_threshold = 3};
  auto model = replica_model(Component{component}, p);
  REQUIRE_FALSE(model.has_value());  // the hang has no liveness probe
  CHECK(model.error().fault == Fault::invalid_input);
  CHECK(model.error().where == "components.api.failures.hang");

  component.modes.pop_back();
  model = replica_model(component, p);
  REQUIRE(model.has_value());
  CHECK(model->start == 20.0);
  CHECK(model->ready_mean == 15.0);  // 6/2 + 2 * 6
  p.startup = Probe{.period = 2};
  model = replica_model(component, p);
  CHECK(model->ready_mean == 13.0);  // 2/2 + 2 * 6
  CHECK(model->ready_worst == 14.0);
  p.readiness.reset();
  model = replica_model(component, p);
  CHECK(model->start == 3.0);
  CHECK(model->ready_mean == 1.0);
  CHECK(model->ready_worst == 2.0);
}

TEST_CASE("replica: a manual mode without repair is bad input") {
  Component component;
  component.name = "db";
  component.modes = {{.name = "corrupt", .rate = 1e-6, .detection = Detection::manual}};
  const auto model = replica_model(component, {});
  REQUIRE_FALSE(model.has_value());
  CHECK(model.error().fault == Fault::invalid_input);
}

TEST_CASE("replica: a given availability stands instead of all modes") {
  Component component;
  component.replica_unavailability = 1e-12;
  component.false_failure = 0.1;
  const auto model = replica_model(component, probes(Probe{}, Probe{}));
  REQUIRE(model.has_value());
  CHECK(model->modes.empty());
  CHECK(model->unavailability == 1e-12);
}

TEST_CASE("replica: a failed check has the tail probability of the latency") {
  Component component;
  // ln T = ln p50 + sigma z with sigma = ln(p99/p50)/z99: at T = p99 the tail is 1 %, at p50 one
  // half.
  component.probe_latency = ProbeLatency{1.0, 4.0};
  CHECK(near_relative(false_failure_probability(component, Probe{.timeout = 4}), 0.01, 1e-13));
  CHECK(near_relative(false_failure_probability(component, Probe{.timeout = 1}), 0.5, 1e-15));
  // At T = 16 = p50 4^2 the standard score is 2 z99 = 4.6526957480816822; erfc gives its tail.
  CHECK(near_relative(false_failure_probability(component, Probe{.timeout = 16}),
                      0.5 * std::erfc(4.6526957480816822 / std::sqrt(2.0)), 1e-12));
  component.probe_latency = ProbeLatency{2.0, 2.0};
  CHECK(false_failure_probability(component, Probe{.timeout = 1}) == 1.0);
  CHECK(false_failure_probability(component, Probe{.timeout = 2}) == 0.0);
  component.false_failure = 0.25;
  CHECK(false_failure_probability(component, Probe{}) == 0.25);
  CHECK(false_failure_probability(Component{}, Probe{}) == 0.0);
}

TEST_CASE("replica: F chance failures in a row kill the healthy at the rate of success runs") {
  Component component = api();
  component.modes.clear();
  component.false_failure = 0.1;
  const auto model = replica_model(component, probes(Probe{.grace = 1}, Probe{}));
  REQUIRE(model.has_value());
  REQUIRE(model->modes.size() == 1);
  const ModeOutage& kill = model->modes[0];
  CHECK(kill.name == "spurious-kill");
  CHECK(kill.spurious);
  CHECK_FALSE(kill.worst.has_value());
  // (1-p) p^3 / (P (1 - p^3)) = 0.9 * 0.001 / (10 * 0.999).
  CHECK(near_relative(kill.rate, 0.0009 / 9.99, 1e-14));
  // min(shutdown 2, grace 1) + 3 + 5.
  CHECK(kill.mean == 9.0);
  component.false_failure = 1.0;  // the limit p -> 1 is one kill per F periods
  CHECK(near_relative(replica_model(component, probes(Probe{}, Probe{}))->modes[0].rate, 1.0 / 30.0,
                      1e-15));
  component.false_failure = 0.0;
  CHECK(replica_model(component, probes(Probe{}, Probe{}))->modes.empty());
}
