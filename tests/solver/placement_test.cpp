#include "solver/placement.hpp"

#include <algorithm>
#include <doctest/doctest.h>

#include "model/availability/evaluate.hpp"
#include "model/availability/headroom.hpp"
#include "solver/placement_branching.hpp"
#include "solver/placement_nested.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/solver/small_problem.hpp"
#include "tests/support/near.hpp"

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

TEST_CASE(
    "PlacementBranching: with nodes told apart by name it finds what trying every placement "
    "finds") {
  using Names = solver::PlacementBranching::Names;
  int compared = 0;
  int named = 0;
  for (std::uint64_t seed = 1; compared < 200; ++seed) {
    solver::Problem problem = random_problem(seed);
    choose(problem, seed);
    if (problem.system.nodes.empty()) continue;
    if (seed % 2 == 0) make_nodes_alike(problem, seed % 4 == 0);
    CAPTURE(seed);
    const model::LoadTable load = model::load_table(problem.system);
    const auto numbers = model::component_numbers(problem.system, problem.before);
    REQUIRE(numbers.has_value());
    const solver::PlacementRequest request{problem, load, problem.before, {}, {}, 1e6, false};
    const auto every = solver::best_placement(request);
    REQUIRE(every.has_value());
    solver::PlacementSearch search(request, *numbers, 1e6);
    const auto branched = solver::PlacementBranching(search, Names::given).run();
    CHECK(branched.complete);
    REQUIRE(every->best.has_value() == branched.best.has_value());
    ++compared;
    named += problem.system.drain.has_value();
    if (every->best) CHECK(*every->best == *branched.best);
  }
  CHECK(named > 50);
}

TEST_CASE("best_placement: any acceptable placement, where one is enough") {
  int found = 0;
  int none = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    solver::Problem problem = random_problem(seed);
    choose(problem, seed);
    if (problem.system.nodes.empty()) continue;
    CAPTURE(seed);
    const model::LoadTable load = model::load_table(problem.system);
    // Something that not every placement has.
    const model::NodeId wanted = seed % problem.system.nodes.size();
    const auto acceptable = [&](const model::Deployment& plan) {
      return std::ranges::any_of(plan.components, [&](const model::ComponentPlan& component) {
        return !component.nodes.empty() && component.nodes.front() == wanted;
      });
    };
    for (const double combinations : {0.0, 1e6}) {
      solver::PlacementRequest request{problem, load,         problem.before, acceptable,
                                       {},      combinations, false};
      const auto best = solver::best_placement(request);
      request.any = true;
      const auto any = solver::best_placement(request);
      REQUIRE(best.has_value());
      REQUIRE(any.has_value());
      REQUIRE(any->best.has_value() == best->best.has_value());
      (any->best ? found : none) += 1;
      if (!any->best) continue;
      CHECK(acceptable(*any->best));
      CHECK(model::check_placement(problem.system, *any->best).ok);
    }
  }
  CHECK(found > 100);
  CHECK(none > 10);
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

TEST_CASE(
    "least_unavailability: no placement is below it, and where all fit one node the best is not "
    "above it") {
  int compared = 0;
  int binding = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    solver::Problem problem = random_problem(seed);
    if (problem.system.nodes.empty()) continue;
    make_nodes_alike(problem, seed % 3 == 0);
    choose(problem, seed);
    CAPTURE(seed);
    const auto sum_of = [&](const solver::Problem& what) -> std::optional<double> {
      const model::LoadTable load = model::load_table(what.system);
      const auto every = solver::best_placement({what, load, what.before, {}, {}, 1e6, false});
      if (!every || !every->best) return std::nullopt;
      const auto evaluation = model::evaluate(what.system, *every->best, {.figures = false});
      double sum = 0.0;
      for (const solver::Objective& objective : what.objectives)
        sum += evaluation->services[objective.service].unavailability.value;
      return sum;
    };
    const auto least = solver::least_unavailability(problem, problem.before);
    if (!least) continue;
    solver::Problem tight = problem;
    std::int64_t most = 1;
    for (const model::Component& component : tight.system.components)
      if (const auto cpu = component.requests.find("cpu"); cpu != component.requests.end())
        most = std::max(most, cpu->second);
    for (model::Node& node : tight.system.nodes) node.capacity["cpu"] = most;
    const auto same = solver::least_unavailability(tight, tight.before);
    REQUIRE(same.has_value());
    CHECK(*same == *least);
    for (model::Node& node : problem.system.nodes) node.capacity.clear();
    CHECK(near_relative(*sum_of(problem), *least, 1e-12));
    const auto held = sum_of(tight);
    if (!held) continue;
    CHECK(*held >= *least * (1.0 - 1e-12));
    ++compared;
    binding += *held > *least * (1.0 + 1e-9);
  }
  CHECK(compared > 50);
  CHECK(binding > 10);
}

TEST_CASE(
    "best_placement: without room for everything on one node, what a lost node takes down stays "
    "together") {
  // By name six pairs come before ten of one replica, for which one node suffices; the first way down fills it with the pairs.
  constexpr model::ComponentId kPairs = 6;
  constexpr model::ComponentId kAll = 16;
  std::vector<model::Component> components;
  for (model::ComponentId c = 0; c < kAll; ++c)
    components.push_back(stateless(std::string(1, static_cast<char>('a' + c)), 1e-7, 60.0));
  solver::Problem problem = problem_of(SmallSystem(components, 12));
  make_nodes_alike(problem, true);
  for (model::ComponentId c = 0; c < kAll; ++c) {
    problem.before.components[c].replicas = c < kPairs ? 2 : 1;
    problem.system.components[c].spread = {.over = "zone", .max_skew = 1, .hard = true};
    problem.system.components[c].need = {1};
    problem.system.components[c].requests = {{"cpu", 1000}};
    problem.placement_open[c] = true;
    solver::place_round_robin(problem.system, problem.before, c);
  }
  for (model::Node& node : problem.system.nodes) node.capacity = {{"cpu", 10000}};
  problem.objectives.push_back({.service = 0, .max_unavailability = 0.5});
  const model::LoadTable load = model::load_table(problem.system);
  int asked = 0;
  const auto found = solver::best_placement(
      {problem, load, problem.before, {}, [&] { return ++asked > 20; }, 1.0, false});
  REQUIRE(found.has_value());
  REQUIRE(found->best.has_value());
  for (model::ComponentId c = kPairs; c < kAll; ++c)
    CHECK(found->best->components[c].nodes == found->best->components[kPairs].nodes);
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
