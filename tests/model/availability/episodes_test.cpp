#include "model/availability/episodes.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "model/availability/outages.hpp"
#include "model/availability/window.hpp"
#include "model/markov/chain.hpp"
#include "model/markov/first_passage.hpp"
#include "tests/support/near.hpp"
#include "tests/support/small_systems.hpp"

namespace {

using namespace haplan;
using namespace haplan::model;
using test::near_relative;

constexpr double kHour = 3600.0;
constexpr double kDay = 24 * kHour;

/// An external service that is up and down for exponential times.
Component alternating(const char* name, double up, double down) {
  Component external;
  external.name = name;
  external.type = ComponentType::external;
  external.external = External{down / (up + down), 1.0 / up, down, false};
  return external;
}

/// A service that needs one of two.
test::SmallSystem either(const Component& a, const Component& b) {
  test::SmallSystem small({a, b}, 0);
  Requirement any;
  any.kind = Requirement::Kind::any;
  for (ComponentId c = 0; c < 2; ++c) {
    Requirement leaf;
    leaf.kind = Requirement::Kind::component;
    leaf.component = c;
    any.of.push_back(leaf);
  }
  small.system.services[0].requires_.of = {any};
  return small;
}

ServiceFigures figures_of(const test::SmallSystem& small) {
  auto found = evaluate(small.system, small.deployment);
  REQUIRE(found.has_value());
  return found->services[0];
}

/// While `vendor` is out for ten hours, `own` fails every 20 minutes for 5.
constexpr double kVendorUp = 1000 * kHour;
constexpr double kVendorDown = 10 * kHour;
constexpr double kOwnUp = 1200.0;
constexpr double kOwnDown = 300.0;

TEST_CASE("episodes: outages within one long failure are added up") {
  const auto small =
      either(alternating("vendor", kVendorUp, kVendorDown), alternating("own", kOwnUp, kOwnDown));
  const ServiceFigures figures = figures_of(small);
  REQUIRE(!figures.episodes.empty());
  CHECK(near_relative(figures.episodes.front().share, figures.unavailability.value, 1e-12));
  // A failure of the vendor passes without an outage when `own` is up at first and the vendor is back before it fails. All
  // outages within one are a geometric number of exponential times, which is an exponential time.
  const double fails = 1.0 / kOwnUp;
  const double back = 1.0 / kVendorDown;
  const double u = kOwnDown / (kOwnUp + kOwnDown);
  const double none = (1.0 - u) * back / (back + fails);
  const double often = (1.0 - none) / (kVendorUp + kVendorDown);
  const double mean = figures.unavailability.value / often;
  CHECK(mean > 15 * figures.mean_outage);
  // The grid of ages is as fine as a tenth.
  for (const DownFor& point : figures.episodes)
    if (point.share > 1e-6 * figures.unavailability.value && point.age < 5 * mean)
      CHECK(near_relative(point.share, figures.unavailability.value * std::exp(-point.age / mean),
                          5e-3));
}

TEST_CASE("episodes: a window stays free of outages as a Markov chain says") {
  const auto small =
      either(alternating("vendor", kVendorUp, kVendorDown), alternating("own", kOwnUp, kOwnDown));
  const ServiceFigures figures = figures_of(small);
  constexpr double kWindow = 30 * kDay;
  // States: bit 0 the vendor is out, bit 1 `own` is.
  const std::vector<RatedEdge> edges{{0, 1, 1 / kVendorUp}, {1, 0, 1 / kVendorDown},
                                     {2, 3, 1 / kVendorUp}, {3, 2, 1 / kVendorDown},
                                     {0, 2, 1 / kOwnUp},    {2, 0, 1 / kOwnDown},
                                     {1, 3, 1 / kOwnUp},    {3, 1, 1 / kOwnDown}};
  const auto chain = chain_of(4, edges);
  REQUIRE(chain.has_value());
  const double v = kVendorDown / (kVendorUp + kVendorDown);
  const double u = kOwnDown / (kOwnUp + kOwnDown);
  const std::vector<double> start{(1 - v) * (1 - u), v * (1 - u), (1 - v) * u, v * u};
  const auto free = not_reached_within(*chain, start, {false, false, false, true}, kWindow);
  REQUIRE(free.has_value());
  CHECK(
      near_relative(downtime_in_window(figures, kWindow, 0.0).kept.value, free->value.value, 0.02));
  // As strangers, outages would leave hardly any window free.
  ServiceFigures strangers = figures;
  strangers.episodes = figures.down_for;
  CHECK(downtime_in_window(strangers, kWindow, 0.0).kept.value < 0.1 * free->value.value);
}

TEST_CASE("episodes: outages that hardly ever come together are left as they are") {
  const auto small = either(alternating("one", 10 * kVendorUp, kVendorDown),
                            alternating("two", 10 * kVendorUp, kVendorDown));
  const ServiceFigures figures = figures_of(small);
  REQUIRE(figures.episodes.size() == figures.down_for.size());
  for (std::size_t k = 0; k < figures.episodes.size(); ++k)
    CHECK(figures.episodes[k].share == figures.down_for[k].share);
}

}  // namespace
