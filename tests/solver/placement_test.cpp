#include "solver/placement.hpp"

#include <algorithm>
#include <doctest/doctest.h>

#include "model/availability/headroom.hpp"
#include "tests/solver/random_problem.hpp"

namespace haplan::test {

namespace {

/// Takes a value of every decision that depends on the seed, so that counts above one occur.
void choose(solver::Problem& problem, std::uint64_t seed) {
  for (const solver::Decision& decision : problem.decisions)
    solver::assign(problem.before, decision, decision.values[seed % decision.values.size()]);
  for (model::ComponentId c = 0; c < problem.system.components.size(); ++c)
    if (problem.placement_open[c]) solver::place_round_robin(problem.system, problem.before, c);
}

}  // namespace

TEST_CASE("best_placement: branch and bound finds what trying every placement finds") {
  int compared = 0;
  int moved = 0;
  for (std::uint64_t seed = 1; compared < 200; ++seed) {
    solver::Problem problem = random_problem(seed);
    choose(problem, seed);
    if (problem.system.nodes.empty()) continue;
    CAPTURE(seed);
    const model::LoadTable load = model::load_table(problem.system);
    const auto every =
        solver::best_placement({problem, load, problem.before, {}, {}, /*most_combinations=*/1e6});
    const auto bounded =
        solver::best_placement({problem, load, problem.before, {}, {}, /*most_combinations=*/0.0});
    REQUIRE(every.has_value());
    REQUIRE(bounded.has_value());
    CHECK(bounded->complete);
    REQUIRE(every->best.has_value() == bounded->best.has_value());
    ++compared;
    if (!every->best) continue;
    CHECK(*every->best == *bounded->best);
    CHECK(model::check_placement(problem.system, *bounded->best).ok);
    moved += *bounded->best != problem.before;
  }
  CHECK(moved > 50);
}

TEST_CASE("best_placement: a condition on placements is kept") {
  int compared = 0;
  for (std::uint64_t seed = 1; compared < 40; ++seed) {
    solver::Problem problem = random_problem(seed);
    choose(problem, seed);
    if (problem.system.nodes.empty() || !problem.system.components[0].replicated()) continue;
    CAPTURE(seed);
    const model::LoadTable load = model::load_table(problem.system);
    // The first component stays off the first node it could use.
    const model::NodeId first = problem.system.components[0].allowed.front();
    const auto acceptable = [first](const model::Deployment& deployment) {
      const auto& nodes = deployment.components[0].nodes;
      return std::ranges::count(nodes, first) == 0;
    };
    const auto every = solver::best_placement({problem, load, problem.before, acceptable, {}, 1e6});
    REQUIRE(every.has_value());
    ++compared;
    if (!every->best) continue;
    CHECK(acceptable(*every->best));
  }
}

TEST_CASE("any_placement: every placement it gives passes the check, and none means none") {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    solver::Problem problem = random_problem(seed);
    choose(problem, seed);
    CAPTURE(seed);
    const model::LoadTable load = model::load_table(problem.system);
    const auto any = solver::any_placement(problem, load, problem.before);
    const auto every = solver::best_placement({problem, load, problem.before, {}, {}, 1e6});
    REQUIRE(every.has_value());
    CHECK(any.has_value() == every->best.has_value());
    if (any) CHECK(model::check_placement(problem.system, *any).ok);
  }
}

}  // namespace haplan::test
