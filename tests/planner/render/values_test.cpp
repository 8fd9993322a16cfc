#include "planner/render/values.hpp"

#include <doctest/doctest.h>

#include "planner/render/patch.hpp"
#include "planner/yaml/tree.hpp"
#include "tests/planner/render/sample.hpp"

using namespace haplan;

namespace {

enum Id { api, cache, claude, db, gpt, ingress, llm, plugin };

const planner::yaml::Node* at(const planner::yaml::Node& root,
                              const std::vector<std::string>& path) {
  const auto* node = &root;
  for (const auto& key : path)
    if (node != nullptr) node = node->find(key);
  return node;
}

planner::yaml::Node parsed(const planner::RenderedFiles& files, const std::string& name) {
  auto result = planner::yaml::parse(name, files.files.at(name));
  REQUIRE(result.root);
  return *result.root;
}

}  // namespace

TEST_CASE("render_values: every overlay and patch is valid YAML without duplicate keys") {
  const auto plan = test::sample_plan();
  for (const auto& rendered : {planner::render_values(plan), planner::render_patch(plan)})
    for (const auto& [name, text] : rendered.files) {
      CAPTURE(name);
      CHECK((name == "post-render.sh" || planner::yaml::parse(name, text).root.has_value()));
      CHECK(text.back() == '\n');
    }
}

TEST_CASE("render_values: a plan without a deployment writes nothing") {
  auto plan = test::sample_plan();
  plan.after.reset();
  CHECK(planner::render_values(plan).files.empty());
  CHECK(planner::render_patch(plan).files.empty());
}

TEST_CASE("render_values: an autoscaled component has its replica count taken out") {
  const auto root = parsed(planner::render_values(test::sample_plan()), "dify.values.yaml");
  CHECK(at(root, {"api", "replicas"})->kind == planner::yaml::Node::Kind::null);
  CHECK(at(root, {"api", "autoscaling", "minReplicas"})->text == "2");
}

TEST_CASE("render_values: a handler of another kind erases the chart's default one") {
  auto plan = test::sample_plan();
  auto& handler = plan.lowered.extras[plugin].liveness_handler;
  handler.fields = {{"tcpSocket", handler.fields[0].second}};
  const auto root = parsed(planner::render_values(plan), "plugin.values.yaml");
  CHECK(at(root, {"livenessProbe", "httpGet"})->kind == planner::yaml::Node::Kind::null);
  CHECK(at(root, {"livenessProbe", "tcpSocket", "port"})->text == "5001");
}

TEST_CASE("render_values: the chart's own handler without a grace period uses the toggle") {
  auto plan = test::sample_plan();
  plan.lowered.extras[api].readiness_handler = {};
  const auto root = parsed(planner::render_values(plan), "dify.values.yaml");
  CHECK(at(root, {"api", "readinessProbe", "enabled"})->text == "true");
  CHECK(at(root, {"api", "readinessProbe", "periodSeconds"})->text == "2");
  CHECK(at(root, {"api", "customReadinessProbe"}) == nullptr);
}

TEST_CASE("render_values: template braces of a user's text reach the chart as text") {
  auto plan = test::sample_plan();
  plan.lowered.extras[api].liveness_handler = test::http_handler("/{{ .Values.secret }}", 1);
  const auto root = parsed(planner::render_values(plan), "dify.values.yaml");
  CHECK(at(root, {"api", "customLivenessProbe", "httpGet", "path"})->text ==
        "/{{ \"{{\" }} .Values.secret }}");
}

TEST_CASE("render_values: hostile handlers, quantities and labels read back unchanged") {
  for (const std::string hostile : {"yes", "1e3", "a: b # c", "\"\n\x1b", "- x", "\u2028"}) {
    CAPTURE(hostile);
    auto plan = test::sample_plan();
    plan.lowered.name = hostile;
    plan.lowered.extras[plugin].liveness_handler = test::http_handler(hostile, 1);
    plan.lowered.extras[plugin].requests["cpu"] = hostile;
    const auto root = parsed(planner::render_values(plan), "plugin.values.yaml");
    CHECK(at(root, {"livenessProbe", "httpGet", "path"})->text == hostile);
    CHECK(at(root, {"resources", "requests", "cpu"})->text == hostile);
    CHECK(at(root, {"resources", "requests", "cpu"})->quoted);
  }
}

TEST_CASE("render_values: a required anti-affinity needs one node more than replicas") {
  auto plan = test::sample_plan();
  const auto affinity = [&](int replicas) {
    plan.after->deployment.components[plugin].replicas = replicas;
    const auto root = parsed(planner::render_values(plan), "plugin.values.yaml");
    return at(root, {"affinity", "podAntiAffinity"})->entries.at(0).name;
  };
  CHECK(affinity(3) == "requiredDuringSchedulingIgnoredDuringExecution");
  // Four replicas on four nodes: neither a rollout's surge nor a lost node's pod would find a
  // place.
  CHECK(affinity(4) == "preferredDuringSchedulingIgnoredDuringExecution");
}

TEST_CASE("values_rules: say which spread rules stand without the patch") {
  const auto plan = test::sample_plan();
  const auto rules = planner::values_rules(plan.lowered, plan.after->deployment);
  CHECK_FALSE(rules[api].spread);  // up to 6 replicas on 4 nodes, no spread key in the chart
  CHECK(rules[cache].spread);      // the subchart has topologySpreadConstraints
  CHECK_FALSE(rules[db].spread);   // in no release
  CHECK(rules[ingress].spread);
  CHECK(rules[plugin].spread);  // two replicas, four nodes: anti-affinity
  for (const auto& rule : planner::written_rules(plan.lowered)) CHECK(rule.spread);
}

TEST_CASE("render_patch: carries exactly what the values do not") {
  auto plan = test::sample_plan();
  const auto patch = planner::render_patch(plan);
  CHECK(patch.files.count("Deployment-dify-api.yaml") == 1);
  CHECK(patch.files.count("Deployment-plugin.yaml") == 0);
  const auto root = parsed(patch, "Deployment-dify-api.yaml");
  CHECK(at(root, {"spec", "template", "spec", "topologySpreadConstraints"}) != nullptr);
  CHECK(at(root, {"spec", "template", "spec", "tolerations"}) == nullptr);
  REQUIRE(patch.unsupported.size() == 1);
  CHECK(patch.unsupported[0].path == "components.db.failover");
  CHECK(patch.unsupported[0].reason.find("ttl=20") != std::string::npos);
}

TEST_CASE("render_patch: an autoscaler that a chart lacks becomes a resource of its own") {
  auto plan = test::sample_plan();
  plan.lowered.releases.clear();
  const auto patch = planner::render_patch(plan);
  const auto scaler = parsed(patch, "HorizontalPodAutoscaler-api.yaml");
  CHECK(at(scaler, {"spec", "minReplicas"})->text == "2");
  const auto deployment = parsed(patch, "Deployment-api.yaml");
  CHECK(at(deployment, {"spec", "replicas"})->kind == planner::yaml::Node::Kind::null);
  // The rendered charts, the autoscaler, and a budget for each of the five workloads.
  CHECK(at(parsed(patch, "kustomization.yaml"), {"resources"})->items.size() == 7);
}

TEST_CASE(
    "render_values: decisions of every replicated component end in values, patch or unsupported") {
  const auto plan = test::sample_plan();
  const auto values = planner::render_values(plan);
  const auto patch = planner::render_patch(plan);
  std::string all;
  for (const auto& [name, text] : values.files) all += text;
  for (const auto& [name, text] : patch.files) all += text;
  for (const auto& one : patch.unsupported) all += one.path + "." + one.reason;
  for (const auto& decision : plan.lowered.problem.decisions) {
    CAPTURE(decision.path);
    const auto parent = decision.path.substr(0, decision.path.rfind('.'));
    CHECK((all.find(decision.path) != std::string::npos || all.find(parent) != std::string::npos));
  }
}

TEST_CASE("check_releases: unknown profiles and targets are errors with what there is") {
  auto plan = test::sample_plan();
  plan.lowered.releases[1].profile = "ingress-nginks";
  plan.lowered.releases[0].map[0].target = "apis";
  const auto found = planner::check_releases(plan.lowered, planner::embedded_profiles());
  REQUIRE(found.size() == 2);
  CHECK(found[0].code == "HA102");
  CHECK(found[1].code == "HA101");
  CHECK(found[1].suggestion.find("ingress-nginx") != std::string::npos);
}

TEST_CASE("render_values: a limit below a request that the plan does not replace is told") {
  auto plan = test::sample_plan();
  auto profiles = planner::embedded_profiles();
  auto& resources = profiles.at("helm-create").components[0].bindings.at("resources");
  const auto told = [&](const planner::OverlayOptions& options) {
    std::vector<std::string> out;
    for (const auto& one : planner::render_values(plan, profiles, options).unsupported)
      if (one.path == "components.plugin.limits") out.push_back(one.reason);
    return out;
  };
  CHECK(told({}).empty());  // plugin asks for 500m and 1Gi
  resources.limits = {{"cpu", "0.4"}, {"memory", "1073741824"}};
  REQUIRE(told({}).size() == 1);
  CHECK(told({})[0].find("the chart itself limits cpu to 0.4") == 0);
  // The user's own values come after the chart's.
  const auto own = [&](const std::string& text) {
    const auto root = planner::yaml::parse("mine.yaml", text).root;
    REQUIRE(root);
    planner::OverlayOptions options;
    options.own["plugin"] = &*root;
    return told(options);
  };
  CHECK(own("replicaCount: 1").size() == 1);
  CHECK(own("resources: {limits: {cpu: 1}}").empty());
  CHECK(own("resources: {limits: null}").empty());
  CHECK(own("resources: null").empty());
  CHECK(own("resources: {limits: {cpu: 1, memory: 1000Mi}}")
            .at(0)
            .find("your values limit memory to 1000Mi") == 0);
  // A limit of the plan replaces both.
  plan.lowered.extras[plugin].limits = {{"cpu", "1"}};
  CHECK(told({}).empty());
}

TEST_CASE("render_patch: only what the releases that are asked for deploy is written") {
  auto plan = test::sample_plan();
  const auto all = planner::render_patch(plan);
  CHECK(all.files.count("StatefulSet-db.yaml") == 1);  // in no release
  for (auto& release : plan.lowered.releases) release.written = release.name == "plugin";
  plan.lowered.rest_written = false;
  const auto one = planner::render_patch(plan);
  CHECK(one.files.size() < all.files.size());
  for (const auto& [name, text] : one.files) {
    CAPTURE(name);
    const bool object = name.find("plugin") != std::string::npos;
    CHECK((object || name == "kustomization.yaml" || name == "post-render.sh"));
    CHECK(text.find("ingress") == std::string::npos);
    CHECK(all.files.count(name) == 1);
  }
  CHECK(planner::render_values(plan).files.size() == 1);
}

TEST_CASE("render_patch: no budget holds up the drain of the only node that a component has") {
  auto plan = test::sample_plan();
  CHECK(planner::render_patch(plan).files.count("PodDisruptionBudget-plugin.yaml") == 1);
  plan.lowered.problem.system.components[plugin].allowed = {0};
  CHECK(planner::render_patch(plan).files.count("PodDisruptionBudget-plugin.yaml") == 0);
  plan.lowered.problem.system.components[plugin].allowed = {0, 1};
  plan.lowered.problem.system.nodes[1].down = true;
  CHECK(planner::render_patch(plan).files.count("PodDisruptionBudget-plugin.yaml") == 0);
}

TEST_CASE("render_patch: a chart of another name than the release names its workload") {
  auto plan = test::sample_plan();
  for (auto& release : plan.lowered.releases)
    if (release.name == "plugin") release.chart = "microservice";
  const auto files = planner::render_patch(plan).files;
  CHECK(files.count("PodDisruptionBudget-plugin-microservice.yaml") == 1);
  CHECK(files.count("PodDisruptionBudget-plugin.yaml") == 0);
}
