#include "planner/render/alerts.hpp"

#include <doctest/doctest.h>

#include "planner/render/chaos.hpp"
#include "planner/render/openslo.hpp"
#include "planner/yaml/tree.hpp"
#include "tests/planner/render/sample.hpp"
#include "tests/support/near.hpp"

using namespace haplan;
using planner::burn_rows;

TEST_CASE("burn_rows: factors of a 30-day and a 28-day window are those of the literature") {
  // [SRE18] chapter 5, and sloth's windows of 28 days: share * window / long window.
  const double wanted30[] = {14.4, 6, 3, 1};
  const double wanted28[] = {13.44, 5.6, 2.8, 2.8 / 3};
  const auto rows30 = burn_rows(30 * 86400.0, 1e-3);
  const auto rows28 = burn_rows(28 * 86400.0, 1e-3);
  REQUIRE(rows30.size() == 4);
  REQUIRE(rows28.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(test::near_relative(rows30[i].factor, wanted30[i], 1e-12));
    CHECK(test::near_relative(rows28[i].factor, wanted28[i], 1e-12));
  }
}

TEST_CASE("burn_rows: what a total outage cannot reach, or a kept budget would trip, is left out") {
  // 14.4 and 6 times a budget of 20 % are more than everything; 3 and 1 times are not.
  CHECK(burn_rows(30 * 86400.0, 0.2).size() == 2);
  // In a week 10 % of the budget in 1 d or 3 d is no haste: factors 0.7 and 0.23.
  const auto week = burn_rows(7 * 86400.0, 1e-3);
  REQUIRE(week.size() == 2);
  CHECK(test::near_relative(week[0].factor, 0.02 * 7 * 24, 1e-12));
  CHECK(burn_rows(3600.0, 1e-3).empty());
}

TEST_CASE("render_alerts: files are YAML, and say what no rule can watch") {
  const auto plan = test::sample_plan();
  const auto files = planner::render_alerts(plan, planner::embedded_profiles());
  REQUIRE(files.files.count("rules.yaml"));
  const auto rules = planner::yaml::parse("rules", files.files.at("rules.yaml")).root;
  REQUIRE(rules);
  const auto resource = planner::yaml::parse("rule", files.files.at("prometheus-rule.yaml")).root;
  REQUIRE(resource);
  CHECK(resource->find("spec")->find("groups")->items.size() ==
        rules->find("groups")->items.size());
  // Six windows and two severities of availability: a record each, a rule each.
  const auto& chat = rules->find("groups")->items.at(0);
  int records = 0;
  int alerts = 0;
  for (const auto& rule : chat.find("rules")->items) {
    records += rule.find("record") != nullptr;
    alerts += rule.find("alert") != nullptr;
  }
  CHECK(records == 7);
  CHECK(alerts == 2);
}

TEST_CASE("promql_string: quotes, backslashes and line ends cannot leave the string") {
  CHECK(planner::promql_string("a\"} or vector(1) #") == "\"a\\\"} or vector(1) #\"");
  CHECK(planner::promql_string("\\\n") == "\"\\\\\\n\"");
}

TEST_CASE("render_alerts: hostile names of a system stay names and comments") {
  for (const std::string hostile : {"a\nb: c", "\"x", "{{ .Labels }}", "- y", "\u2028"}) {
    CAPTURE(hostile);
    auto plan = test::sample_plan();
    plan.lowered.name = hostile;
    const auto files = planner::render_alerts(plan, planner::embedded_profiles());
    for (const auto& [name, text] : files.files) {
      if (name == "openslo.yaml") continue;  // several documents
      CAPTURE(name);
      CHECK(planner::yaml::parse(name, text).root);
    }
  }
}

TEST_CASE("object_name: any text becomes a name that Kubernetes takes") {
  CHECK(planner::object_name("Chat Bot!") == "chat-bot");
  CHECK(planner::object_name("--") == "system");
  CHECK(planner::object_name(std::string(80, 'a')).size() == 50);
  CHECK(planner::object_name("a" + std::string(60, '-') + "b") == "a-b");
}

TEST_CASE("shortest: twelve digits, and no more than tell the number") {
  CHECK(planner::shortest(1.0 - 1e-4) == "0.9999");
  CHECK(planner::shortest(14.4) == "14.4");
  CHECK(planner::shortest(1e-9) == "1e-09");
}

TEST_CASE(
    "render_chaos: every loss that can be brought about has an experiment, the others a reason") {
  const auto plan = test::sample_plan();
  planner::DrillReport report;
  report.lowered = plan.lowered;
  report.deployment = plan.after->deployment;
  const auto add = [&](model::LossKind kind, std::size_t subject, const std::string& name) {
    planner::DrilledLoss loss;
    loss.subject = name;
    loss.drill.loss.kind = kind;
    loss.drill.loss.subject = subject;
    loss.drill.loss.nodes = {kind == model::LossKind::node, false, false, false};
    loss.drill.services.resize(2);
    loss.drill.services[0].figures.until_up = 12;
    loss.drill.services[0].figures.decided_by = "db";
    loss.survivals.resize(2);
    report.losses.push_back(loss);
  };
  add(model::LossKind::node, 0, "worker-1");
  add(model::LossKind::replica, 0, "api");
  add(model::LossKind::primary, 3, "db");
  add(model::LossKind::external, 2, "claude");
  const auto files = planner::render_chaos(report, planner::embedded_profiles(), "shop");
  CHECK(files.files.size() == 3);
  REQUIRE(files.unsupported.size() == 1);
  CHECK(files.unsupported[0].path == "external claude");
  const auto node = *planner::yaml::parse("n", files.files.at("node-worker-1.yaml")).root;
  CHECK(node.find("kind")->text == "PhysicalMachineChaos");
  CHECK(node.find("spec")
            ->find("selector")
            ->find("physicalMachines")
            ->find("shop")
            ->items.at(0)
            .text == "worker-1");
  const auto api = *planner::yaml::parse("a", files.files.at("replica-api.yaml")).root;
  CHECK(api.find("spec")->find("containerNames")->items.at(0).text == "api");
  CHECK(api.find("spec")->find("selector")->find("labelSelectors")->find("component")->text ==
        "api");
  const auto* expected = api.find("metadata")->find("annotations");
  CHECK(expected->find("expected.haplan.dev/chat")->text ==
        "up again after at most 12.0 s, decided by db");
  CHECK(expected->find("expected.haplan.dev/weather")->text == "stays up");
  // Patroni labels its primary.
  const auto db = *planner::yaml::parse("d", files.files.at("primary-db.yaml")).root;
  CHECK(db.find("spec")->find("selector")->find("labelSelectors")->find("role")->text == "primary");
}
