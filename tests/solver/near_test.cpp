#include "solver/near.hpp"

#include <algorithm>
#include <doctest/doctest.h>

#include "model/availability/headroom.hpp"
#include "model/system/load.hpp"
#include "solver/judge.hpp"
#include "solver/placement.hpp"
#include "solver/spending.hpp"
#include "solver/verify/choices.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/solver/small_problem.hpp"
#include "tests/support/reference_problem.hpp"

namespace haplan::test {

using namespace solver;

namespace {

/// a and b in series, each out for 1 % of the time, one to four replicas on three nodes that never fail.
Problem series() {
  const double rate = 0.01 / (0.99 * 60.0);
  Problem problem =
      problem_of(SmallSystem({stateless("a", rate, 60.0), stateless("b", rate, 60.0)}, 3));
  decide_replicas(problem, 0, {1, 2, 3, 4});
  decide_replicas(problem, 1, {1, 2, 3, 4});
  return problem;
}

model::Deployment running(const Problem& problem, int a, int b) {
  model::Deployment deployment = problem.before;
  deployment.components[0].replicas = a;
  deployment.components[1].replicas = b;
  for (model::ComponentId c : {0U, 1U}) place_round_robin(problem.system, deployment, c);
  return deployment;
}

}  // namespace

TEST_CASE("near: as few replicas as so many changes allow, replicas where they run") {
  Problem problem = series();
  problem.objectives = {{.service = 0, .max_unavailability = 3e-4}};
  // Best of all: two of each. From 4 and 4: one change takes two of one away.
  const model::Deployment before = running(problem, 4, 4);
  const auto none = solve_near(problem, before, 0);
  REQUIRE(none.has_value());
  CHECK(none->status == Status::optimal);
  CHECK(none->deployment == before);
  const auto one = solve_near(problem, before, 1);
  REQUIRE(one.has_value());
  CHECK(one->status == Status::optimal);
  CHECK(one->criteria.peak_replicas == 6);
  CHECK(changes_between(problem, before, one->deployment).size() == 1);
  const auto two = solve_near(problem, before, 2);
  REQUIRE(two.has_value());
  CHECK(two->criteria.peak_replicas == 4);
  CHECK(changes_between(problem, before, two->deployment) ==
        std::vector<std::string>{"components.a.replicas 4 -> 2", "components.b.replicas 4 -> 2"});
  // More changes than are of use are not made.
  const auto many = solve_near(problem, before, 5);
  REQUIRE(many.has_value());
  CHECK(many->deployment == two->deployment);
}

TEST_CASE("near: says when the changes do not suffice, and how many would") {
  Problem problem = series();
  problem.objectives = {{.service = 0, .max_unavailability = 3e-4}};
  const auto outcome = solve_near(problem, running(problem, 1, 1), 1);
  REQUIRE(outcome.has_value());
  CHECK(outcome->status == Status::infeasible);
  REQUIRE(outcome->infeasibility.has_value());
  CHECK(outcome->infeasibility->reason == "no plan within 1 change meets every objective");
  CHECK(outcome->infeasibility->would_help.front() ==
        "--max-changes 2: the best plan of all has as many");
}

TEST_CASE("near: counts replicas that move, not those that come or go") {
  const Problem problem = series();
  const model::Deployment before = running(problem, 2, 2);  // nodes 0 and 1
  model::Deployment after = running(problem, 3, 1);
  CHECK(changes_between(problem, before, after).size() == 2);
  after = before;
  after.components[0].nodes = {0, 2};
  CHECK(changes_between(problem, before, after) ==
        std::vector<std::string>{"a replica of a moves from " + problem.system.nodes[1].name +
                                 " to " + problem.system.nodes[2].name});
}

TEST_CASE("near: equals trying every choice of changes of 60 random problems") {
  int compared = 0;
  int better_than_none = 0;
  int cheaper = 0;
  for (std::uint64_t seed = 1; compared < 60 && seed < 1200; ++seed) {
    Problem problem = random_problem(seed);
    if (seed % 3 == 1) problem.budgets = {{Budget::Kind::replicas, "replicas", {6, 1}}};
    if (seed % 3 == 2) {
      problem.prices = {{"cpu", {20, 1}}, {"memory", {3, 1}}};
      problem.minimize = {Preference::cost};
      if (seed % 2 == 0) problem.minimize.push_back(Preference::replicas);
    }
    if (problem.decisions.size() < 2 || problem.decisions.size() > 6) continue;
    const model::LoadTable load = model::load_table(problem.system);
    // Something that runs: the middle of every range.
    model::Deployment before = problem.before;
    for (const Decision& decision : problem.decisions)
      assign(before, decision, decision.values[decision.values.size() / 2]);
    bool valid = true;
    for (const auto& plan : before.components)
      valid = valid && (!plan.autoscale || plan.autoscale->min <= plan.autoscale->max);
    const auto placed = valid ? any_placement(problem, load, before) : std::nullopt;
    if (!placed) continue;
    before = *placed;
    constexpr int kMost = 2;
    const auto outcome = solve_near(problem, before, kMost);
    REQUIRE(outcome.has_value());
    if (outcome->status != Status::optimal && outcome->status != Status::infeasible) continue;
    CAPTURE(seed);
    ++compared;
    const Choices choices(problem);
    if (outcome->has_plan) {
      CHECK(changes_between(problem, before, outcome->deployment).size() <= kMost);
      const auto met = meets_all(problem, outcome->deployment);
      REQUIRE(met.has_value());
      CHECK(*met == model::Kept::yes);
      CHECK(keeps_budgets(problem, outcome->deployment));
    }
    // Every pair of decisions, each with every value, replicas staying as far as they can.
    std::vector<model::Deployment> all{before};
    for (std::size_t d = 0; d < problem.decisions.size(); ++d)
      for (std::size_t e = d; e < problem.decisions.size(); ++e)
        for (const double x : problem.decisions[d].values)
          for (const double y : problem.decisions[e].values) {
            all.push_back(before);
            assign(all.back(), problem.decisions[d], x);
            assign(all.back(), problem.decisions[e], y);
          }
    for (model::Deployment& trial : all) {
      bool runs = true;
      for (model::ComponentId c = 0; c < trial.components.size(); ++c) {
        auto& plan = trial.components[c];
        runs = runs && (!plan.autoscale || plan.autoscale->min <= plan.autoscale->max);
        if (!runs || !problem.system.components[c].replicated() || problem.system.nodes.empty())
          continue;
        const auto n =
            static_cast<std::size_t>(model::largest_replicas(problem.system, load, plan, c));
        // New replicas on the allowed node with the fewest.
        while (plan.nodes.size() < n)
          plan.nodes.push_back(*std::ranges::min_element(
              problem.system.components[c].allowed, {},
              [&](model::NodeId node) { return std::ranges::count(plan.nodes, node); }));
        plan.nodes.resize(n);
      }
      if (!runs || !model::check_placement(problem.system, load, trial).ok) continue;
      const auto met = meets_all(problem, trial);
      if (!met || *met != model::Kept::yes || !keeps_budgets(problem, trial)) continue;
      // A plan within the changes: what was found is at least as good.
      REQUIRE(outcome->has_plan);
      CHECK(not_before(choices.rank_of(trial), choices.rank_of(outcome->deployment),
                       problem.minimize));
    }
    const bool better = outcome->has_plan && !not_before(choices.rank_of(outcome->deployment),
                                                         choices.rank_of(before), problem.minimize);
    better_than_none += better;
    cheaper += better && problem.minimize.front() == Preference::cost;
  }
  CHECK(compared == 60);
  CHECK(cheaper > 3);
  CHECK(better_than_none > 5);
}

TEST_CASE("near: another variant is one change, and what it fixes comes with it") {
  // Two variants of a: small, one to four replicas, and large, three replicas of which each is out ten times less.
  Problem problem = series();
  problem.objectives = {{.service = 0, .max_unavailability = 2e-2}};
  auto& a = problem.system.components[0];
  a.variants = {a, a};
  a.variants[0].name = "large";
  a.variants[1].name = "small";
  for (auto& mode : a.variants[0].modes) mode.rate /= 10.0;
  auto& plan = problem.before.components[0];
  plan.variants = {plan, plan};
  plan.variants[0].replicas = 0;
  problem.decisions[0].variants = {1};
  problem.choices = {{0, {0, 1}, {{3}, {1, 2, 3, 4}}, {}}};
  const auto deployment = [&](std::size_t variant, int replicas, int b) {
    model::Deployment d = problem.before;
    d.components[0].variants[0].replicas = d.components[0].variants[1].replicas = 0;
    d.components[0].variants[variant].replicas = d.components[0].replicas = replicas;
    d.components[1].replicas = b;
    for (model::ComponentId c : {0U, 1U}) place_round_robin(problem.system, d, c);
    return d;
  };
  CHECK(changes_between(problem, deployment(1, 4, 1), deployment(0, 3, 1)) ==
        std::vector<std::string>{"components.a.variants small -> large"});
  CHECK(changes_between(problem, deployment(0, 3, 1), deployment(1, 2, 2)) ==
        std::vector<std::string>{"components.a.variants large -> small",
                                 "components.a.replicas 3 -> 2", "components.b.replicas 1 -> 2"});
  // 0.01 of b, and hardly anything of a, large or of two small ones: 3 + 1 replicas by one change, 2 + 1 by two.
  const auto one = solve_near(problem, deployment(1, 4, 1), 1);
  REQUIRE(one.has_value());
  CHECK(one->status == Status::optimal);
  CHECK(one->criteria.peak_replicas == 2);  // one small a: 0.0199 in all
  problem.objectives = {{.service = 0, .max_unavailability = 1.0e-2 + 2e-5}};
  // 0.01 of b alone leaves 2e-5 for a: three small ones have 1e-6, three large ones 1e-9; two small ones 1e-4.
  const auto strict = solve_near(problem, deployment(1, 1, 1), 1);
  REQUIRE(strict.has_value());
  CHECK(strict->status == Status::optimal);
  CHECK(strict->criteria.peak_replicas == 4);
  CHECK(changes_between(problem, deployment(1, 1, 1), strict->deployment).size() == 1);
  const auto kept = solve_near(problem, deployment(0, 3, 1), 0);
  REQUIRE(kept.has_value());
  CHECK(kept->has_plan);
  CHECK(changes_between(problem, deployment(0, 3, 1), kept->deployment).empty());
}

TEST_CASE("near: moves are made where nothing else does, one change each") {
  // Zones of one node: lost together, two replicas of a on one of them are no better than one.
  Problem problem = series();
  problem.system.components[0].requests = {{"cpu", 1000}};
  problem.system.components[1].requests = {{"cpu", 1000}};
  for (auto& node : problem.system.nodes) node.capacity = model::Resources{{"cpu", 2000}};
  problem.objectives = {{.service = 0, .max_unavailability = 3e-4}};
  // Two of each on nodes 0 and 1 fill them. A third of a goes to node 2 without a move; b as well.
  const model::Deployment before = running(problem, 2, 1);  // b alone on node 0
  const auto outcome = solve_near(problem, before, 1);
  REQUIRE(outcome.has_value());
  CHECK(outcome->status == Status::optimal);
  CHECK(outcome->criteria.peak_replicas == 4);
  CHECK(changes_between(problem, before, outcome->deployment).size() == 1);
  // A replica of a stands where it must not be any more: node 0 takes one pod now. It moves; so few have to.
  problem.system.nodes[0].capacity = model::Resources{{"cpu", 1000}};
  const auto none = solve_near(problem, running(problem, 2, 2), 0);
  REQUIRE(none.has_value());
  CHECK(none->status == Status::infeasible);
  CHECK(none->infeasibility->would_help.front() ==
        "--max-changes 1: the best plan of all has as many");
  const auto moved = solve_near(problem, running(problem, 2, 2), 1);
  REQUIRE(moved.has_value());
  CHECK(moved->status == Status::optimal);
  const auto changes = changes_between(problem, running(problem, 2, 2), moved->deployment);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].find(" moves from ") != std::string::npos);
}

TEST_CASE("near: what many settings cannot change is asked for all of them at once") {
  Problem problem = reference_problem();
  const auto best = solve(problem);
  REQUIRE(best.has_value());
  REQUIRE(best->status == Status::optimal);
  // The best plan with two replicas too many and one probe too slow, in a problem of some thirty decisions.
  model::Deployment before = best->deployment;
  std::size_t added = 0;
  for (const Decision& decision : problem.decisions) {
    if (decision.setting != Setting::replicas || added == 2) continue;
    auto& plan = before.components[*decision.component];
    if (plan.replicas >= static_cast<int>(decision.values.back())) continue;
    ++plan.replicas;
    place_round_robin(problem.system, before, *decision.component);
    ++added;
  }
  REQUIRE(added == 2);
  for (const int most : {1, 2, 3}) {
    CAPTURE(most);
    const auto near = solve_near(problem, before, most);
    REQUIRE(near.has_value());
    CHECK(near->status == Status::optimal);
    CHECK(near->criteria.peak_replicas == best->criteria.peak_replicas + std::max(0, 2 - most));
    CHECK(near->work.units < 1'500'000);
  }
}

}  // namespace haplan::test
