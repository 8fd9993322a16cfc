#include "solver/widening.hpp"

#include <doctest/doctest.h>

#include "tests/solver/small_problem.hpp"

namespace haplan::test {

namespace {

using namespace solver;
using Phrases = std::vector<std::string>;

/// a and b in series, one replica each, each out for 1 % of the time.
Problem fixed_counts(std::size_t nodes) {
  const double rate = 0.01 / (0.99 * 60.0);
  SmallSystem small({stateless("a", rate, 60.0), stateless("b", rate, 60.0)}, nodes);
  return problem_of(small);
}

}  // namespace

TEST_CASE("widening: names the fewest settings that would have to go further, and how far") {
  Problem problem = fixed_counts(0);
  // 0.01 + 0.01^2 would still be too much: both need a second replica.
  problem.objectives = {{.service = 0, .max_unavailability = 3e-4}};
  CHECK(widening(problem, {}) == Phrases{"components.a.replicas 2 (now fixed at 1)",
                                         "components.b.replicas 2 (now fixed at 1)"});
  problem.objectives[0].max_unavailability = 0.0105;  // 0.01 + 1e-4: one of them
  CHECK(widening(problem, {}).size() == 1);
  decide_replicas(problem, 0, {1, 2});
  decide_replicas(problem, 1, {1, 2});
  problem.objectives[0].max_unavailability = 1e-4;  // 0.01^3 + 0.01^2 is more
  CHECK(widening(problem, {}) ==
        Phrases{"components.a.replicas 3 (now 1 to 2)", "components.b.replicas 3 (now 1 to 2)"});
}

TEST_CASE("widening: finds a probe that is too slow") {
  Problem problem = fixed_counts(0);
  model::Component& a = problem.system.components[0];
  a.modes = {{"hang", 1e-6, model::Detection::liveness, std::nullopt}};
  problem.before.components[0].probes.liveness =
      model::Probe{.period = 10, .failure_threshold = 3, .grace = 1};
  // Seen after 31 s at worst, stopped after 1 s, ready after 1 s; with a threshold of 1 after 11 s.
  problem.objectives = {{.service = 0, .max_recovery_time = 13.0}};
  CHECK(widening(problem, {}) ==
        Phrases{"components.a.probes.liveness.failureThreshold 1 (now fixed at 3)"});
}

TEST_CASE("widening: more room where nothing else helps, and nothing where nothing does") {
  Problem problem = fixed_counts(1);
  for (model::Component& component : problem.system.components) {
    component.requests = {{"cpu", 1000}};
    component.spread.hard = false;
  }
  problem.system.nodes[0].capacity = {{"cpu", 2000}};
  problem.objectives = {{.service = 0, .max_unavailability = 3e-4}};
  CHECK(widening(problem, {}) == Phrases{"components.a.replicas 2 (now fixed at 1)",
                                         "components.b.replicas 2 (now fixed at 1)",
                                         "more room on the nodes, for a 2, b 2"});
  problem.objectives[0].max_unavailability = 1e-12;
  CHECK(widening(problem, {}).empty());
}

TEST_CASE("widening: nodes that are given are those of the replicas that are given, not of more") {
  Problem problem = fixed_counts(4);
  for (model::ComponentId c : {0, 1}) {
    problem.before.components[c].nodes = {0};
    problem.placement_open[c] = false;
  }
  problem.objectives = {{.service = 0, .max_unavailability = 3e-4}};
  CHECK(widening(problem, {}) == Phrases{"components.a.replicas 2 (now fixed at 1)",
                                         "components.b.replicas 2 (now fixed at 1)"});
}

}  // namespace haplan::test
