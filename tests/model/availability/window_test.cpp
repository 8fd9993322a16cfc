#include "model/availability/window.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"
#include "tests/support/small_systems.hpp"

namespace {

using namespace haplan;
using namespace haplan::model;
using test::near_relative;

constexpr double kDay = 86400.0;

ServiceFigures figures_of(const test::SmallSystem& small) {
  auto found = evaluate(small.system, small.deployment);
  REQUIRE(found.has_value());
  return found->services[0];
}

WindowFigures window_of(const test::SmallSystem& small, double window, double budget) {
  return downtime_in_window(figures_of(small), window, budget);
}

/// P(Poisson(mean) >= n)
double poisson_at_least(int n, double mean) {
  double below = 0.0;
  for (int k = 0; k < n; ++k) below += std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
  return 1.0 - below;
}

/// P(down for at most x of a window) of what is up for exponential times of mean `up` and down for exponential ones of mean
/// `down`: at most x is used up until it has been up for window - x; before that Poisson((window - x) / up) outages began,
/// and one more with probability down / (up + down), for it may be down at first. n outages are Erlang. [Tak57]
double alternating(double up, double down, double window, double x) {
  const double mean = (window - x) / up;
  const double u = down / (up + down);
  double sum = 0.0;
  for (int n = 0; n < 80; ++n) {
    const double count = std::exp(n * std::log(mean) - mean - std::lgamma(n + 1.0));
    sum +=
        count * ((1.0 - u) * poisson_at_least(n, x / down) + u * poisson_at_least(n + 1, x / down));
  }
  return sum;
}

TEST_CASE("downtime_in_window: one external service whose outages are exponential") {
  // 100 h up and 1 h out on average, in 101 h; budget 1 h.
  Component external;
  external.name = "llm";
  external.type = ComponentType::external;
  external.external = External{1.0 / 101, 1 / 360000.0, 3600.0, false};
  test::SmallSystem small({external}, 0);
  const WindowFigures window = window_of(small, 101 * 3600.0, 3600.0);
  CHECK(
      near_relative(window.kept.value, alternating(360000.0, 3600.0, 101 * 3600.0, 3600.0), 2e-3));
  CHECK(near_relative(window.mean, 3600.0, 1e-12));
  CHECK(near_relative(alternating(360000.0, 3600.0, 101 * 3600.0, window.downtime_p99.value), 0.99,
                      1e-3));
}

TEST_CASE(
    "downtime_distribution: the share of windows is that of the closed form at every downtime") {
  // 100 h up and 1 h out on average, in 101 h.
  Component external;
  external.name = "llm";
  external.type = ComponentType::external;
  external.external = External{1.0 / 101, 1 / 360000.0, 3600.0, false};
  test::SmallSystem small({external}, 0);
  const double window = 101 * 3600.0;
  const std::vector<double> downtimes{600.0, 3600.0, 4 * 3600.0, window};
  const auto found = downtime_distribution(figures_of(small), window, downtimes);
  REQUIRE(found.size() == downtimes.size());
  for (std::size_t i = 0; i < downtimes.size(); ++i)
    CHECK(near_relative(found[i].value,
                        i == 3 ? 1.0 : alternating(360000.0, 3600.0, window, downtimes[i]), 2e-3));
  CHECK(found[1].value == window_of(small, window, 3600.0).kept.value);
}

TEST_CASE(
    "downtime_in_window: outages that are long for the window, and down for most of the time") {
  // 2 h up and 6 h out on average.
  Component external;
  external.name = "llm";
  external.type = ComponentType::external;
  external.external = External{0.75, 1 / 7200.0, 6 * 3600.0, false};
  test::SmallSystem small({external}, 0);
  for (const double budget : {1.0, 12.0, 18.0, 23.0}) {
    const WindowFigures window = window_of(small, kDay, budget * 3600.0);
    INFO(budget);
    CHECK(near_relative(window.kept.value, alternating(7200.0, 6 * 3600.0, kDay, budget * 3600.0),
                        5e-3));
  }
}

TEST_CASE("downtime_in_window: frequencies of causes and entries add up to that of outages") {
  test::SmallSystem small({test::stateless("web", 1e-5, 60.0), test::stateless("db", 1e-6, 600.0)},
                          3, 1e-7, 1200.0);
  small.place(0, {0, 1});
  small.place(1, {2});
  const ServiceFigures figures = figures_of(small);
  double sum = 0.0;
  for (const Cause& cause : figures.causes) sum += cause.frequency;
  for (const double entries : figures.entry_frequency) sum += entries;
  CHECK(near_relative(sum, figures.outage_frequency, 1e-12));
  CHECK(near_relative(window_of(small, 30 * kDay, 60.0).mean,
                      figures.unavailability.value * 30 * kDay, 1e-9));
}

TEST_CASE("downtime_in_window: a disk's outages have the law of its repair") {
  // Outages of exactly 2 h: a budget of 3 h holds one and not two, so that at most one of a Poisson number may begin.
  test::SmallSystem small({test::stateless("db", 0.0, 0.0)}, 1);
  small.system.components[0].modes.clear();
  small.system.claims = {{"disk", {{"failure", 1e-6, 7200.0, RepairLaw::fixed}}, true}};
  small.system.components[0].storage = {StorageKind::network, 0};
  small.place(0, {0});
  // Up for 30 d - 3 h in all; begun before with probability u, and then half an outage is left: with one more it
  // is within the budget in 1 of 2 cases.
  const double u = 1e-6 * 7200.0 / (1.0 + 1e-6 * 7200.0);
  const double mean = 1e-6 * (30 * kDay - 3 * 3600.0);
  const WindowFigures window = window_of(small, 30 * kDay, 3 * 3600.0);
  CHECK(near_relative(window.kept.value,
                      std::exp(-mean) * ((1.0 - u) * (1.0 + mean) + u * (1.0 + 0.5 * mean)), 3e-4));
}

TEST_CASE("downtime_in_window: what is down for good uses the budget up") {
  test::SmallSystem small({test::stateless("web", 1e-5, 60.0)}, 1);
  small.system.components[0].need = {2};
  small.place(0, {0});
  const WindowFigures window = window_of(small, kDay, kDay / 2);
  CHECK(window.kept.value == 0.0);
  CHECK(window.downtime_p99.value == kDay);
}

TEST_CASE("downtime_in_window: no outages keep every objective") {
  test::SmallSystem small({test::stateless("web", 0.0, 60.0)}, 1);
  small.system.components[0].modes.clear();
  small.place(0, {0});
  const WindowFigures window = window_of(small, kDay, 0.0);
  CHECK(window.kept.value == 1.0);
  CHECK(window.downtime_p99.value == 0.0);
}

}  // namespace
