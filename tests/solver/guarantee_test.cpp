#include "model/availability/guarantee.hpp"

#include <doctest/doctest.h>

#include "model/availability/evaluate.hpp"
#include "model/availability/worst_placement.hpp"
#include "solver/solve.hpp"
#include "tests/solver/exhaustive.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/support/near.hpp"
#include "tests/support/reference_problem.hpp"

namespace haplan::test {

TEST_CASE("guaranteed_unavailability: a tolerance bounds the interval, and the figure lies in it") {
  int narrow = 0;
  for (const std::size_t nodes : {9UL, 12UL, 20UL}) {
    const solver::Problem problem = reference_problem(nodes);
    const auto plan = solver::solve(problem, {.explain = false});
    REQUIRE(plan.has_value());
    for (int fewer = 0; fewer < 3; ++fewer) {
      CAPTURE(nodes);
      CAPTURE(fewer);
      model::Deployment deployment = plan->deployment;
      auto& some = deployment.components[static_cast<std::size_t>(fewer) + 2];
      if (fewer > 0 && some.replicas > 1) {
        --some.replicas;
        some.nodes.pop_back();
      }
      const auto exact =
          model::guaranteed_unavailability(problem.system, deployment, problem.rules);
      const auto close = model::guaranteed_unavailability(problem.system, deployment, problem.rules,
                                                          {.tolerance = 1e-4});
      REQUIRE(exact.has_value());
      REQUIRE(close.has_value());
      for (std::size_t s = 0; s < exact->size(); ++s) {
        CHECK((*close)[s].lower <= (*exact)[s].upper * (1.0 + 1e-9));
        CHECK((*close)[s].upper >= (*exact)[s].lower * (1.0 - 1e-9));
        const double own = (*exact)[s].upper - (*exact)[s].lower;  // what a search leaves as well
        CHECK((*close)[s].upper - (*close)[s].lower <= own + 1e-4 * (*close)[s].upper);
        narrow += (*close)[s].upper > (*close)[s].lower;
      }
    }
  }
  CHECK(narrow > 0);
}

TEST_CASE("guaranteed_unavailability: equals the worst of all placements of 150 random systems") {
  int compared = 0;
  int above_own = 0;
  for (std::uint64_t seed = 1; compared < 150; ++seed) {
    solver::Problem problem = random_problem(seed);
    // A middle choice of every decision, so that counts above one occur.
    for (const solver::Decision& decision : problem.decisions)
      solver::assign(problem.before, decision, decision.values[decision.values.size() / 2]);
    for (model::ComponentId c = 0; c < problem.system.components.size(); ++c)
      if (problem.placement_open[c]) solver::place_round_robin(problem.system, problem.before, c);
    const auto expected = worst_unavailability(problem.system, problem.before, problem.rules, 600);
    if (!expected) continue;
    CAPTURE(seed);
    const auto actual =
        model::guaranteed_unavailability(problem.system, problem.before, problem.rules);
    REQUIRE(actual.has_value());
    const auto own = model::evaluate(problem.system, problem.before, {.figures = false});
    REQUIRE(own.has_value());
    for (model::ServiceId s = 0; s < expected->size(); ++s) {
      CAPTURE(s);
      CHECK((*actual)[s].method == model::Method::exact);
      CHECK(near_relative((*actual)[s].value, (*expected)[s], 1e-9));
      above_own += (*actual)[s].value > own->services[s].unavailability.value * (1 + 1e-9);
    }
    ++compared;
  }
  // The comparison means something only where the scheduler's choice matters.
  CHECK(above_own > 30);
}

TEST_CASE("worst_placement: branch and bound contains the worst of all placements") {
  int compared = 0;
  int tight = 0;
  for (std::uint64_t seed = 1; compared < 150; ++seed) {
    solver::Problem problem = random_problem(seed);
    for (const solver::Decision& decision : problem.decisions)
      solver::assign(problem.before, decision, decision.values.back());
    for (model::ComponentId c = 0; c < problem.system.components.size(); ++c)
      if (problem.placement_open[c]) solver::place_round_robin(problem.system, problem.before, c);
    const auto expected = worst_unavailability(problem.system, problem.before, problem.rules, 600);
    if (!expected || problem.system.nodes.empty()) continue;
    CAPTURE(seed);
    const model::LoadTable load = model::load_table(problem.system);
    const auto numbers = model::component_numbers(problem.system, problem.before);
    REQUIRE(numbers.has_value());
    const model::WorldFigures figures(problem.system, problem.before, load, *numbers);
    const model::PlacementSpace space =
        model::placement_space(problem.system, load, problem.before, problem.rules,
                               model::pinned_components(problem.system, problem.rules));
    for (const model::ServiceFunction& function : figures.functions()) {
      const model::WorstPlacement worst = model::worst_placement(
          {problem.system, problem.before, figures, space, function}, {.most_combinations = 0.0});
      const double exact = (*expected)[function.services.front()];
      if (exact == 1.0) continue;  // nothing allowed: the bound leaves capacity out
      CHECK(worst.lower <= exact * (1.0 + 1e-9));
      CHECK(worst.upper >= exact * (1.0 - 1e-9));
      tight += worst.upper <= worst.lower * (1.0 + 1e-6);
    }
    ++compared;
  }
  CHECK(tight > 50);
}

}  // namespace haplan::test
