#include "planner/warnings.hpp"

#include <algorithm>
#include <doctest/doctest.h>

#include "tests/planner/render/sample.hpp"

using namespace haplan;

namespace {

enum Id { api, cache, claude, db, gpt, ingress, llm, plugin };

/// The sample as a system is often first deployed: one vendor, three database pods on one claim
/// without failover, single instances, slow probes, no hard spread.
planner::Plan first_deployed() {
  auto plan = test::sample_plan();
  auto& system = plan.lowered.problem.system;
  auto& chosen = plan.after->deployment;
  model::Requirement vendor;
  vendor.kind = model::Requirement::Kind::component;
  vendor.component = gpt;
  system.components[llm].gate.of = {vendor};
  system.claims = {{"postgres-pvc", {}, true}};
  system.components[db].storage = {model::StorageKind::network, 0, 360};
  system.components[db].failover = model::Failover{};
  system.components[db].failover->success = 0;
  chosen.components[db].replicas = 3;
  chosen.components[cache].replicas = 1;
  chosen.components[ingress].replicas = 1;
  for (auto& component : system.components) component.spread.hard = false;
  for (const auto id : {api, ingress, plugin})
    chosen.components[id].probes.liveness = model::Probe{};
  chosen.toleration_seconds = 300;
  plan.lowered.problem.objectives[0].max_recovery_time = 10;
  return plan;
}

bool says(const std::vector<std::string>& warnings, std::initializer_list<std::string> words) {
  return std::any_of(warnings.begin(), warnings.end(), [&](const std::string& warning) {
    return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
      return warning.find(word) != std::string::npos;
    });
  });
}

std::vector<std::string> warnings_of(const planner::Plan& plan) {
  return planner::warnings_for(plan.lowered, *plan.after);
}

}  // namespace

TEST_CASE("warnings_for: pods on one claim are one failure domain, and nothing promotes them") {
  const auto found = warnings_of(first_deployed());
  CHECK(says(found, {"3 pods of db", "postgres-pvc", "one failure domain", "one node"}));
  CHECK(says(found, {"db", "no failover controller", "add nothing"}));
}

TEST_CASE(
    "warnings_for: a placement that does not fit its nodes is impossible, whatever it yields") {
  auto plan = test::sample_plan();
  CHECK_FALSE(says(warnings_of(plan), {"impossible"}));
  for (auto& node : plan.lowered.problem.system.nodes) node.capacity["cpu"] = 1;  // 1 milli
  CHECK(says(warnings_of(plan), {"This placement is impossible", "cpu", "on paper only"}));
}

TEST_CASE("warnings_for: a start that some order of pods spoils is told") {
  auto plan = first_deployed();
  CHECK(!says(warnings_of(plan), {"The start depends on luck"}));
  plan.after->stranded_at_start = "api";
  CHECK(says(warnings_of(plan), {"The start depends on luck", "a pod of api"}));
  CHECK(!says(warnings_of(plan), {"placement: pinned"}));
  plan.after->pins_for_start = {"api", "web"};
  CHECK(
      says(warnings_of(plan), {"a pod of api finds no node", "placement: pinned for api and web"}));
}

TEST_CASE("warnings_for: StatefulSets whose pods the figures move are named") {
  auto plan = first_deployed();
  CHECK(!says(warnings_of(plan), {"deployed as a StatefulSet"}));
  plan.after->sets_that_move = {"cache"};
  CHECK(says(warnings_of(plan), {"cache is deployed as a StatefulSet", "movable: false"}));
}

TEST_CASE("warnings_for: single instances on the path are named") {
  const auto found = warnings_of(first_deployed());
  CHECK(says(found, {"Single instances", "cache", "ingress"}));
  CHECK_FALSE(says(found, {"Single instances", "plugin"}));  // it has two
  auto plan = first_deployed();
  plan.after->deployment.components[ingress].replicas = 2;
  CHECK(says(warnings_of(plan), {"Single instance on the request path: cache; each of its"}));
}

TEST_CASE("warnings_for: a single vendor is held against the budget") {
  // 1.79e-3 / 1e-4 = 17.9 budgets
  CHECK(says(warnings_of(first_deployed()),
             {"gpt-4o alone", "17.9 times the whole budget", "second vendor"}));
  CHECK_FALSE(says(warnings_of(test::sample_plan()), {"alone", "fallback"}));
}

TEST_CASE("warnings_for: replicas without a hard spread rule may share a node") {
  CHECK(says(warnings_of(first_deployed()), {"api", "may share one node", "1 - prod(1 - A)"}));
  CHECK_FALSE(says(warnings_of(test::sample_plan()), {"may share one node"}));
}

TEST_CASE("warnings_for: a hang waits for detection and for the whole grace period") {
  // P 10, F 3, T 1: 21 to 31 s, then the pod's 30 s.
  CHECK(says(warnings_of(first_deployed()), {"api", "21 to 31 s", "30 s of grace period",
                                             "longer than the target", "recovery within 10.0 s"}));
  CHECK_FALSE(says(warnings_of(test::sample_plan()),
                   {"grace period"}));  // 5 to 7 s, grace 5 s, target 20 s
}

TEST_CASE("warnings_for: node loss takes its time whatever the probes say") {
  // 47.4 + 300 + start 3 + readiness 10/2 = 355 s = 5.92 min; api's readiness period is 2: 351.4 s
  // = 5.86 min
  CHECK(says(warnings_of(first_deployed()),
             {"about 47.4 s, whatever the probes say", "5.86 min", "tolerationSeconds 300"}));
}

TEST_CASE(
    "warnings_for: releases that dominate are named, and so are releases that are not counted") {
  // 0.6 of 2.3e-5, held against 1e-4: 13.8 %
  const auto found = warnings_of(first_deployed());
  CHECK(says(found, {"chat", "bad releases", "14 % of the budget", "replicas do not help"}));
  CHECK(says(found, {"No bad releases are counted for", "ingress"}));
}

TEST_CASE("warnings_for: a limit on zones that the spec does not have says nothing") {
  auto plan = test::sample_plan();
  plan.lowered.problem.system.domains.clear();
  for (auto& node : plan.lowered.problem.system.nodes) node.parent.reset();
  plan.lowered.problem.objectives[0].max_zone_loss = 60;
  CHECK(says(planner::warnings_for(plan.lowered, *plan.after), {"loss.zone", "no zones"}));
  plan.lowered.problem.system.domains.resize(1);
  CHECK_FALSE(says(planner::warnings_for(plan.lowered, *plan.after), {"no zones"}));
}

TEST_CASE("warnings_for: two Sentinels have no majority") {
  auto plan = test::sample_plan();
  plan.after->deployment.components[cache].replicas = 2;
  CHECK(says(warnings_of(plan), {"cache", "2 Sentinels", "no majority"}));
  CHECK_FALSE(says(warnings_of(test::sample_plan()), {"no majority"}));
}

TEST_CASE("warnings_for: the textbook formula's error is told in time") {
  // Half of 2.3e-5 is missing: 363 s a year, 6.05 min.
  CHECK(says(warnings_of(test::sample_plan()),
             {"chat", "textbook", "6.05 min a year too optimistic"}));
}

TEST_CASE("warnings_for: a better figure of values and patch together is told") {
  // 3.4e-5 - 2.4e-5 = 1e-5 of a year: 316 s, 5.26 min
  CHECK(says(warnings_of(test::sample_plan()),
             {"chat", "values alone", "5.26 min", "apply the patch"}));
}

TEST_CASE("warnings_for: what is pinned and movable is counted as if nothing pinned it") {
  auto plan = test::sample_plan();
  CHECK_FALSE(says(warnings_of(plan), {"pinned"}));
  auto& component = plan.lowered.problem.system.components[api];
  component.pinned = true;
  CHECK(says(warnings_of(plan), {"api is pinned", "movable: false"}));
  component.movable = false;
  CHECK_FALSE(says(warnings_of(plan), {"is pinned"}));
}
