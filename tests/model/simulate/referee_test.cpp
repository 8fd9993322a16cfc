#include "tests/support/referee.hpp"

#include <doctest/doctest.h>

using namespace haplan;

/// A quick part of what ./dev bench referee does in full.
TEST_CASE("referee: the simulator and the analytic engine agree on random systems") {
  constexpr std::uint64_t kSystems = 16;
  constexpr double kFamily = 0.999;
  std::vector<test::RefereeCase> cases;
  std::size_t figures = 0;
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
    const test::RefereeResult result = test::referee(one, options);
    CAPTURE(one.name);
    CHECK(result.problem == "");
    CHECK(result.figures.size() == test::count_figures(one));
    for (const test::RefereeFigure& figure : result.figures) {
      if (figure.allowance > 0.0) continue;  // of windows, which are approximations
      CAPTURE(figure.service);
      CAPTURE(figure.figure);
      CAPTURE(figure.analytic.value);
      CAPTURE(figure.simulated.estimate.value);
      CAPTURE(figure.sigmas);
      CHECK(figure.agrees);
    }
  }
}
