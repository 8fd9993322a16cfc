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

}  // namespace haplan::test
