#include <doctest/doctest.h>

#include "planner/render/json.hpp"
#include "planner/render/patch.hpp"
#include "planner/render/text.hpp"
#include "planner/render/values.hpp"
#include "tests/planner/render/sample.hpp"

using namespace haplan;

TEST_CASE("render_text: is the accepted page of a solved plan") {
  CHECK(test::matches_golden("plan.txt", planner::render_text(test::sample_plan())));
}

TEST_CASE("render_text: is the accepted page of an infeasible problem") {
  auto plan = test::sample_plan();
  plan.outcome.status = solver::Status::infeasible;
  plan.outcome.has_plan = false;
  plan.after.reset();
  plan.before.reset();
  plan.warnings.clear();
  plan.outcome.binding.clear();
  solver::Infeasibility why;
  why.reason = "chat cannot reach 99.99 %: gpt-4o alone is down longer than the budget";
  why.best = {
      {{0, "availability", 1e-4, 1.8e-3, false, "gpt-4o: external outage"}, 1.79e-3, false, true},
      {{0, "recoveryTime", 20, 8, true, ""}, 8, true, false}};
  why.conflict = {0};
  why.unavoidable = true;
  why.causes = {{model::CauseKind::external, "gpt-4o", "", 1.79e-3}};
  why.would_help = {
      "gpt-4o at 99.991 % instead of 99.82 %, or another vendor beside it: {any: [gpt-4o, ...]}"};
  plan.outcome.infeasibility = why;
  CHECK(test::matches_golden("infeasible.txt", planner::render_text(plan)));
}

TEST_CASE("render_json: is the accepted document of a solved plan") {
  CHECK(test::matches_golden("plan.json", planner::render_json(test::sample_plan())));
}

TEST_CASE("render_values: are the accepted overlays of three charts") {
  CHECK(test::matches_golden("values.yaml",
                             planner::values_stream(planner::render_values(test::sample_plan()))));
}

TEST_CASE("render_patch: is the accepted Kustomize directory") {
  const auto patch = planner::render_patch(test::sample_plan());
  std::string all;
  for (const auto& [name, text] : patch.files) all += "==== " + name + "\n" + text;
  for (const auto& one : patch.unsupported)
    all += "==== unsupported " + one.path + ": " + one.reason + "\n";
  for (const auto& note : patch.notes) all += "==== note " + note + "\n";
  CHECK(test::matches_golden("patch.txt", all));
}
