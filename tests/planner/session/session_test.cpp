#include "planner/session/session.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>

#include "tests/planner/lower/support.hpp"
#include "tests/support/near.hpp"

namespace haplan::planner {

using test::near_relative;

namespace {

const std::string kShop = test::spec_text(R"(
  objectives:
    shop: {availability: 99%}
  components:
    web: {type: stateless, replicas: 1..3, availability: 99%, dependsOn: [bank]}
    bank: {type: external, availability: 99.9%}
  services:
    shop: {requires: [web]}
)");

Plan evaluated(const Inputs& inputs) {
  Loaded loaded = load(inputs);
  REQUIRE(loaded.lowered.has_value());
  auto plan = evaluated_plan(std::move(*loaded.lowered));
  REQUIRE(plan.has_value());
  return std::move(*plan);
}

double unavailability(const Inputs& inputs) {
  return evaluated(inputs).after->evaluation.services[0].unavailability.value;
}

}  // namespace

TEST_CASE("session: evaluating an external and replicas without a cluster is the series formula") {
  // One replica: 1 - 0.99 * 0.999 = 0.01099.
  CHECK(near_relative(unavailability({.sources = {{"shop.yaml", kShop}}}), 0.01099, 1e-12));
  // Two: 1 - (1 - 1e-4) * 0.999 = 0.0010999.
  CHECK(near_relative(
      unavailability({.sources = {{"shop.yaml", kShop}}, .sets = {"components.web.replicas=2"}}),
      0.0010999, 1e-12));
}

TEST_CASE("session: objectives are judged and the status says evaluated") {
  const Plan one = evaluated({.sources = {{"shop.yaml", kShop}}});
  CHECK(one.outcome.status == solver::Status::evaluated);
  REQUIRE(one.after->checks.size() == 1);
  CHECK_FALSE(one.after->checks[0].met);
  CHECK(near_relative(one.after->checks[0].target, 0.01, 1e-15));
  CHECK(one.after->checks[0].decided_by == "web");
}

TEST_CASE("session: compliance is judged by the downtime of a window") {
  // Up 990 h, down 10 h on average. With no budget to speak of a window of 100 h is kept when it begins while the bank is
  // up, and no outage comes: 0.99 exp(-100 / 990) = 0.89488; the grid of lengths is worth half a percent.
  const auto spec = [](const std::string& compliance) {
    return test::spec_text(R"(
  objectives:
    shop: {availability: 99.9999999999%, window: 100h, compliance: )" +
                           compliance + R"(}
  components:
    bank: {type: external, mtbf: 990h, repair: 10h}
  services:
    shop: {requires: [bank]}
)");
  };
  for (const auto& [compliance, met] : {std::pair("89%", true), std::pair("90%", false)}) {
    const Plan plan = evaluated({.sources = {{"shop.yaml", spec(compliance)}}});
    REQUIRE(plan.after->checks.size() == 2);
    const solver::ObjectiveCheck& check = plan.after->checks[1];
    CHECK(check.field == "compliance");
    CHECK(near_relative(check.actual, 1.0 - 0.99 * std::exp(-100.0 / 990.0), 1e-2));
    CHECK(check.met == met);
  }
}

TEST_CASE("session: replicas known by their availability alone are out for an hour at a time") {
  // Up 99 h, down 1 h: a window of 100 h has no downtime with 0.99 exp(-100 / 99).
  const Plan plan = evaluated({.sources = {{"shop.yaml", test::spec_text(R"(
  objectives:
    shop: {availability: 99.9999999999%, window: 100h, compliance: 36%}
  components:
    web: {type: stateless, availability: 99%}
  services:
    shop: {requires: [web]}
)")}}});
  REQUIRE(plan.after->checks.size() == 2);
  const double missed = 1.0 - 0.99 * std::exp(-100.0 / 99.0);
  CHECK(near_relative(plan.after->checks[1].actual, missed, 1e-2));
  CHECK(plan.after->checks[1].met);
}

TEST_CASE("session: what binds is said where a component has a single variant") {
  const std::string text = test::spec_text(R"(
  objectives:
    shop: {availability: 99.99%}
  components:
    web: {type: stateless, replicas: 1..3, variants: {small: {availability: 99.5%}}}
  services:
    shop: {requires: [web]}
)");
  Loaded loaded = load({.sources = {{"shop.yaml", text}}});
  REQUIRE(loaded.lowered.has_value());
  const auto plan = solved_plan(std::move(*loaded.lowered));
  REQUIRE(plan.has_value());
  CHECK(plan->outcome.status == solver::Status::optimal);
  REQUIRE_FALSE(plan->outcome.binding.empty());
  CHECK(plan->outcome.binding.front().starts_with("web 2 -> 1: shop availability 99.5 %"));
}

TEST_CASE("session: a plan file is a bare plan or a result that holds one") {
  const std::string bare = R"({"components": {"web": {"replicas": 3}}})";
  // Three replicas: 1 - (1 - 1e-6) * 0.999 = 0.001000999.
  for (const std::string& text :
       {bare,
        R"({"apiVersion": "haplan.dev/v1alpha1", "kind": "PlanResult", "plan": )" + bare + "}"}) {
    Inputs inputs{.sources = {{"shop.yaml", kShop}}};
    inputs.plan = Source{"plan.json", text};
    CHECK(near_relative(unavailability(inputs), 0.001000999, 1e-12));
  }
}

TEST_CASE("session: a plan file replaces the plan that the spec holds") {
  Inputs inputs{.sources = {{"shop.yaml", kShop + "  plan: {components: {web: {replicas: 2}}}\n"}}};
  CHECK(near_relative(unavailability(inputs), 0.0010999, 1e-12));
  inputs.plan = Source{"plan.json", R"({"components": {}})"};
  CHECK(near_relative(unavailability(inputs), 0.01099, 1e-12));
}

TEST_CASE("session: a result without a plan and a broken plan are diagnostics of the plan's file") {
  for (const char* text : {R"({"apiVersion": "haplan.dev/v1alpha1", "status": "infeasible"})",
                           R"({"components": )", R"({"components": {"wbe": {"replicas": 1}}})"}) {
    Inputs inputs{.sources = {{"shop.yaml", kShop}}};
    inputs.plan = Source{"plan.json", text};
    const Loaded loaded = load(inputs);
    CHECK_FALSE(loaded.lowered.has_value());
    REQUIRE_FALSE(loaded.diagnostics.empty());
    CHECK(loaded.diagnostics[0].where.file == "plan.json");
  }
}

TEST_CASE("session: a mistake in a plan file is placed where the file has it") {
  Inputs inputs{.sources = {{"shop.yaml", kShop}}};
  inputs.plan = Source{"plan.json",
                       "{\"apiVersion\": \"haplan.dev/v1alpha1\",\n"
                       " \"plan\": {\n"
                       "   \"components\": {\"wbe\": {\"replicas\": 1}}}}\n"};
  const Loaded loaded = load(inputs);
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics[0].code == "HA003");
  // Line 3: three blanks, then "components": {, 15 characters.
  CHECK(loaded.diagnostics[0].where.line == 3);
  CHECK(loaded.diagnostics[0].where.column == 19);
  const auto quoted = std::find_if(loaded.texts.begin(), loaded.texts.end(),
                                   [](const Source& text) { return text.name == "plan.json"; });
  REQUIRE(quoted != loaded.texts.end());
  CHECK(quoted->text == inputs.plan->text);
}

TEST_CASE("session: mistakes of spec and plan file are reported at once") {
  Inputs inputs{.sources = {{"shop.yaml", kShop + "  servces: {}\n"}}};
  inputs.plan = Source{"plan.json", R"({"components": {"web": {"replica": 1}}})"};
  CHECK(load(inputs).diagnostics.size() == 2);
}

}  // namespace haplan::planner
