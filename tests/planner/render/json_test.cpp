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

TEST_CASE("render_json: the plan holds every decision and a node per replica, exactly") {
  const auto doc = json::parse(planner::render_json(test::sample_plan()));
  const auto& plan = doc["plan"];
  CHECK(plan["cluster"]["tolerationSeconds"] == 60);
  CHECK(plan["components"]["api"]["autoscale"] == json({{"min", 2}}));
  CHECK(plan["components"]["api"]["probes"]["liveness"] == json({{"periodSeconds", 2}}));
  CHECK(plan["components"]["db"]["failover"] == json({{"ttl", "20s"}}));
  CHECK(plan["components"]["api"]["nodes"] ==
        json({"worker-1", "worker-2", "worker-3", "worker-4", "worker-1"}));
}

TEST_CASE("render_json: what a given plan fixed stays in the plan byte for byte") {
  const auto solved = json::parse(planner::render_json(test::sample_plan()))["plan"];
  // Reading the plan back fixes its decisions: they leave the problem and stand in `plan`.
  auto evaluated = test::sample_plan();
  planner::Value period;
  period.kind = planner::Value::Kind::integer;
  period.text = "2";
  period.exact = {2, 1};
  planner::Value ttl;
  ttl.kind = planner::Value::Kind::duration;
  ttl.text = "20s";
  const auto wrap = [](std::vector<std::string> path, planner::Value leaf) {
    for (auto key = path.rbegin(); key != path.rend(); ++key) {
      planner::Value map;
      map.kind = planner::Value::Kind::map;
      map.fields = {{*key, leaf}};
      leaf = map;
    }
    return leaf;
  };
  auto given = wrap({"components", "api", "probes", "liveness", "periodSeconds"}, period);
  given.fields[0].second.fields.push_back({"db", wrap({"failover", "ttl"}, ttl)});
  evaluated.lowered.plan = given;
  auto& decisions = evaluated.lowered.problem.decisions;
  std::erase_if(decisions, [](const auto& d) {
    return d.path.ends_with("periodSeconds") || d.path.ends_with("ttl");
  });
  CHECK(json::parse(planner::render_json(evaluated))["plan"] == solved);
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
