#include <doctest/doctest.h>

#include "planner/lower/apply.hpp"
#include "tests/planner/lower/support.hpp"
#include "tests/support/near.hpp"

namespace haplan::planner {

using test::lowered_spec;
using test::near_relative;

namespace {

constexpr const char* kPool = R"(
  cluster:
    nodes:
      worker: {count: 12, capacity: {cpu: 8, memory: 32Gi}}
  components:
    api: {type: stateless, replicas: 2}
    web: {type: stateless, dependsOn: [api]}
  services:
    site: {requires: [web]}
)";

}  // namespace

TEST_CASE("lower: nodes of a pool stand in natural name order") {
  const Lowered lowered = lowered_spec(kPool);
  const auto& nodes = lowered.problem.system.nodes;
  REQUIRE(nodes.size() == 12);
  CHECK(nodes[1].name == "worker-2");
  CHECK(nodes[9].name == "worker-10");
  CHECK(nodes[11].name == "worker-12");
  CHECK(nodes[0].pool == "worker");
  // 8 CPUs in millicores; 32 Gi = 32 * 2^30 bytes in thousandths.
  CHECK(nodes[0].capacity.at("cpu") == 8000);
  CHECK(nodes[0].capacity.at("memory") == 34359738368000);
}

TEST_CASE("lower: what is not given has the defaults of the language") {
  const Lowered lowered = lowered_spec(kPool);
  const auto& problem = lowered.problem;
  CHECK(problem.before.toleration_seconds == 300);
  CHECK(problem.system.node_detection.mean == 47.4);
  CHECK(problem.system.node_detection.worst == 55.0);
  CHECK(problem.system.propagation == 1.0);
  REQUIRE(problem.system.levels.size() == 1);
  CHECK(problem.system.levels[0].share == 1.0);
  const model::Component& api = problem.system.components[0];
  CHECK(api.name == "api");
  CHECK(api.grace == 30.0);
  CHECK(api.max_utilization == model::Rational{9, 10});
  CHECK(api.movable);
  CHECK(api.spread.over == "node");
  CHECK(api.spread.hard);
  CHECK(api.allowed.size() == 12);
  CHECK_FALSE(api.pinned);
  CHECK(lowered.extras[0].workload == "Deployment");
  CHECK(problem.before.components[0].nodes == std::vector<model::NodeId>{0, 1});
  CHECK(problem.before.components[1].nodes == std::vector<model::NodeId>{0});
}

TEST_CASE("lower: a pool lies in its domains in turn, and pin minus forbid is what is allowed") {
  const Lowered lowered = lowered_spec(R"(
  cluster:
    domains:
      region: {level: region}
      zone-a: {level: zone, in: region}
      zone-b: {level: zone, in: region, state: down}
    nodes:
      edge: {}
      worker: {count: 4, in: [zone-a, zone-b]}
  components:
    web: {type: stateless, replicas: 3, pin: [region], forbid: [worker-3]}
  services:
    site: {requires: [web]}
)");
  const auto& system = lowered.problem.system;
  // edge, worker-1 .. worker-4; zone-a has worker-1 and worker-3.
  REQUIRE(system.nodes.size() == 5);
  CHECK_FALSE(system.nodes[0].parent.has_value());
  CHECK(system.domains[*system.nodes[1].parent].name == "zone-a");
  CHECK(system.domains[*system.nodes[2].parent].name == "zone-b");
  CHECK(system.domains[*system.nodes[2].parent].down);
  CHECK(system.domains[*system.domains[*system.nodes[3].parent].parent].name == "region");
  CHECK(system.components[0].allowed == std::vector<model::NodeId>{1, 2, 4});
  CHECK(lowered.problem.before.components[0].nodes == std::vector<model::NodeId>{1, 2, 4});
}

TEST_CASE("lower: ranges become decisions in path order, and before is nearest to the default") {
  const Lowered lowered = lowered_spec(R"(
  cluster:
    nodes: {worker: {count: 3}}
    tolerationSeconds: 30..200
  components:
    api:
      type: stateless
      autoscale: {min: 2..4, max: 10, targetCPUUtilizationPercentage: 50..70}
      failures: {hang: {mtbf: 90d, detection: liveness}}
      probes:
        liveness: {httpGet: {path: /, port: 80}, periodSeconds: 1..20, failureThreshold: 4..6, terminationGracePeriodSeconds: 1..10}
    db:
      type: primary-replica
      replicas: 2..3
      failover: {controller: redis-sentinel, downAfter: {oneOf: [5s, 10s, 20s]}}
  services:
    site: {requires: [api, db]}
)");
  const auto& problem = lowered.problem;
  std::vector<std::string> paths;
  for (const auto& decision : problem.decisions) paths.push_back(decision.path);
  CHECK(paths ==
        std::vector<std::string>{"cluster.tolerationSeconds", "components.api.autoscale.min",
                                 "components.api.autoscale.targetCPUUtilizationPercentage",
                                 "components.api.probes.liveness.failureThreshold",
                                 "components.api.probes.liveness.periodSeconds",
                                 "components.api.probes.liveness.terminationGracePeriodSeconds",
                                 "components.db.failover.downAfter", "components.db.replicas"});
  CHECK(problem.before.toleration_seconds == 200);
  const auto& api = problem.before.components[0];
  CHECK(api.autoscale->min == 2);
  CHECK(api.autoscale->max == 10);
  CHECK(api.autoscale->target == 70);
  CHECK(api.probes.liveness->period == 10);
  CHECK(api.probes.liveness->failure_threshold == 4);
  CHECK(api.probes.liveness->timeout == 1);
  CHECK(api.probes.liveness->grace == 10);  // nearest to the pod's 30 s
  CHECK(problem.before.components[1].replicas == 2);
  CHECK(problem.before.components[1].failover.down_after == 20.0);
  CHECK_FALSE(problem.decisions[1].standard.has_value());
  CHECK(problem.decisions[6].values == std::vector<double>{5.0, 10.0, 20.0});
  CHECK(problem.decisions[6].standard == 30.0);
}

TEST_CASE("lower: before keeps the floors that settings have together") {
  // loopWait + 2 retryTimeout <= ttl: nearest to the defaults 30, 10 and 10 s are 25, 10 and 10 s,
  // which break it; with ttl 25 s and loopWait 10 s, retryTimeout is at most 7.5 s.
  const Lowered lowered = lowered_spec(R"(
  components:
    db:
      type: primary-replica
      replicas: 2
      failover: {controller: patroni, ttl: 20..25s, loopWait: 1..10s, retryTimeout: 5..10s}
  services:
    site: {requires: [db]}
)");
  const auto& settings = lowered.problem.before.components[0].failover;
  CHECK(settings.ttl == 25.0);
  CHECK(settings.loop_wait == 10.0);
  CHECK(settings.retry_timeout == 7.0);
}

TEST_CASE("lower: an external's failures follow from availability or from mtbf and repair") {
  const Lowered lowered = lowered_spec(R"(
  components:
    a: {type: external, availability: 99.9999999%}
    b: {type: external, mtbf: 99h, repair: 1h}
  services:
    site: {requires: [a, b]}
)");
  const auto& a = *lowered.problem.system.components[0].external;
  CHECK(a.unavailability == 1e-9);
  CHECK(a.repair == 3600.0);
  CHECK(a.repair_is_default);
  // u = rate repair / (1 + rate repair) with u = 1e-9 and repair = 3600 s.
  CHECK(near_relative(a.rate, 1e-9 / (1.0 - 1e-9) / 3600.0, 1e-14));
  const auto& b = *lowered.problem.system.components[1].external;
  CHECK(near_relative(b.unavailability, 0.01, 1e-15));
  CHECK(near_relative(b.rate, 1.0 / (99.0 * 3600.0), 1e-15));
  REQUIRE(lowered.defaults.size() == 1);
  CHECK(lowered.defaults[0].path == "components.a.repair");
}

TEST_CASE("lower: releases are a common cause of rate failureRate * exposure / every") {
  const Lowered lowered = lowered_spec(R"(
  components:
    web:
      type: stateless
      releases: {every: 7d, failureRate: 5%, restore: 5m, exposure: 25%}
      commonCause: {config: {mtbf: 1y, repair: 20m}}
  services:
    site: {requires: [web]}
)");
  const auto& causes = lowered.problem.system.components[0].common_causes;
  REQUIRE(causes.size() == 2);
  CHECK(causes[0].name == "config");
  CHECK(near_relative(causes[0].rate, 1.0 / (365.25 * 86400.0), 1e-15));
  CHECK(causes[1].name == "releases");
  CHECK(near_relative(causes[1].rate, 0.05 * 0.25 / (7.0 * 86400.0), 1e-15));
  CHECK(causes[1].outage == 300.0);
}

TEST_CASE("lower: gates keep their order, and one with a switchover has a name") {
  const Lowered lowered = lowered_spec(R"(
  components:
    a: {type: external, availability: 99%}
    b: {type: external, availability: 99%}
    llm: {type: gate, any: [b, a], switchover: 5s}
    web: {type: stateless, dependsOn: [llm, {any: [a, b], switchover: 2s}, {atLeast: {n: 1, of: [a, b]}}]}
  services:
    site: {requires: [web]}
)");
  const auto& components = lowered.problem.system.components;
  CHECK(components[2].gate.kind == model::Requirement::Kind::any);
  CHECK(components[2].gate.of[0].component == 1);
  CHECK(components[2].gate.switchover == 5.0);
  CHECK(components[2].gate.name == "llm");
  const auto& needed = components[3].depends_on;
  REQUIRE(needed.of.size() == 3);
  CHECK(needed.of[1].name == "web: any(a, b)");
  CHECK(needed.of[1].switchover == 2.0);
  CHECK(needed.of[2].kind == model::Requirement::Kind::at_least);
  CHECK(needed.of[2].n == 1);
}

TEST_CASE("lower: components that name one claim share it") {
  const Lowered lowered = lowered_spec(R"(
  cluster: {nodes: {worker: {count: 3}}}
  components:
    a: {type: stateless, pin: [worker-2, worker-3], storage: {kind: network, claim: data, failures: {disk: {mtbf: 5y, repair: 2h}}}}
    b: {type: stateless, replicas: 2, storage: {kind: network, claim: data}}
    c: {type: stateless, storage: {kind: network, claim: logs, accessMode: ReadWriteMany}}
  services:
    site: {requires: [a, b, c]}
)");
  const auto& system = lowered.problem.system;
  REQUIRE(system.claims.size() == 2);
  CHECK(system.claims[0].name == "data");
  CHECK(system.claims[0].read_write_once);
  CHECK(system.claims[0].modes.size() == 1);
  CHECK_FALSE(system.claims[1].read_write_once);
  CHECK(system.components[0].storage.claim == system.components[1].storage.claim);
  // All pods of the claim go to the first node allowed to both: worker-2.
  CHECK(lowered.problem.before.components[1].nodes == std::vector<model::NodeId>{1, 1});
}

TEST_CASE("lower: a StatefulSet and local storage do not move") {
  const Lowered lowered = lowered_spec(R"(
  components:
    a: {type: quorum}
    b: {type: stateless, workload: statefulset}
    c: {type: stateless, storage: local}
    d: {type: quorum, workload: deployment, storage: network}
    e: {type: quorum, movable: true}
  services:
    site: {requires: [a, b, c, d, e]}
)");
  const auto& components = lowered.problem.system.components;
  CHECK_FALSE(components[0].movable);
  CHECK_FALSE(components[1].movable);
  CHECK_FALSE(components[2].movable);
  CHECK(components[3].movable);
  CHECK(components[4].movable);
  CHECK(components[3].storage.reattach == 360.0);
  CHECK(lowered.extras[0].workload == "StatefulSet");
}

TEST_CASE("lower: objectives are kept as limits") {
  const Lowered lowered = lowered_spec(R"(
  objectives:
    site: {availability: 99.99%, errorRate: 0.1%, recoveryTime: 10s, responseTime: 900ms, dataLoss: 1s, window: 30d, loss: {node: 60s}}
    blog: {maxDowntime: 6m per 10h}
  components:
    web: {type: stateless}
  services:
    blog: {requires: [web]}
    site: {requires: [web]}
)");
  const auto& objectives = lowered.problem.objectives;
  REQUIRE(objectives.size() == 2);
  CHECK(objectives[0].service == 0);
  CHECK(near_relative(*objectives[0].max_unavailability, 0.01, 1e-15));  // 360 s of 36000 s
  CHECK(objectives[1].max_unavailability == 1e-4);
  CHECK(near_relative(*objectives[1].max_error_ratio, 1e-3, 1e-15));
  CHECK(objectives[1].max_recovery_time == 10.0);
  CHECK(near_relative(*objectives[1].max_response_time, 0.9, 1e-15));
  CHECK(objectives[1].max_node_loss == 60.0);
  CHECK(objectives[1].max_data_loss == 1.0);
  CHECK(objectives[1].window == 2592000.0);  // 30 d
}

TEST_CASE("lower: spec.plan fixes decisions and placement") {
  const Lowered lowered = lowered_spec(R"(
  cluster:
    nodes: {worker: {count: 4}}
    tolerationSeconds: 30..300
  components:
    db:
      type: primary-replica
      replicas: 1..3
      failover: {controller: patroni, ttl: 20..30s, retryTimeout: 5s}
    web: {type: stateless, replicas: 1..5}
  services:
    site: {requires: [web, db]}
  plan:
    cluster: {tolerationSeconds: 60}
    components:
      db: {replicas: 2, nodes: [worker-4, worker-2], failover: {ttl: 25s}}
      web: {replicas: 5}
)");
  const auto& problem = lowered.problem;
  CHECK(problem.decisions.empty());
  CHECK(problem.before.toleration_seconds == 60);
  CHECK(problem.before.components[0].failover.ttl == 25.0);
  CHECK(problem.before.components[0].nodes == std::vector<model::NodeId>{3, 1});
  CHECK_FALSE(problem.placement_open[0]);
  CHECK(problem.placement_open[1]);
  CHECK(problem.before.components[1].nodes == std::vector<model::NodeId>{0, 1, 2, 3, 0});
}

TEST_CASE("lower: a plan that says what the spec fixes already is no contradiction") {
  const std::string body = R"(
  components:
    web: {type: stateless, autoscale: {min: 1..3, max: 5}, throughput: 10/s}
  services:
    site: {requires: [web]}
  plan:
    components: {web: {autoscale: {min: 2, max: MAX, targetCPUUtilizationPercentage: 80}}}
)";
  const auto with = [&](const std::string& max) {
    std::string text = body;
    return test::spec_text(text.replace(text.find("MAX"), 3, max));
  };
  CHECK(test::lowered_text(with("5")).lowered.has_value());
  const LowerResult other = test::lowered_text(with("6"));
  REQUIRE(other.diagnostics.size() == 1);
  CHECK(other.diagnostics[0].code == "HA081");
}

TEST_CASE("lower: a plan's nodes are as many as the replicas, known and allowed") {
  const auto codes_for = [](const std::string& nodes) {
    std::vector<std::string> found;
    for (const auto& one : test::lowered_text(test::spec_text(R"(
  cluster: {nodes: {worker: {count: 3}}}
  components:
    web: {type: stateless, replicas: 2, forbid: [worker-3]}
  services:
    site: {requires: [web]}
  plan:
    components: {web: {nodes: )" + nodes + "}}\n"))
                               .diagnostics)
      found.push_back(one.code);
    return found;
  };
  CHECK(codes_for("[worker-1, worker-2]").empty());
  CHECK(codes_for("[worker-1]") == std::vector<std::string>{"HA081"});
  CHECK(codes_for("[worker-1, worker-3]") == std::vector<std::string>{"HA081"});
  CHECK(codes_for("[worker-1, worker-9]") == std::vector<std::string>{"HA052"});
}

TEST_CASE("lower: a need that follows from the load may not exceed the replicas") {
  // 100/s at 30/s per replica and 90 %: 100 / 27, so four replicas.
  const auto with = [](const std::string& most) {
    return test::lowered_text(test::spec_text(R"(
  workload: {levels: {peak: {share: 100%, rate: 100/s}}}
  components:
    web: {type: stateless, throughput: 30/s, replicas: )" +
                                              most + R"(}
  services:
    site: {requires: [web]}
)"));
  };
  CHECK(with("1..4").lowered.has_value());
  const LowerResult three = with("1..3");
  REQUIRE(three.diagnostics.size() == 1);
  CHECK(three.diagnostics[0].code == "HA059");
  CHECK(three.diagnostics[0].message.find("needs 4 replicas") != std::string::npos);
}

TEST_CASE(
    "lower: too few replicas at one of several levels is a warning, for the figures count it") {
  const LowerResult result = test::lowered_text(test::spec_text(R"(
  workload: {levels: {peak: {share: 10%, rate: 100/s}, night: {share: 90%, rate: 1/s}}}
  components:
    web: {type: stateless, throughput: 30/s, replicas: 3}
  services:
    site: {requires: [web]}
)"));
  REQUIRE(result.lowered.has_value());
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].code == "HA059");
  CHECK(result.diagnostics[0].severity == Severity::warning);
}

TEST_CASE("lower: common causes and releases also hit external services and chains") {
  const Lowered lowered = lowered_spec(R"(
  components:
    api:
      type: external
      availability: 99.9%
      releases: {every: 100s, failureRate: 10%, restore: 5s, exposure: 50%}
      commonCause: {contract: {mtbf: 1000s, repair: 7s}}
  services:
    site: {requires: [api]}
)");
  const auto& causes = lowered.problem.system.components[0].common_causes;
  REQUIRE(causes.size() == 2);
  CHECK(near_relative(causes[0].rate, 1e-3, 1e-15));
  CHECK(causes[0].outage == 7.0);
  // 10 % of releases break half of the requests' component: 0.1 * 0.5 / 100 s.
  CHECK(near_relative(causes[1].rate, 0.0005, 1e-15));
  CHECK(causes[1].outage == 5.0);
}

}  // namespace haplan::planner
