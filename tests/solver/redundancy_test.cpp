#include "solver/redundancy.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <string>

#include "model/availability/evaluate.hpp"
#include "model/system/variants.hpp"
#include "solver/kind.hpp"
#include "solver/near.hpp"
#include "solver/preference.hpp"
#include "solver/spending.hpp"
#include "tests/solver/random_redundancy.hpp"
#include "tests/support/near.hpp"

namespace haplan::solver {

using namespace model;
using test::near_relative;

namespace {

struct Judged {
  Rank rank;
  double worst = 0.0;
  double sum = 0.0;
  bool kept = true;
};

Judged judged(const Problem& problem, const Deployment& deployment) {
  Judged judged;
  judged.rank = rank_of(problem, deployment);
  // Fewest replicas come before CPU and memory even where `minimize` names cost only.
  judged.rank.amounts.push_back(replicas_of(problem, deployment).peak);
  judged.kept = keeps_budgets(problem, deployment);
  const Resolved plain = resolve(problem.system, deployment);
  const auto evaluation = evaluate(plain.system, plain.deployment, {.figures = false});
  REQUIRE(evaluation);
  for (const Objective& objective : problem.objectives) {
    const double u = evaluation->services[objective.service].unavailability.value;
    judged.worst = std::max(judged.worst, u);
    judged.sum += u;
    if (objective.max_unavailability && !within(u, *objective.max_unavailability))
      judged.kept = false;
  }
  return judged;
}

/// The best of all deployments; none where no deployment keeps all limits.
std::optional<Judged> best_of(const Problem& problem) {
  std::vector<Judged> left;
  test::each_deployment(problem, [&](const Deployment& deployment) {
    if (Judged one = judged(problem, deployment); one.kept) left.push_back(std::move(one));
  });
  if (left.empty()) return std::nullopt;
  if (problem.maximize_availability) {
    const double least = std::ranges::min(left, {}, &Judged::worst).worst;
    std::erase_if(left, [&](const Judged& one) { return one.worst > largest_within(least); });
  }
  const Rank rank = std::ranges::min(left, [](const Judged& a, const Judged& b) {
                      return compare(a.rank, b.rank) < 0;
                    }).rank;
  std::erase_if(left, [&](const Judged& one) { return compare(one.rank, rank) != 0; });
  return std::ranges::min(left, {}, &Judged::sum);
}

}  // namespace

TEST_CASE("redundancy: agrees with evaluating every deployment of random problems") {
  int infeasible = 0;
  int tried = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const Problem problem = test::random_redundancy(seed);
    if (!is_redundancy(problem)) continue;
    ++tried;
    const auto expected = best_of(problem);
    const auto outcome = solve_redundancy(problem, {});
    REQUIRE(outcome);
    REQUIRE(*outcome);
    const Outcome& found = **outcome;
    REQUIRE(found.status == (expected ? Status::optimal : Status::infeasible));
    if (!expected) {
      ++infeasible;
      CHECK(!found.infeasibility->reason.empty());
      continue;
    }
    const Judged plan = judged(problem, found.deployment);
    CHECK(plan.kept);
    CHECK(compare(plan.rank, expected->rank) == 0);
    CHECK(near_relative(plan.sum, expected->sum, 1e-11));
    CHECK(near_relative(found.criteria.unavailability, plan.sum, 1e-11));
    if (problem.maximize_availability) {
      CHECK(near_relative(plan.worst, expected->worst, 1e-11));
      CHECK(near_relative(*found.criteria.worst_unavailability, plan.worst, 1e-11));
      CHECK(*found.bound_unavailability <= plan.worst);
      CHECK(*found.bound_unavailability >= plan.worst * (1.0 - 1e-11));
    }
  }
  CHECK(tried > 45);
  CHECK(infeasible > 5);
  CHECK(infeasible < 40);
}

TEST_CASE(
    "redundancy: without a plan, best figures, conflicts and budgets are those of enumeration") {
  int infeasible = 0;
  int richer = 0;
  int helpless = 0;
  int conflicts = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    const Problem problem = test::random_redundancy(seed);
    if (!is_redundancy(problem) || best_of(problem)) continue;
    const auto outcome = solve_redundancy(problem, {});
    REQUIRE(outcome);
    REQUIRE((*outcome)->infeasibility);
    const Infeasibility& why = *(*outcome)->infeasibility;
    ++infeasible;
    std::vector<double> least_used(problem.budgets.size(), 1e300);
    std::vector<double> best(problem.objectives.size(), 1.0);
    std::vector<std::vector<bool>> kept;  // of the deployments within the budgets: which limits
    test::each_deployment(problem, [&](const Deployment& deployment) {
      Problem free = problem;
      free.budgets.clear();
      const bool meets = judged(free, deployment).kept;
      const auto uses = budget_uses(problem, deployment);
      const auto broken = std::ranges::count(uses, false, &BudgetUse::kept);
      for (std::size_t b = 0; b < uses.size(); ++b)
        if (meets && (broken == 0 || (broken == 1 && !uses[b].kept)))
          least_used[b] = std::min(least_used[b], uses[b].used);
      if (broken > 0) return;
      const Resolved plain = resolve(problem.system, deployment);
      const auto evaluation = evaluate(plain.system, plain.deployment, {.figures = false});
      kept.emplace_back();
      for (std::size_t s = 0; s < best.size(); ++s) {
        const Objective& objective = problem.objectives[s];
        const double u = evaluation->services[objective.service].unavailability.value;
        best[s] = std::min(best[s], u);
        if (objective.max_unavailability)
          kept.back().push_back(within(u, *objective.max_unavailability));
      }
    });
    for (const Achievable& one : why.best)
      for (std::size_t s = 0; s < best.size(); ++s)
        if (problem.objectives[s].service == one.check.service)
          CHECK(near_relative(one.check.actual, best[s], 1e-9));
    if (!kept.empty()) {
      // Together they are kept by nothing, and by something without any one of them.
      const auto together = [&](std::size_t without) {
        return std::ranges::any_of(kept, [&](const std::vector<bool>& one) {
          return std::ranges::all_of(why.conflict,
                                     [&](std::size_t w) { return w == without || one[w]; });
        });
      };
      REQUIRE(!why.conflict.empty());
      CHECK(!together(1000));
      for (const std::size_t w : why.conflict) CHECK(together(w));
      conflicts += why.conflict.size() > 1 ? 1 : 0;
    }
    for (std::size_t b = 0; b < problem.budgets.size(); ++b) {
      const std::string start = "a budget of " + problem.budgets[b].name + " of ";
      const auto relief = std::ranges::find_if(why.reliefs, [&](const Relief& one) {
        return one.kind == ReliefKind::budget && one.change.starts_with(start);
      });
      CAPTURE(start);
      REQUIRE((relief != why.reliefs.end()) == (least_used[b] < 1e300));
      if (relief == why.reliefs.end()) continue;
      ++richer;
      CHECK(relief->optimal);
      const double unit = problem.budgets[b].kind == Budget::Kind::memory ? 1073741824.0 : 1.0;
      const double said = std::stod(relief->change.substr(start.size())) * unit;
      CHECK(said >= least_used[b] * (1.0 - 1e-9));
      CHECK(near_relative(said, least_used[b], 1e-5));
    }
    helpless += why.reliefs.empty() ? 1 : 0;
  }
  CHECK(infeasible > 20);
  CHECK(richer > 8);
  CHECK(helpless < infeasible);
}

TEST_CASE("redundancy: near what runs agrees with evaluating every deployment near it") {
  int tried = 0;
  int infeasible = 0;
  int changed = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    const Problem problem = test::random_redundancy(seed);
    if (!is_redundancy(problem)) continue;
    ++tried;
    std::vector<Deployment> all;
    test::each_deployment(problem,
                          [&](const Deployment& deployment) { all.push_back(deployment); });
    const Deployment running = all[seed * 7919 % all.size()];
    const int most = static_cast<int>(seed % 4);
    // By the definition: another variant, another number of replicas of what is open; of a mix each variant's number.
    const auto changes = [&](const Deployment& plan) {
      int sum = 0;
      for (ComponentId c = 0; c < plan.components.size(); ++c) {
        const ComponentPlan& from = running.components[c];
        const ComponentPlan& to = plan.components[c];
        if (problem.system.components[c].mix) {
          for (std::size_t v = 0; v < to.variants.size(); ++v)
            sum += from.variants[v].replicas != to.variants[v].replicas ? 1 : 0;
          continue;
        }
        const auto used = used_variants(to);
        sum += used_variants(from) != used ? 1 : 0;
        for (const Decision& decision : problem.decisions)
          if (decision.component == c && from.replicas != to.replicas &&
              (used.empty() || std::ranges::count(decision.variants, used.front()) > 0))
            ++sum;
      }
      return sum;
    };
    std::optional<std::pair<Judged, int>> expected;
    std::vector<std::pair<Judged, int>> left;
    for (const Deployment& deployment : all)
      if (const int n = changes(deployment); n <= most)
        if (Judged one = judged(problem, deployment); one.kept) left.emplace_back(one, n);
    if (!left.empty()) {
      double least = 1.0;
      for (const auto& [one, n] : left) least = std::min(least, one.worst);
      if (problem.maximize_availability)
        std::erase_if(left,
                      [&](const auto& one) { return one.first.worst > largest_within(least); });
      for (const auto& one : left) {
        const int c = expected ? compare(one.first.rank, expected->first.rank) : -1;
        if (c < 0 || (c == 0 && one.second < expected->second)) expected = one;
      }
    }
    const auto outcome = solve_near(problem, running, most);
    REQUIRE(outcome);
    REQUIRE(outcome->status == (expected ? Status::optimal : Status::infeasible));
    if (!expected) {
      ++infeasible;
      CHECK(!outcome->infeasibility->reason.empty());
      continue;
    }
    const Judged plan = judged(problem, outcome->deployment);
    CHECK(plan.kept);
    CHECK(compare(plan.rank, expected->first.rank) == 0);
    CHECK(changes(outcome->deployment) == expected->second);
    CHECK(changes_between(problem, running, outcome->deployment).size() ==
          static_cast<std::size_t>(expected->second));
    if (problem.maximize_availability)
      CHECK(near_relative(plan.worst, expected->first.worst, 1e-11));
    changed += expected->second > 0 ? 1 : 0;
  }
  CHECK(tried > 100);
  CHECK(infeasible > 10);
  CHECK(changed > 20);
}

TEST_CASE("redundancy: is not for problems with nodes, settings or other objectives") {
  Problem problem = test::random_redundancy(1);
  problem.budgets.push_back({.kind = Budget::Kind::replicas, .name = "replicas", .limit = {9, 1}});
  REQUIRE(is_redundancy(problem));
  Problem placed = problem;
  placed.system.nodes.emplace_back();
  CHECK(!is_redundancy(placed));
  Problem open = problem;
  open.decisions.push_back({.path = "cluster.tolerationSeconds",
                            .component = std::nullopt,
                            .setting = Setting::toleration_seconds,
                            .values = {30, 60},
                            .standard = std::nullopt});
  CHECK(!is_redundancy(open));
  Problem asked = problem;
  asked.objectives[0].max_recovery_time = 10.0;
  CHECK(!is_redundancy(asked));
}

}  // namespace haplan::solver
