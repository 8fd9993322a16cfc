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
  auto found =
      downtime_in_window(small.system, small.deployment, figures_of(small), window, budget);
  REQUIRE(found.has_value());
  return *found;
}

TEST_CASE("downtime_in_window: one external service whose outages are exponential") {
  // U = 1/101, one outage per 101 h (100 h up, 1 h out): in 101 h Poisson(1) outages of mean 1 h. P(none) = 1/e and
  // P(at most t) = sum over n of e^-1 / n! * P(Erlang(n) <= t); at t = 1 h: e^-1 (1 + sum_n>=1 P(Poisson(1) >= n) / n!).
  Component external;
  external.name = "llm";
  external.type = ComponentType::external;
  external.external = External{1.0 / 101, 1 / 360000.0, 3600.0, false};
  test::SmallSystem small({external}, 0);
  const WindowFigures window = window_of(small, 101 * 3600.0, 3600.0);
  double sum = 1.0, tail = 1.0, poisson = std::exp(-1.0), factorial = 1.0;
  for (int n = 1; n < 40; ++n) {
    tail -= poisson;  // P(Poisson(1) >= n)
    poisson /= n;
    factorial *= n;
    sum += tail / factorial;
  }
  CHECK(near_relative(window.kept.value, sum / std::exp(1.0), 1e-4));
  CHECK(near_relative(window.mean, 3600.0, 1e-12));
  CHECK(window.downtime_p99.value > 3600.0);
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
  const double frequency = 1e-6 / (1.0 + 1e-6 * 7200.0);
  const double mean = frequency * 30 * kDay;
  const WindowFigures window = window_of(small, 30 * kDay, 3 * 3600.0);
  CHECK(near_relative(window.kept.value, std::exp(-mean) * (1.0 + mean), 1e-4));
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
