#include "solver/front.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <map>

#include "model/system/load.hpp"
#include "tests/solver/exhaustive.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/support/near.hpp"
#include "tests/support/reference_problem.hpp"

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

struct Tried {
  std::map<int, double> best;  ///< per size: the most that is reached
  std::optional<int> target;   ///< the least size that meets every target
};

constexpr int kPrice = 20;  ///< of a core

/// Replicas, or thousandths of cores where cost is minimised.
int size_of_one(const Problem& problem, model::ComponentId c) {
  if (problem.minimize.front() == Preference::replicas) return 1;
  const auto& requests = problem.system.components[c].requests;
  const auto found = requests.find("cpu");
  return found == requests.end() ? 0 : static_cast<int>(found->second);
}

int size_of(const Problem& problem, const FrontPoint& point) {
  if (problem.minimize.front() == Preference::replicas) return point.rank.peak;
  return static_cast<int>(std::lround(point.rank.peak_cost / kPrice * 1000.0));
}

/// The largest margin of each size, or the least availability, by trying everything; nullopt: too many.
/// Of problems whose only objectives are availabilities that no pinned placement decides.
std::optional<Tried> front_by_trying(const Problem& problem) {
  const model::LoadTable load = model::load_table(problem.system);
  Tried tried;
  std::map<int, double>& best = tried.best;
  for (const model::Deployment& choice : every_choice(problem)) {
    int peak = 0;
    bool valid = true;
    for (model::LevelId l = 0; l < problem.system.levels.size(); ++l) {
      int sum = 0;
      for (model::ComponentId c = 0; c < choice.components.size(); ++c) {
        const auto& plan = choice.components[c];
        valid = valid && (!plan.autoscale || plan.autoscale->min <= plan.autoscale->max);
        if (valid && problem.system.components[c].replicated())
          sum += model::replicas_at(problem.system, load, plan, c, l) * size_of_one(problem, c);
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
    double least = 1e300;
    for (const Objective& objective : problem.objectives) {
      margin = std::min(margin, *objective.max_unavailability / (*worst)[objective.service]);
      least = std::min(least, 1.0 / (*worst)[objective.service]);
    }
    best[peak] = std::max(best[peak], problem.maximize_availability ? least : margin);
    if (within(1.0, margin) && (!tried.target || peak < *tried.target)) tried.target = peak;
  }
  return tried;
}

}  // namespace

TEST_CASE("front: equals the front found by trying every choice of 60 random problems") {
  int compared = 0;
  int points = 0;
  int maximised = 0;
  int costly = 0;
  int counted = 0;
  for (std::uint64_t seed = 1; compared < 60 && seed < 4000; ++seed) {
    Problem problem = random_problem(seed);
    problem.maximize_availability = seed % 2 == 0;
    if (problem.maximize_availability && problem.system.services.size() < 2) continue;
    if (seed % 3 == 0) {
      problem.minimize = {Preference::cost};
      problem.prices = {{"cpu", {kPrice, 1}}};
    }
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
    // More replicas count only when they buy something.
    std::vector<std::pair<int, double>> steps;
    for (const auto& [peak, margin] : expected->best)
      if (steps.empty() || margin > steps.back().second * (1.0 + kStep))
        steps.emplace_back(peak, margin);
    // What is about as large as a step may be one or none.
    const bool unclear = std::ranges::any_of(expected->best, [&](const auto& one) {
      return std::ranges::any_of(steps, [&](const auto& step) {
        const double gap = one.second / step.second - 1.0;
        return gap > kStep / 5.0 && gap < 5.0 * kStep;
      });
    });
    if (unclear) continue;
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
    REQUIRE(front->points.size() == steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
      CHECK(front->points[i].proved);
      CHECK(size_of(problem, front->points[i]) == steps[i].first);
      CHECK(near_relative(front->points[i].reach, steps[i].second, 3.0 * kStep));
    }
    if (problem.maximize_availability) {
      ++maximised;
      REQUIRE(front->target.has_value() == expected->target.has_value());
      if (front->target) {
        CHECK(front->target->proved);
        CHECK(size_of(problem, *front->target) == *expected->target);
        CHECK(within(1.0, front->target->margin));
      }
    } else {
      CHECK(!front->target.has_value());
      const auto first = std::ranges::find_if(
          front->points, [](const FrontPoint& point) { return within(1.0, point.margin); });
      REQUIRE((first != front->points.end()) == expected->target.has_value());
      if (expected->target) CHECK(size_of(problem, *first) == *expected->target);
    }
    points += static_cast<int>(steps.size());
    (problem.minimize.front() == Preference::cost ? costly : counted) += 1;
  }
  CHECK(compared == 60);
  CHECK(points > 100);
  CHECK(maximised > 12);
  CHECK(costly > 12);
  CHECK(counted > 12);
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

TEST_CASE("front: of the reference takes little work, and what a limit leaves is its beginning") {
  const Problem problem = reference_problem();
  const auto whole = availability_front(problem);
  REQUIRE(whole.has_value());
  CHECK(whole->complete);
  CHECK(whole->points.size() == 8);
  CHECK(std::ranges::all_of(whole->points, &FrontPoint::proved));
  CHECK(whole->work < 1'200'000);
  const auto part = availability_front(problem, {.work_limit = whole->work / 4});
  REQUIRE(part.has_value());
  CHECK_FALSE(part->complete);
  CHECK_FALSE(part->unproved.empty());
  CHECK(part->points.size() > 1);
  REQUIRE(part->points.size() < whole->points.size());
  // The last may be one that others of its size beat.
  for (std::size_t i = 0; i < part->points.size(); ++i)
    CHECK(part->points[i].rank.peak == whole->points[i].rank.peak);
  for (std::size_t i = 0; i + 1 < part->points.size(); ++i) {
    CHECK(part->points[i].proved);
    CHECK(near_relative(part->points[i].reach, whole->points[i].reach, 3.0 * kStep));
  }
}

}  // namespace haplan::test
