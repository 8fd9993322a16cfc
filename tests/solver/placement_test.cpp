#include "solver/placement.hpp"

#include <algorithm>
#include <doctest/doctest.h>

#include "model/availability/headroom.hpp"
#include "solver/placement_nested.hpp"
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

/// Equal nodes for all components, in two equal zones without drains or in none.
void make_nodes_alike(solver::Problem& problem, bool zoned) {
  model::System& system = problem.system;
  system.domains.clear();
  if (zoned) {
    system.drain.reset();
    for (const char* name : {"a", "b"}) {
      model::Domain& zone = system.domains.emplace_back();
      zone.name = name;
      zone.level = "zone";
      zone.modes = {{"outage", 1e-6, 3600.0}};
    }
  }
  std::vector<model::NodeId> all;
  for (model::NodeId n = 0; n < system.nodes.size(); ++n) {
    model::Node& node = system.nodes[n];
    node.modes = system.nodes.front().modes;
    node.capacity.clear();
    node.down = false;
    node.parent.reset();
    if (zoned) node.parent = n % 2;
    all.push_back(n);
  }
  for (model::Component& component : system.components) {
    if (!component.replicated()) continue;
    component.allowed = all;
    component.pinned = false;
    component.storage.claim.reset();
    component.spread = {};
    if (zoned) component.spread.over = "zone";
  }
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
        solver::best_placement({problem, load, problem.before, {}, {}, 1e6, /*argue=*/false});
    const auto bounded = solver::best_placement(
        {problem, load, problem.before, {}, {}, /*most_combinations=*/0.0, /*argue=*/false});
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

TEST_CASE("nested_placement: where it answers, it is what trying every placement finds") {
  int answered = 0;
  int drained = 0;
  int zoned = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    solver::Problem problem = random_problem(seed);
    if (problem.system.nodes.empty()) continue;
    make_nodes_alike(problem, seed % 3 == 0);
    choose(problem, seed);
    CAPTURE(seed);
    const model::LoadTable load = model::load_table(problem.system);
    const auto numbers = model::component_numbers(problem.system, problem.before);
    REQUIRE(numbers.has_value());
    const solver::PlacementRequest request{problem, load, problem.before, {}, {}, 1e6, false};
    const auto nested = solver::nested_placement(request, *numbers);
    if (!nested) continue;
    const auto every = solver::best_placement(request);
    REQUIRE(every.has_value());
    REQUIRE(every->best.has_value());
    CHECK(*every->best == *nested);
    ++answered;
    drained += problem.system.drain.has_value();
    zoned += !problem.system.domains.empty();
  }
  CHECK(answered > 60);
  CHECK(drained > 20);
  CHECK(zoned > 10);
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
