#include <algorithm>
#include <doctest/doctest.h>
#include <map>
#include <string>

#include "model/system/load.hpp"
#include "model/system/variants.hpp"
#include "solver/near.hpp"
#include "solver/placement.hpp"
#include "solver/spending.hpp"
#include "tests/solver/exhaustive.hpp"
#include "tests/solver/goal_figures.hpp"
#include "tests/solver/random_goals.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

using namespace model;
using solver::Problem;

/// By the definition: another variant, every decision with another value, every replica that needs another node.
int changes_by_hand(const Problem& plain, const Deployment& running, std::size_t before,
                    const Deployment& plan, std::size_t after) {
  int changes = before == after ? 0 : 1;
  for (const solver::Decision& decision : plain.decisions)
    changes += solver::assigned(running, decision) == solver::assigned(plan, decision) ? 0 : 1;
  for (ComponentId c = 0; c < plan.components.size(); ++c) {
    std::map<NodeId, int> left;
    for (const NodeId node : running.components[c].nodes) ++left[node];
    int kept = 0;
    for (const NodeId node : plan.components[c].nodes) kept += left[node]-- > 0 ? 1 : 0;
    changes += static_cast<int>(
                   std::min(running.components[c].nodes.size(), plan.components[c].nodes.size())) -
               kept;
  }
  return changes;
}

/// What comes before changes, and they: the goal, and of replicas alone what they request.
std::vector<double> near_goal(const Problem& problem, const Spent& spent, double worst,
                              int changes) {
  std::vector<double> goal;
  if (problem.maximize_availability) goal.push_back(worst);
  for (const solver::Preference what : problem.minimize)
    if (what == solver::Preference::cost)
      goal.insert(goal.end(), {spent.cost, spent.mean_cost});
    else
      goal.insert(goal.end(), {spent.replicas, spent.mean_replicas});
  if (problem.minimize == std::vector{solver::Preference::replicas})
    goal.insert(goal.end(), {spent.busiest_cpu, spent.busiest_memory});
  goal.push_back(changes);
  return goal;
}

/// Something that runs: every decision somewhere in its range, nodes where the first placement that fits has them.
std::optional<Deployment> something_running(const Problem& plain, std::uint64_t seed) {
  Deployment running = plain.before;
  for (const solver::Decision& decision : plain.decisions)
    solver::assign(running, decision,
                   decision.values[(seed / 7 + decision.path.size()) % decision.values.size()]);
  for (const ComponentPlan& plan : running.components)
    if (plan.autoscale && plan.autoscale->min > plan.autoscale->max) return std::nullopt;
  return solver::any_placement(plain, load_table(plain.system), running);
}

}  // namespace

TEST_CASE("near: variants, budgets, cost and most availability equal exhaustive search") {
  constexpr std::size_t kLimit = 400;
  constexpr int kProblems = 120;
  int compared = 0;
  int found = 0;
  int other_variant = 0;
  int maximised = 0;
  int unproved = 0;
  for (std::uint64_t seed = 1; compared < kProblems; ++seed) {
    const auto choosing = random_goals(seed);
    if (!choosing) continue;
    CAPTURE(seed);
    const Problem& open = choosing->open;
    const std::size_t runs = seed % 2;
    const auto running = something_running(choosing->plain[runs], seed);
    if (!running) continue;
    const int most = static_cast<int>(seed / 2 % 4);
    std::optional<std::vector<double>> expected;
    bool small = true;
    for (std::size_t v = 0; small && v < 2; ++v) {
      const auto plans = every_plan(choosing->plain[v], kLimit);
      small = plans.has_value();
      for (std::size_t i = 0; small && i < plans->size(); ++i) {
        const FeasiblePlan& plan = (*plans)[i];
        const int changes = changes_by_hand(choosing->plain[v], *running, runs, plan.deployment, v);
        const Spent spent = spent_by(choosing->plain[v], plan.deployment);
        if (changes > most || !keeps_budgets(open, spent)) continue;
        auto goal = near_goal(open, spent, worst_of(open, plan.worst), changes);
        if (!expected || before(goal, *expected)) expected = std::move(goal);
      }
    }
    if (!small) continue;
    ++compared;
    const Deployment start = solver::in_variants(open, {runs}, *running);
    const auto actual = solver::solve_near(open, start, most);
    REQUIRE(actual.has_value());
    if (!expected) {
      CHECK(actual->status == solver::Status::infeasible);
      CHECK(actual->infeasibility.has_value());
      continue;
    }
    ++found;
    if (actual->status != solver::Status::optimal) {
      ++unproved;
      continue;
    }
    const std::size_t used =
        used_variants(actual->deployment.components[open.choices[0].component]).front();
    const Problem& plain = choosing->plain[used];
    const Deployment chosen = resolve(open.system, actual->deployment).deployment;
    const int changes = changes_by_hand(plain, *running, runs, chosen, used);
    CHECK(changes <= most);
    CHECK(solver::changes_between(open, start, actual->deployment).size() ==
          static_cast<std::size_t>(changes));
    const auto judged = worst_unavailability(plain.system, chosen, plain.rules, 10 * kLimit);
    REQUIRE(judged.has_value());
    const Spent spent = spent_by(plain, chosen);
    CHECK(keeps_budgets(open, spent));
    const auto goal = near_goal(open, spent, worst_of(open, *judged), changes);
    for (std::size_t i = 0; i < goal.size(); ++i) {
      CAPTURE(i);
      CHECK(near_relative(goal[i], (*expected)[i], 1e-9));
    }
    other_variant += used == runs ? 0 : 1;
    maximised += open.maximize_availability ? 1 : 0;
  }
  CHECK(other_variant > 5);
  CHECK(maximised > 5);
  CHECK(found > 40);
  CHECK(unproved < 3);
}

}  // namespace haplan::test
