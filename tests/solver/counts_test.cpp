#include "solver/counts.hpp"

#include <algorithm>
#include <doctest/doctest.h>

#include "tests/solver/random_problem.hpp"
#include "tests/solver/small_problem.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

using namespace solver;

constexpr double kOutage = 60.0;

/// Rate of a replica that is out for this share of the time.
double rate_of(double unavailability) {
  return unavailability / ((1.0 - unavailability) * kOutage);
}

/// Two components in series without nodes, one to three replicas each; a asks for 100m, b for 200m.
Problem two_of_three(double a, double b) {
  SmallSystem small({stateless("a", rate_of(a), kOutage), stateless("b", rate_of(b), kOutage)}, 0);
  small.system.components[0].requests = {{"cpu", 100}};
  small.system.components[1].requests = {{"cpu", 200}};
  Problem problem = problem_of(small);
  decide_replicas(problem, 0, {1, 2, 3});
  decide_replicas(problem, 1, {1, 2, 3});
  return problem;
}

using Counts = std::vector<int>;

/// Replicas per component at the busiest level.
Counts counts_of(const Workbench& bench, const CountVector& vector) {
  Counts counts;
  for (const model::ComponentId c : bench.replicated)
    counts.push_back(bench.space.components[c].options[vector.option[c]].replicas[vector.level]);
  return counts;
}

std::vector<Counts> found(const Problem& problem, int peak) {
  const SolveOptions options;
  Workbench bench(problem, options, numbers_before(problem));
  std::vector<Counts> all;
  for (const CountVector& vector : vectors_with_peak(bench, peak)) {
    CHECK(vector.peak == peak);
    all.push_back(counts_of(bench, vector));
  }
  return all;
}

using Found = std::vector<Counts>;

}  // namespace

TEST_CASE("vectors_with_peak: lists every split of a sum, least cpu first") {
  const Problem problem = two_of_three(0.01, 0.01);
  CHECK(found(problem, 1).empty());
  CHECK(found(problem, 2) == Found{{1, 1}});
  CHECK(found(problem, 3) == Found{{2, 1}, {1, 2}});          // 400m, 500m
  CHECK(found(problem, 4) == Found{{3, 1}, {2, 2}, {1, 3}});  // 500m, 600m, 700m
  CHECK(found(problem, 6) == Found{{3, 3}});
  CHECK(found(problem, 7).empty());
}

TEST_CASE("vectors_with_peak: leaves out what no settings could save") {
  // Unavailability a^n + b^m at most 1e-3: with a = 1e-2 two replicas of a are needed, of b = 1e-6 one.
  Problem problem = two_of_three(1e-2, 1e-6);
  problem.objectives.push_back({.service = 0, .max_unavailability = 1e-3});
  CHECK(found(problem, 2).empty());
  CHECK(found(problem, 3) == Found{{2, 1}});
  CHECK(found(problem, 4) == Found{{3, 1}, {2, 2}});
  problem.objectives[0].max_unavailability = 1e-5;  // now three: 1e-6 + 1e-6
  CHECK(found(problem, 4) == Found{{3, 1}});
}

TEST_CASE("least_peak and largest_peak: the sums of the ranges' ends") {
  const Problem problem = two_of_three(0.01, 0.01);
  const SolveOptions options;
  const Workbench bench(problem, options, numbers_before(problem));
  CHECK(least_peak(bench) == 2);
  CHECK(largest_peak(bench) == 6);
}

TEST_CASE("count_vector: the busiest level, the mean over time and the requests at it") {
  // One replica takes 10/s; 40/s for a quarter of the time, 10/s else. With a target of 100 % that
  // is four replicas by day, and the minimum of two by night.
  SmallSystem small({stateless("a", 1e-6, kOutage), stateless("b", 1e-6, kOutage)}, 0);
  small.system.components[0].throughput = model::Rational{10, 1};
  small.system.components[0].requests = {{"cpu", 100}, {"memory", 7}};
  small.system.components[1].requests = {{"cpu", 1000}};
  model::Level day{"day", 0.25};
  day.rate = model::Rational{40, 1};
  model::Level night{"night", 0.75};
  night.rate = model::Rational{10, 1};
  small.system.levels = {night, day};
  small.deployment.components[0].autoscale = {2, 4, 100};
  Problem problem = problem_of(small);
  decide(problem, 0, "autoscale.min", Setting::autoscale_min, {2, 3});
  decide_replicas(problem, 1, {1, 2});
  const SolveOptions options;
  const Workbench bench(problem, options, numbers_before(problem));
  std::vector<std::size_t> first(2, 0);
  const CountVector vector = count_vector(bench, first);
  CHECK(vector.peak == 5);  // 4 + 1 by day
  CHECK(vector.level == 1);
  CHECK(near_relative(vector.mean, 0.25 * 5 + 0.75 * 3, 1e-15));
  CHECK(vector.cpu == 4 * 100 + 1000);
  CHECK(vector.memory == 4 * 7);
}

TEST_CASE("compare_rank: peak, then mean, then cpu, then memory") {
  CountVector a;
  a.peak = 5;
  a.mean = 3.0;
  a.cpu = 700;
  a.memory = 9;
  CountVector b = a;
  CHECK(same_rank(a, b));
  b.mean = 3.0 * (1.0 + 1e-14);  // a rounding
  CHECK(same_rank(a, b));
  b.memory = 8;
  CHECK(compare_rank(a, b) == 1);
  b.cpu = 701;
  CHECK(compare_rank(a, b) == -1);
  b.mean = 2.9;
  CHECK(compare_rank(a, b) == 1);
  b.peak = 6;
  CHECK(compare_rank(a, b) == -1);
}

TEST_CASE("vectors_with_peak: equals every combination of options on random problems") {
  int compared = 0;
  for (std::uint64_t seed = 1; compared < 60; ++seed) {
    Problem problem = random_problem(seed);
    problem.objectives.clear();  // nothing to exclude a vector by
    const SolveOptions options;
    Workbench bench(problem, options, numbers_before(problem));
    std::size_t combinations = 1;
    for (const model::ComponentId c : bench.replicated)
      combinations *= bench.space.components[c].options.size();
    if (combinations < 2 || combinations > 500) continue;
    CAPTURE(seed);
    std::vector<CountVector> all;
    for (std::size_t code = 0; code < combinations; ++code) {
      std::vector<std::size_t> option(problem.system.components.size(), 0);
      std::size_t rest = code;
      bool possible = true;
      for (const model::ComponentId c : bench.replicated) {
        const std::size_t size = bench.space.components[c].options.size();
        option[c] = rest % size;
        rest /= size;
        possible =
            possible && !bench.options(c, option[c], all_values(problem), false).figures.empty();
      }
      if (possible) all.push_back(count_vector(bench, option));
    }
    std::size_t listed = 0;
    for (int peak = least_peak(bench); peak <= largest_peak(bench); ++peak) {
      const auto vectors = vectors_with_peak(bench, peak);
      CHECK(std::ranges::is_sorted(vectors, [](const CountVector& a, const CountVector& b) {
        return compare_rank(a, b) < 0;
      }));
      const auto same_peak = std::ranges::count(all, peak, &CountVector::peak);
      CHECK(vectors.size() == static_cast<std::size_t>(same_peak));
      for (const CountVector& vector : vectors)
        CHECK(std::ranges::count(all, vector.option, &CountVector::option) == 1);
      listed += vectors.size();
    }
    CHECK(listed == all.size());
    ++compared;
  }
}

}  // namespace haplan::test
