#include "solver/front.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <map>

#include "model/system/load.hpp"
#include "tests/solver/exhaustive.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

using namespace solver;

namespace {

/// Every choice of every decision.
std::vector<model::Deployment> every_choice(const Problem& problem) {
  std::vector<model::Deployment> all{problem.before};
  for (const Decision& decision : problem.decisions) {
    std::vector<model::Deployment> longer;
    for (const model::Deployment& base : all)
      for (const double value : decision.values) {
        longer.push_back(base);
        assign(longer.back(), decision, value);
      }
    all = std::move(longer);
  }
  return all;
}

/// The largest margin of each number of replicas, by trying everything; nullopt: too many.
/// Of problems whose only objectives are availabilities that no pinned placement decides.
std::optional<std::map<int, double>> front_by_trying(const Problem& problem) {
  const model::LoadTable load = model::load_table(problem.system);
  std::map<int, double> best;
  for (const model::Deployment& choice : every_choice(problem)) {
    int peak = 0;
    bool valid = true;
    for (model::LevelId l = 0; l < problem.system.levels.size(); ++l) {
      int sum = 0;
      for (model::ComponentId c = 0; c < choice.components.size(); ++c) {
        const auto& plan = choice.components[c];
        valid = valid && (!plan.autoscale || plan.autoscale->min <= plan.autoscale->max);
        if (valid && problem.system.components[c].replicated())
          sum += model::replicas_at(problem.system, load, plan, c, l);
      }
      peak = std::max(peak, sum);
    }
    if (!valid) continue;
    const std::vector<model::CarriedRules> all_rules(problem.system.components.size());
    const auto own = every_placement(problem.system, choice, all_rules,
                                     std::vector<bool>(all_rules.size(), false), 500);
    if (!own) return std::nullopt;
    if (own->empty()) continue;
    const auto worst = worst_unavailability(problem.system, choice, problem.rules, 500);
    if (!worst) return std::nullopt;
    double margin = 1e300;
    for (const Objective& objective : problem.objectives)
      margin = std::min(margin, *objective.max_unavailability / (*worst)[objective.service]);
    best[peak] = std::max(best[peak], margin);
  }
  return best;
}

}  // namespace

TEST_CASE("front: equals the front found by trying every choice of 40 random problems") {
  int compared = 0;
  int points = 0;
  for (std::uint64_t seed = 1; compared < 40 && seed < 2000; ++seed) {
    Problem problem = random_problem(seed);
    for (auto& component : problem.system.components) component.pinned = false;
    std::erase_if(problem.objectives,
                  [](const Objective& o) { return !o.max_unavailability.has_value(); });
    if (problem.objectives.empty()) continue;
    for (Objective& o : problem.objectives) {
      Objective only;
      only.service = o.service;
      only.max_unavailability = o.max_unavailability;
      o = only;
    }
    if (std::ranges::count(problem.placement_open, false) > 0 || every_choice(problem).size() > 150)
      continue;
    const auto expected = front_by_trying(problem);
    if (!expected) continue;
    CAPTURE(seed);
    std::vector<std::size_t> told;  // points there were before each search
    const auto front = availability_front(
        problem, {}, [&told](const Front& known) { told.push_back(known.points.size()); });
    REQUIRE(front.has_value());
    REQUIRE_FALSE(told.empty());
    CHECK(told.front() == 0);
    CHECK(std::ranges::is_sorted(told));
    CHECK(told.back() >= front->points.size() - 1);
    ++compared;
    CHECK(front->complete);
    // More replicas count only when they buy something.
    std::vector<std::pair<int, double>> steps;
    for (const auto& [peak, margin] : *expected)
      if (steps.empty() || margin > steps.back().second * (1.0 + 3.0 * kStep))
        steps.emplace_back(peak, margin);
    REQUIRE(front->points.size() == steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
      CHECK(front->points[i].proved);
      CHECK(front->points[i].rank.peak == steps[i].first);
      CHECK(near_relative(front->points[i].margin, steps[i].second, 3.0 * kStep));
    }
    points += static_cast<int>(steps.size());
  }
  CHECK(compared == 40);
  CHECK(points > 70);
}

TEST_CASE("front: the first point with a margin of one has the replicas of the best plan") {
  int compared = 0;
  for (std::uint64_t seed = 1; compared < 25; ++seed) {
    const Problem problem = random_problem(seed);
    bool asks = false;
    for (const Objective& o : problem.objectives)
      asks = asks || (o.max_unavailability && !o.max_window_miss);
    if (!asks) continue;
    const auto outcome = solve(problem, {.explain = false});
    REQUIRE(outcome.has_value());
    if (outcome->status != Status::optimal) continue;
    CAPTURE(seed);
    const auto front = availability_front(problem);
    REQUIRE(front.has_value());
    if (!front->complete) continue;
    const auto target = std::ranges::find_if(
        front->points, [](const FrontPoint& point) { return point.margin >= 1.0 - 1e-12; });
    REQUIRE(target != front->points.end());
    CHECK(target->rank.peak == outcome->criteria.peak_replicas);
    ++compared;
  }
}

}  // namespace haplan::test
