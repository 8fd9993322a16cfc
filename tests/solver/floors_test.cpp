#include "solver/floors.hpp"

#include <doctest/doctest.h>

#include "tests/solver/small_problem.hpp"

namespace haplan::test {

namespace {

using namespace solver;

/// What is said of one missed limit of the deployment as it is.
Floor floor_in(const Problem& problem, const std::string& field, double target,
               double actual = 0.0) {
  const auto evaluation = model::evaluate(problem.system, problem.before);
  REQUIRE(evaluation.has_value());
  return floor_of(problem, problem.before, *evaluation,
                  {.service = 0, .field = field, .target = target, .actual = actual});
}

/// A probed component whose hangs take 11 s to be seen, 30 s to be stopped and 3 s to start again; without a
/// readiness probe it is ready 1 s later.
SmallSystem hanging() {
  SmallSystem small({stateless("web", 1e-6, 60.0)}, 0);
  small.system.components[0].modes = {{"hang", 1e-6, model::Detection::liveness, std::nullopt}};
  small.system.components[0].start = 3.0;
  small.deployment.components[0].probes.liveness =
      model::Probe{.period = 5, .failure_threshold = 2};
  return small;
}

}  // namespace

TEST_CASE("floors: a recovery is the sum of its steps, and those alone too long are named") {
  const Problem problem = problem_of(hanging());
  const Floor one = floor_in(problem, "recoveryTime", 20.0);
  CHECK(one.sentence ==
        "mode hang of web takes detection 11.0 s + stop 30.0 s + start 3.00 s + readiness "
        "1.00 s; stop alone exceeds the limit");
  CHECK(one.remedy ==
        "a shorter terminationGracePeriodSeconds of web, or a process that ends on SIGTERM "
        "(ignoresSigterm: false, shutdown)");
  const Floor two = floor_in(problem, "recoveryTime", 10.0);
  CHECK(two.sentence.find("; detection or stop alone exceeds the limit") != std::string::npos);
  CHECK(two.remedy.rfind("a quicker liveness probe of web, and a shorter ", 0) == 0);
  // None alone: the longest is what to begin with.
  const Floor none = floor_in(problem, "recoveryTime", 40.0);
  CHECK(none.sentence.find("alone") == std::string::npos);
  CHECK(none.remedy.rfind("a shorter terminationGracePeriodSeconds", 0) == 0);
}

TEST_CASE("floors: a node loss says who moves, fails over or waits for the repair") {
  SmallSystem small({stateless("web", 1e-6, 60.0)}, 2, 1e-7, 7200.0);
  small.system.components[0].start = 4.0;
  small.system.components[0].movable = true;
  small.place(0, {0});
  Problem problem = problem_of(small);
  problem.before.toleration_seconds = 60;
  // 55 s until the node counts as lost, 60 s of toleration, 4 s of start, 1 s until ready.
  const Floor moved = floor_in(problem, "loss.node", 58.0);
  CHECK(moved.sentence ==
        "losing n1 moves web: node detection 55.0 s + tolerationSeconds 60.0 s + start 4.00 s + "
        "readiness 1.00 s; tolerationSeconds alone exceeds the limit");
  CHECK(moved.remedy == "enough replicas of web on other nodes");
  problem.system.components[0].movable = false;
  CHECK(floor_in(problem, "loss.node", 58.0).sentence ==
        "losing n1 takes web away until the node is repaired (2.00 h on average)");
  problem.system.nodes[0].modes.clear();
  CHECK(floor_in(problem, "loss.node", 58.0).sentence ==
        "losing n1 takes web away until the node is repaired, of which the spec gives no time");
}

TEST_CASE("floors: a failover is said with its worst time") {
  SmallSystem small({stateless("db", 1e-6, 60.0)}, 2, 1e-7, 7200.0);
  small.system.components[0].type = model::ComponentType::primary_replica;
  small.system.components[0].failover = model::Failover{.controller = model::Controller::patroni};
  small.place(0, {0, 1});
  // Patroni's defaults: ttl 30 + loopWait 10 + 10 s.
  const Floor floor = floor_in(problem_of(small), "loss.node", 30.0);
  CHECK(floor.sentence ==
        "losing n1 makes db fail over, at worst in 50.0 s with the quickest settings");
  CHECK(floor.remedy == "quicker settings or another controller for the failover of db");
}

TEST_CASE("floors: service times tell whether the load or the code is too slow") {
  SmallSystem small({stateless("a", 1e-6, 60.0), stateless("b", 1e-6, 60.0)}, 0);
  small.system.components[0].service_time = model::Rational{1, 10};
  small.system.components[1].service_time = model::Rational{3, 10};
  const Problem problem = problem_of(small);
  const Floor code = floor_in(problem, "responseTime", 0.35);
  CHECK(code.sentence == "the service times on the path alone are b 300 ms + a 100 ms");
  CHECK(code.remedy == "a shorter serviceTime of b");
  const Floor load = floor_in(problem, "responseTime", 0.5);
  CHECK(load.sentence ==
        "service times without any waiting are 400 ms (b 300 ms + a 100 ms); the rest is waiting "
        "for busy replicas");
}

TEST_CASE("floors: lost data is the lag of the replication that a failover loses") {
  SmallSystem small({stateless("db", 1e-6, 60.0)}, 0);
  small.system.components[0].type = model::ComponentType::primary_replica;
  small.system.components[0].replication = model::Replication{.lag = 5.0};
  const Floor floor = floor_in(problem_of(small), "dataLoss", 1.0, 5.0);
  CHECK(floor.sentence ==
        "db replicates asynchronously with a lag of 5.00 s, which a failover loses");
  CHECK(floor.remedy == "replication of db with mode sync, or a lag of at most 1.00 s");
  small.system.components[0].replication->mode = model::Replication::Mode::sync;
  CHECK(floor_in(problem_of(small), "dataLoss", 1.0, 5.0).sentence.empty());
}

TEST_CASE("floors: errors come from outages or from replicas that traffic does not avoid yet") {
  // Two replicas, each out 1e-4 of the time: 1e-8 together, against 1e-4 of requests on the way.
  SmallSystem small({stateless("web", 1e-4 / 60.0, 60.0)}, 0);
  small.deployment.components[0].replicas = 2;
  const Floor windows = floor_in(problem_of(small), "errorRate", 1e-6, 1e-4);
  CHECK(windows.sentence.rfind("requests to replicas that traffic does not avoid yet 0.010 %", 0) ==
        0);
  CHECK(windows.sentence.find("(most of it web: ") != std::string::npos);
  CHECK(windows.remedy.rfind("a readiness probe of web that reacts faster", 0) == 0);
  small.deployment.components[0].replicas = 1;
  const Floor outages = floor_in(problem_of(small), "errorRate", 1e-6, 1.1e-4);
  CHECK(outages.remedy == "less downtime of all: outages are most of its failed requests");
}

TEST_CASE("floors: of availability and unknown fields there is nothing to say") {
  CHECK(floor_in(problem_of(hanging()), "availability", 1e-4).sentence.empty());
}

}  // namespace haplan::test
