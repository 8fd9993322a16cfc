#include "planner/render/json.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>

#include <nlohmann/json.hpp>

#include "tests/planner/render/sample.hpp"
#include "tests/support/near.hpp"

using namespace haplan;
using nlohmann::json;

TEST_CASE("render_json: has the shape that the command line promises") {
  const auto doc = json::parse(planner::render_json(test::sample_plan()));
  CHECK(doc["apiVersion"] == "haplan.dev/v1alpha1");
  CHECK(doc["kind"] == "PlanResult");
  CHECK(doc["formatVersion"] == "1.0");
  CHECK(doc["status"] == "optimal");
  const auto& chat = doc["services"]["chat"];
  CHECK(chat["unavailability"] ==
        json({{"value", 2.3e-5}, {"lower", 2.3e-5}, {"upper", 2.3e-5}, {"method", "exact"}}));
  CHECK(chat["guaranteedUnavailability"] == 2.4e-5);
  CHECK(chat["availability"] == "99.9977 %");
  CHECK(chat["met"] == true);
  // 2.3e-5 of a year of 31557600 s
  CHECK(test::near_relative(chat["downtimeSecondsPerYear"].get<double>(), 725.8248, 1e-12));
  CHECK(doc["bound"] ==
        json({{"peakReplicasAtLeast", 14.0}, {"gapReplicas", 0.0}, {"proved", true}}));
}

TEST_CASE("render_json: the plan holds every setting that can be decided, whoever set it") {
  const auto doc = json::parse(planner::render_json(test::sample_plan()));
  const auto& plan = doc["plan"];
  CHECK(plan["cluster"]["tolerationSeconds"] == 60);
  // Only min is a decision of the sample; max and target are the spec's.
  CHECK(plan["components"]["api"]["autoscale"] ==
        json({{"min", 2}, {"max", 6}, {"targetCPUUtilizationPercentage", 70}}));
  CHECK_FALSE(plan["components"]["api"].contains("replicas"));
  CHECK(plan["components"]["plugin"]["replicas"] == 2);
  CHECK(plan["components"]["api"]["probes"]["liveness"] ==
        json({{"initialDelaySeconds", 0},
              {"periodSeconds", 2},
              {"timeoutSeconds", 1},
              {"failureThreshold", 3},
              {"successThreshold", 1},
              {"terminationGracePeriodSeconds", 5}}));
  CHECK_FALSE(plan["components"]["api"]["probes"].contains("startup"));
  // The controller's own settings and no other's.
  CHECK(plan["components"]["db"]["failover"] ==
        json({{"ttl", "20s"}, {"loopWait", "10s"}, {"retryTimeout", "10s"}}));
  CHECK(plan["components"]["api"]["nodes"] ==
        json({"worker-1", "worker-2", "worker-3", "worker-4", "worker-1"}));
}

TEST_CASE("render_json: durations of a plan are the shortest that read back") {
  auto plan = test::sample_plan();
  const auto ttl = [&](double seconds) {
    for (auto& component : plan.after->deployment.components) component.failover.ttl = seconds;
    return json::parse(planner::render_json(plan))["plan"]["components"]["db"]["failover"]["ttl"];
  };
  CHECK(ttl(20.0) == "20s");
  CHECK(ttl(0.35) == "350ms");
  CHECK(ttl(1.0 / 3.0) == "0.3333333333333333s");
}

TEST_CASE("render_json: the plan does not depend on what was open or given") {
  const auto solved = json::parse(planner::render_json(test::sample_plan()))["plan"];
  auto evaluated = test::sample_plan();
  evaluated.lowered.problem.decisions.clear();
  CHECK(json::parse(planner::render_json(evaluated))["plan"] == solved);
}

TEST_CASE("render_json: without a plan there is none, and whose figures are shown is said") {
  auto plan = test::sample_plan();
  CHECK(json::parse(planner::render_json(plan))["figuresOf"] == "plan");
  plan.outcome.status = solver::Status::undecided;
  plan.outcome.stop = solver::Stop::time_limit;
  plan.outcome.has_plan = false;
  plan.after.reset();
  const auto doc = json::parse(planner::render_json(plan));
  CHECK_FALSE(doc.contains("plan"));
  CHECK(doc["figuresOf"] == "startingPoint");
  CHECK(doc["stoppedBy"] == "timeLimit");
  CHECK(doc["services"] == doc["before"]["services"]);
}

TEST_CASE("render_json: an infinite number is null with a note beside it") {
  auto plan = test::sample_plan();
  plan.after->evaluation.services[0].worst_response_time = std::numeric_limits<double>::infinity();
  plan.after->evaluation.services[0].response_time = {std::nullopt};
  const auto chat = json::parse(planner::render_json(plan))["services"]["chat"];
  CHECK(chat["worstResponseTimeSeconds"].is_null());
  CHECK(chat["worstResponseTimeSecondsIsInfinite"] == true);
  CHECK(chat["levels"]["always"]["saturated"] == true);
}

TEST_CASE("render_json: every double reads back to the same bits") {
  auto plan = test::sample_plan();
  const double u = 1.0 / 3 * 1e-5;
  plan.after->evaluation.services[0].unavailability = model::Estimate::exactly(u);
  const auto doc = json::parse(planner::render_json(plan));
  CHECK(doc["services"]["chat"]["unavailability"]["value"].get<double>() == u);
}

TEST_CASE("render_json: names with control bytes and quotes stay valid JSON") {
  auto plan = test::sample_plan();
  plan.lowered.name = "a\"\x1b\n";
  plan.warnings = {"\xff is no UTF-8"};
  const auto doc = json::parse(planner::render_json(plan));
  CHECK(doc["system"] == "a\"\x1b\n");
}

TEST_CASE("render_json: names the service of an infeasible problem only with causes") {
  auto plan = test::sample_plan();
  solver::Infeasibility why;
  plan.outcome.infeasibility = why;
  auto doc = json::parse(planner::render_json(plan));
  CHECK(doc["infeasibility"]["service"].is_null());
  why.causes = {{model::CauseKind::external, "gpt-4o", "", 1.79e-3}};
  plan.outcome.infeasibility = why;
  doc = json::parse(planner::render_json(plan));
  CHECK(doc["infeasibility"]["service"] == "chat");
}
