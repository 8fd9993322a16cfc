#include "solver/settings.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <limits>
#include <utility>

#include "solver/judge.hpp"
#include "tests/solver/small_problem.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

using namespace solver;

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

/// One replica with a liveness probe whose hangs take period * failureThreshold + 1 s timeout to be seen, 1 s of
/// grace, 3 s of start and, without a readiness probe, 1 s until ready: period * failureThreshold + 6 s at worst.
Problem probed(std::vector<double> periods, std::vector<double> thresholds, double target) {
  SmallSystem small({stateless("web", 1e-6, 60.0)}, 0);
  model::Component& web = small.system.components[0];
  web.modes = {{"hang", 1e-6, model::Detection::liveness, std::nullopt}};
  web.start = 3.0;
  small.deployment.components[0].probes.liveness =
      model::Probe{.period = 10, .timeout = 1, .failure_threshold = 3, .grace = 1};
  Problem problem = problem_of(small);
  Decision& threshold = decide(problem, 0, "probes.liveness.failureThreshold",
                               Setting::failure_threshold, std::move(thresholds));
  threshold.probe = ProbeKind::liveness;
  threshold.standard = 3;
  Decision& period =
      decide(problem, 0, "probes.liveness.periodSeconds", Setting::period, std::move(periods));
  period.probe = ProbeKind::liveness;
  period.standard = 10;
  problem.objectives.push_back({.service = 0, .max_recovery_time = target});
  return problem;
}

/// The search over settings at the only counts that there are.
struct Searched {
  const SolveOptions options;
  Workbench bench;
  CountVector counts;
  SettingSearch search;

  explicit Searched(const Problem& problem)
      : bench(problem, options, numbers_before(problem)),
        counts(count_vector(bench, std::vector<std::size_t>(problem.system.components.size(), 0))),
        search(bench, counts) {}
};

/// {period, failureThreshold} of the gentlest settings; empty: none.
std::vector<int> gentlest_probe(const Problem& problem, double most_checks = kUnlimited) {
  Searched searched(problem);
  const auto plan = searched.search.gentlest(most_checks);
  if (!plan) return {};
  const model::Probe& probe = *plan->deployment.components[0].probes.liveness;
  CHECK(near_relative(plan->checks, 1.0 / probe.period, 1e-12));
  return {probe.period, probe.failure_threshold};
}

using Probe = std::vector<int>;

}  // namespace

TEST_CASE("gentlest settings: fewest checks first, then the largest threshold") {
  const std::vector<double> periods{1, 2, 5, 10};
  const std::vector<double> thresholds{1, 2, 3};
  // period * threshold may be at most target - 6.
  CHECK(gentlest_probe(probed(periods, thresholds, 36.0)) == Probe{10, 3});
  CHECK(gentlest_probe(probed(periods, thresholds, 35.9)) == Probe{10, 2});
  CHECK(gentlest_probe(probed(periods, thresholds, 17.0)) == Probe{10, 1});
  CHECK(gentlest_probe(probed(periods, thresholds, 15.9)) == Probe{5, 1});
  CHECK(gentlest_probe(probed(periods, thresholds, 10.5)) == Probe{2, 2});
  CHECK(gentlest_probe(probed(periods, thresholds, 7.0)) == Probe{1, 1});
  CHECK(gentlest_probe(probed(periods, thresholds, 6.9)).empty());
}

TEST_CASE("gentlest settings: nothing where more checks would be needed than are allowed") {
  const Problem problem = probed({1, 2, 5, 10}, {1, 2, 3}, 15.9);  // 5 s: 0.2 checks a second
  CHECK(gentlest_probe(problem, 0.2) == Probe{5, 1});
  CHECK(gentlest_probe(problem, 0.19).empty());
}

TEST_CASE("gentlest settings: a controller's setting nearest to its default") {
  // Patroni: at worst ttl + loopWait + 10 s; the primary is to be back within 45 s, so ttl <= 25.
  SmallSystem small({stateless("db", 1e-6, 60.0)}, 0);
  model::Component& db = small.system.components[0];
  db.type = model::ComponentType::primary_replica;
  db.failover = model::Failover{.controller = model::Controller::patroni};
  db.modes[0].detection = model::Detection::manual;
  small.deployment.components[0].replicas = 2;
  small.deployment.components[0].failover.retry_timeout = 5.0;
  Problem problem = problem_of(small);
  Decision& ttl = decide(problem, 0, "failover.ttl", Setting::ttl,
                         {20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35});
  ttl.standard = 30;
  const auto chosen = [&problem](double limit) {
    problem.objectives = {{.service = 0, .max_primary_loss = limit}};
    Searched searched(problem);
    const auto plan = searched.search.gentlest(kUnlimited);
    return plan ? plan->deployment.components[0].failover.ttl : 0.0;
  };
  CHECK(chosen(45.0) == 25.0);
  CHECK(chosen(44.9) == 24.0);
  CHECK(chosen(40.0) == 20.0);
  CHECK(chosen(50.0) == 30.0);   // just the default
  CHECK(chosen(100.0) == 30.0);  // not the largest
  CHECK(chosen(39.9) == 0.0);
}

TEST_CASE(
    "gentlest settings: of many values of which smaller is better, the one nearest to the "
    "default") {
  // Period 10 and threshold 1: seen after 11 s, 3 s of start, 1 s until ready; 20 s leave 5 s of grace.
  Problem problem = probed({10, 20}, {1, 2}, 20.0);
  problem.decisions.clear();
  problem.before.components[0].probes.liveness->failure_threshold = 1;
  Decision& grace = decide(problem, 0, "probes.liveness.terminationGracePeriodSeconds",
                           Setting::grace, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  grace.probe = ProbeKind::liveness;
  const auto chosen = [&problem] {
    Searched searched(problem);
    const auto plan = searched.search.gentlest(kUnlimited);
    return plan ? plan->deployment.components[0].probes.liveness->grace.value_or(0) : 0;
  };
  problem.decisions[0].standard = 30;
  CHECK(chosen() == 5);
  problem.decisions[0].standard = 2;
  CHECK(chosen() == 2);
  problem.decisions[0].standard = 30;
  problem.objectives[0].max_recovery_time = 1000.0;
  CHECK(chosen() == 10);
  problem.objectives[0].max_recovery_time = 15.9;
  CHECK(chosen() == 0);
}

TEST_CASE("settings: any solution keeps every objective, and is remembered") {
  const Problem problem = probed({1, 2, 5, 10}, {1, 2, 3}, 10.5);
  Searched searched(problem);
  CHECK_FALSE(searched.search.last_found().has_value());
  const auto any = searched.search.any();
  REQUIRE(any.has_value());
  const auto& probe = *any->deployment.components[0].probes.liveness;
  CHECK(probe.period * probe.failure_threshold <= 4);
  const auto met = meets_all(problem, any->deployment);
  REQUIRE(met.has_value());
  CHECK(*met == model::Kept::yes);
  REQUIRE(searched.search.last_found().has_value());
  CHECK(searched.search.last_found()->deployment == any->deployment);
}

TEST_CASE("settings: availability is judged, whatever is sure of the rest") {
  // A hang of rate 1e-4 is out for period / 2 + 1 + 1 + 3 + 0.5 s on average: 10.5 s or 6 s, so
  // u = 1.05e-3 / (1 + 1.05e-3) or 6e-4 / (1 + 6e-4).
  Problem problem = probed({1, 10}, {1}, 1000.0);
  problem.decisions.erase(problem.decisions.begin());
  problem.before.components[0].probes.liveness->failure_threshold = 1;
  problem.system.components[0].modes[0].rate = 1e-4;
  problem.objectives = {{.service = 0, .max_unavailability = 1.05e-3}};
  CHECK(gentlest_probe(problem) == Probe{10, 1});
  problem.objectives[0].max_unavailability = 1.04e-3;
  CHECK(gentlest_probe(problem) == Probe{1, 1});
  problem.objectives[0].max_unavailability = 5.9e-4;
  CHECK(gentlest_probe(problem).empty());
}

TEST_CASE("compare: checks but for roundings, then keys one by one") {
  SettledPlan a;
  a.checks = 1.0;
  a.keys = {-3.0, 0.0, 5.0};
  SettledPlan b = a;
  CHECK(compare(a, b) == 0);
  b.checks = 1.0 + 1e-14;
  CHECK(compare(a, b) == 0);
  b.keys[2] = 4.0;
  CHECK(compare(a, b) == 1);
  b.keys[0] = -2.0;
  CHECK(compare(a, b) == -1);
  b.checks = 0.9;
  CHECK(compare(a, b) == 1);
}

}  // namespace haplan::test
