#include "tests/support/referee.hpp"

#include <doctest/doctest.h>

#include "tests/support/small_systems.hpp"

using namespace haplan;

namespace {

constexpr double kDay = 86400.0;

/// Random systems seldom rest on one small term: here a replica waits for its node's loss to be noticed and tolerated.
test::RefereeCase moved_replica() {
  test::SmallSystem small({test::stateless("web", 0.0, 0.0)}, 3, 1.0 / (5 * kDay), 4 * 3600.0);
  small.system.components[0].modes.clear();
  small.system.components[0].start = 10.0;
  small.system.components[0].movable = true;
  small.place(0, {0});
  return {"a replica that moves", small.system, small.deployment};
}

/// And here nearly all failed requests are those that are sent to a node until its loss is noticed.
test::RefereeCase misled_requests() {
  test::SmallSystem small({test::stateless("web", 0.0, 0.0)}, 4, 1.0 / (5 * kDay), 600.0);
  small.system.components[0].modes.clear();
  small.system.components[0].movable = false;
  small.place(0, {0, 1, 2, 3});
  return {"requests to lost nodes", small.system, small.deployment};
}

}  // namespace

/// A quick part of what ./dev bench referee does in full.
TEST_CASE("referee: the simulator and the analytic engine agree on random systems") {
  constexpr std::uint64_t kSystems = 16;
  constexpr double kFamily = 0.999;
  std::vector<test::RefereeCase> cases{moved_replica(), misled_requests()};
  std::size_t figures = test::count_figures(cases[0]) + test::count_figures(cases[1]);
  for (std::uint64_t seed = 1; seed <= kSystems; ++seed) {
    cases.push_back(test::random_case(seed));
    figures += test::count_figures(cases.back());
  }
  model::SimulateOptions options;
  options.assumptions = model::model_semantics();
  options.confidence = test::single_confidence(kFamily, figures);
  options.precision = 0.04;
  options.events = 2'000'000;
  options.threads = 2;
  for (const test::RefereeCase& one : cases) {
    // Propagation is 1 s of 48 s.
    options.precision = one.name == cases[1].name ? 0.005 : 0.04;
    const test::RefereeResult result = test::referee(one, options);
    CAPTURE(one.name);
    CHECK(result.problem == "");
    CHECK(result.figures.size() == test::count_figures(one));
    for (const test::RefereeFigure& figure : result.figures) {
      CAPTURE(figure.service);
      CAPTURE(figure.figure);
      CAPTURE(figure.analytic.value);
      CAPTURE(figure.simulated.estimate.value);
      CAPTURE(figure.sigmas);
      CHECK(figure.agrees);
    }
  }
}
