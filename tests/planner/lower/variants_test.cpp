#include "model/system/variants.hpp"

#include <doctest/doctest.h>

#include "tests/planner/lower/support.hpp"
#include "tests/support/near.hpp"

namespace haplan::planner {

using test::lowered_spec;
using test::lowered_text;
using test::near_relative;
using test::spec_text;

namespace {

constexpr const char* kShop = R"(
  cluster:
    nodes:
      worker: {count: 4, capacity: {cpu: 8, memory: 32Gi}}
  components:
    api:
      type: stateless
      replicas: 1..3
      resources: {cpu: 500m, memory: 1Gi}
      failures: {crash: {mtbf: 30d}, hang: {mtbf: 90d, detection: manual, repair: 1h}}
      uses: {licences: 1}
      probes: {readiness: {httpGet: {path: /, port: 80}, periodSeconds: 1..5}}
      variants:
        small-10: {resources: {cpu: 250m}, failures: {hang: null}}
        small-2:
          replicas: 4
          failures: {crash: {rate: 2/year}}
          probes: {readiness: {periodSeconds: 7}}
          uses: {licences: 2.5}
        fixed: {availability: 99%}
    payments: {type: external, availability: 99.9%, variants: {gold: {availability: 99.99%}, silver: {mtbf: 10d, repair: 1h}}}
  services:
    site: {requires: [api, payments]}
)";

constexpr const char* kMixed = R"(
  components:
    api:
      type: stateless
      replicas: 2..4
      mix: true
      throughput: 10/s
      probes: {readiness: {httpGet: {path: /, port: 80}, periodSeconds: 1..2}}
      variants:
        a: {availability: 90%}
        b: {availability: 95%, replicas: 1..2}
  services:
    site: {requires: [api]}
)";

const model::Component& variant(const Lowered& lowered, std::size_t component, const char* name) {
  for (const model::Component& one : lowered.problem.system.components[component].variants)
    if (one.name == name) return one;
  FAIL("no such variant");
  return lowered.problem.system.components[component];
}

}  // namespace

TEST_CASE("variants: what a variant says is laid over its component, and null takes away") {
  const Lowered lowered = lowered_spec(kShop);
  const model::Component& api = lowered.problem.system.components[0];
  REQUIRE(api.variants.size() == 3);
  CHECK(api.variants[0].name == "fixed");
  CHECK(api.variants[1].name == "small-2");  // natural order
  CHECK(api.variants[2].name == "small-10");
  const model::Component& small10 = variant(lowered, 0, "small-10");
  CHECK(small10.requests.at("cpu") == 250);
  CHECK(small10.requests.at("memory") == 1073741824000);
  REQUIRE(small10.modes.size() == 1);
  CHECK(small10.modes[0].name == "crash");
  const model::Component& small2 = variant(lowered, 0, "small-2");
  REQUIRE(small2.modes.size() == 2);
  // 2 a year, of 365.25 days.
  CHECK(near_relative(small2.modes[0].rate, 2.0 / (365.25 * 86400.0), 1e-15));
  CHECK(small2.uses.at("licences") == model::Rational{5, 2});
  CHECK(small10.uses.at("licences") == model::Rational{1, 1});
  CHECK(variant(lowered, 0, "fixed").modes.empty());  // availability instead of failures
  CHECK(variant(lowered, 0, "fixed").replica_unavailability == 0.01);
  CHECK(variant(lowered, 1, "gold").external->unavailability == 0.0001);
  CHECK(near_relative(variant(lowered, 1, "silver").external->unavailability, 1.0 / 241.0, 1e-15));
}

TEST_CASE("variants: one runs, whose settings are decisions of its own or of all that have them") {
  const Lowered lowered = lowered_spec(kShop);
  const auto& problem = lowered.problem;
  REQUIRE(problem.choices.size() == 2);
  CHECK(problem.choices[0].allowed == std::vector<std::size_t>{0, 1, 2});
  CHECK(problem.choices[0].counts == std::vector<std::vector<int>>{{1, 2, 3}, {4}, {1, 2, 3}});
  CHECK(problem.choices[1].counts == std::vector<std::vector<int>>{{1}, {1}});
  REQUIRE(problem.decisions.size() == 2);
  CHECK(problem.decisions[0].path == "components.api.probes.readiness.periodSeconds");
  CHECK(problem.decisions[0].variants == std::vector<std::size_t>{0, 2});
  CHECK(problem.decisions[1].path == "components.api.replicas");
  CHECK(problem.decisions[1].variants == std::vector<std::size_t>{0, 2});
  // The first in natural order at first.
  const model::ComponentPlan& plan = problem.before.components[0];
  CHECK(model::used_variants(plan) == std::vector<std::size_t>{0});
  CHECK(plan.nodes.size() == 1);
  CHECK(plan.variants[1].probes.readiness->period == 7);
}

TEST_CASE("variants: a system is resolved to those that run, ids and dependencies kept") {
  const Lowered lowered = lowered_spec(kShop);
  model::Deployment chosen = lowered.problem.before;
  chosen.components[0].variants[0].replicas = 0;
  chosen.components[0].variants[1].replicas = 4;
  chosen.components[0].nodes = {0, 1, 2, 3};
  const model::Resolved plain = model::resolve(lowered.problem.system, chosen);
  CHECK_FALSE(model::has_variants(plain.system));
  CHECK(plain.system.components[0].name == "api");
  CHECK(plain.system.components[0].variant == "small-2");
  CHECK(plain.system.components[1].variant == "gold");
  CHECK(plain.deployment.components[0].replicas == 4);
  CHECK(plain.deployment.components[0].nodes.size() == 4);
  CHECK(plain.deployment.components[0].probes.readiness->period == 7);
}

TEST_CASE("variants: a decision is assigned to the variants that it is of") {
  const Lowered lowered = lowered_spec(kShop);
  model::Deployment deployment = lowered.problem.before;
  const auto& decisions = lowered.problem.decisions;
  solver::assign(deployment, decisions[0], 3.0);
  CHECK(deployment.components[0].variants[0].probes.readiness->period == 3);
  CHECK(deployment.components[0].variants[1].probes.readiness->period == 7);
  CHECK(deployment.components[0].variants[2].probes.readiness->period == 3);
  solver::assign(deployment, decisions[1], 2.0);
  CHECK(deployment.components[0].replicas == 2);
  CHECK(deployment.components[0].variants[0].replicas == 2);
  CHECK(deployment.components[0].variants[2].replicas == 0);  // it does not run
  CHECK(solver::assigned(deployment, decisions[1]) == 2.0);
}

TEST_CASE("variants: mixed ones have numbers each and a total") {
  const Lowered lowered = lowered_spec(kMixed);
  const auto& problem = lowered.problem;
  REQUIRE(problem.choices.size() == 1);
  CHECK(problem.choices[0].totals == std::vector<int>{2, 3, 4});
  CHECK(problem.choices[0].counts == std::vector<std::vector<int>>{{0, 1, 2, 3, 4}, {0, 1, 2}});
  REQUIRE(problem.decisions.size() == 1);
  CHECK(problem.decisions[0].variants == std::vector<std::size_t>{0, 1});
  CHECK(problem.system.components[0].mix);
  CHECK(problem.before.components[0].replicas == 2);
  CHECK(problem.before.components[0].variants[0].replicas == 2);
}

TEST_CASE("variants: a plan picks one, or says how many of each mix") {
  const std::string one = std::string(kShop) + R"(
  plan:
    components:
      api: {variants: {small-10: 2}, nodes: [worker-3, worker-4]}
      payments: {variants: {silver: 1}}
)";
  const Lowered picked = lowered_spec(one);
  CHECK(picked.problem.choices.empty());
  CHECK(picked.problem.system.components[0].variant == "small-10");
  CHECK(picked.problem.system.components[1].variant == "silver");
  CHECK(picked.problem.before.components[0].replicas == 2);
  CHECK(picked.problem.before.components[0].nodes == std::vector<model::NodeId>{2, 3});
  REQUIRE(picked.problem.decisions.size() == 1);
  CHECK(picked.problem.decisions[0].path == "components.api.probes.readiness.periodSeconds");

  const Lowered mixed =
      lowered_spec(std::string(kMixed) + "  plan: {components: {api: {variants: {a: 1, b: 2}}}}\n");
  CHECK(mixed.problem.choices.empty());
  CHECK(mixed.problem.before.components[0].replicas == 3);
  CHECK(mixed.problem.before.components[0].variants[1].replicas == 2);
}

TEST_CASE("variants: a plan beyond the spec's ranges is told") {
  const auto codes = [](const std::string& body) {
    std::string all;
    for (const Diagnostic& one : lowered_text(spec_text(body)).diagnostics) all += one.code + " ";
    return all;
  };
  const std::string plan = "  plan: {components: {api: {variants: ";
  CHECK(codes(kMixed + plan + "{a: 1, b: 3}}}}\n") == "HA081 ");  // b: at most 2
  CHECK(codes(kMixed + plan + "{a: 1}}}}\n") == "HA081 ");        // at least 2 in all
  CHECK(codes(kMixed + plan + "{c: 2}}}}\n") == "HA081 ");
  CHECK(codes(kShop + plan + "{small-2: 3}}}}\n") == "HA081 ");  // exactly 4
  CHECK(codes(kShop + plan + "{fixed: 1, small-2: 4}}}}\n") == "HA081 ");
  CHECK(codes(kShop + plan + "{fixed: 0}}}}\n") == "HA081 ");
}

TEST_CASE("variants: users of a claim start with the first variants that share a node") {
  const auto pins = [](const char* web_west, const char* api_west) {
    return std::string(R"(
  cluster: {nodes: {worker: {count: 3, capacity: {cpu: 4, memory: 8Gi}}}}
  components:
    web: {type: stateless, storage: {kind: network, claim: data}, variants: {east: {pin: [worker-1]}, west: {pin: )") +
           web_west + R"(, replicas: 2..3}}}
    api: {type: stateless, storage: {kind: network, claim: data}, variants: {east: {pin: [worker-2]}, west: {pin: )" +
           api_west + R"(}}}
  services: {site: {requires: [web, api]}}
)";
  };
  // web east has worker-1 for itself; west shares worker-2 with api east.
  const Lowered lowered = lowered_spec(pins("[worker-2, worker-3]", "[worker-3]"));
  const model::Deployment& before = lowered.problem.before;
  CHECK(model::used_variants(before.components[1]) == std::vector<std::size_t>{1});
  CHECK(model::used_variants(before.components[0]) == std::vector<std::size_t>{0});
  CHECK(before.components[1].replicas == 2);  // its own least
  CHECK(before.components[1].nodes == std::vector<model::NodeId>{1, 1});
  CHECK(before.components[0].nodes == std::vector<model::NodeId>{1});
  // Either could follow the other: api, the first of the two, stays as it is. Where no two agree it is an error.
  const Lowered first = lowered_spec(pins("[worker-2]", "[worker-1]"));
  CHECK(model::used_variants(first.problem.before.components[0]) == std::vector<std::size_t>{0});
  CHECK(model::used_variants(first.problem.before.components[1]) == std::vector<std::size_t>{1});
  const auto none = lowered_text(spec_text(pins("[worker-1]", "[worker-3]")));
  REQUIRE(none.diagnostics.size() == 1);
  CHECK(none.diagnostics[0].code == "HA067");
}

TEST_CASE("variants: what only a variant that does not run uses may be limited and priced") {
  const std::string body = R"(
  prices: {cpu: 1, nvidia.com/gpu: 400}
  budgets: {licences: 2}
  components:
    api: {type: stateless, variants: {large: {resources: {nvidia.com/gpu: 1}, uses: {licences: 1}}, small: {}}}
  services:
    site: {requires: [api]}
)";
  CHECK(lowered_spec(body).problem.budgets.size() == 1);
  const Lowered small =
      lowered_spec(body + "  plan: {components: {api: {variants: {small: 1}}}}\n");
  CHECK(small.problem.budgets.size() == 1);
  CHECK(small.problem.prices.size() == 2);
  CHECK(small.problem.system.components[0].uses.empty());
}

TEST_CASE("preference: budgets, prices and the goal are read as exact decimals") {
  const Lowered lowered = lowered_spec(R"(
  objectives: {site: {}}
  minimize: [cost, replicas]
  maximize: availability
  prices: {cpu: 20.5, memoryGiB: 3, nvidia.com/gpu: 400}
  budgets: {replicas: 7, memory: 8Gi, money: 12.25}
  components:
    api: {type: stateless, resources: {nvidia.com/gpu: 1}, uses: {money: 0.1}}
  services:
    site: {requires: [api]}
)");
  const auto& problem = lowered.problem;
  CHECK(problem.maximize_availability);
  CHECK(problem.minimize ==
        std::vector<solver::Preference>{solver::Preference::cost, solver::Preference::replicas});
  CHECK(problem.prices.at("cpu") == model::Rational{41, 2});
  CHECK(problem.prices.at("memory") == model::Rational{3, 1});
  CHECK(problem.prices.at("nvidia.com/gpu") == model::Rational{400, 1});
  REQUIRE(problem.budgets.size() == 3);
  CHECK(problem.budgets[0].kind == solver::Budget::Kind::memory);
  CHECK(problem.budgets[0].limit == model::Rational{8589934592, 1});
  CHECK(problem.budgets[1].kind == solver::Budget::Kind::uses);
  CHECK(problem.budgets[1].limit == model::Rational{49, 4});
  CHECK(problem.budgets[2].kind == solver::Budget::Kind::replicas);
  REQUIRE(problem.objectives.size() == 1);
  CHECK_FALSE(problem.objectives[0].max_unavailability.has_value());
}

}  // namespace haplan::planner
