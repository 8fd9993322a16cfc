#include "planner/chart/chart.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>

using namespace haplan::planner;

namespace {

Profile profile_of(const std::string& bind) {
  const auto result =
      read_profile("shop",
                   "chart: {name: shop, source: s, verified: 1.0.0}\n"
                   "components:\n"
                   "  web:\n"
                   "    workload: {kind: Deployment, name: '{fullname}', container: web}\n"
                   "    podSelector: {app: '{release}'}\n"
                   "    bind: {" +
                       bind + "}\n",
                   "shop.yaml");
  REQUIRE(result.profile);
  return *result.profile;
}

std::string deployment(const std::string& spec, const std::string& container = "") {
  return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n" + spec +
         "  template:\n    metadata: {labels: {app: shop}}\n    spec: {containers: [{name: web" +
         container + "}]}\n";
}

Trial trial_with(YamlNode values) { return {"trial", "shop", {"web"}, std::move(values), {}}; }

std::vector<std::string> mistakes(const std::vector<BindingCheck>& checks) {
  std::vector<std::string> out;
  for (const auto& check : checks)
    if (!check.mistake.empty()) out.push_back(check.binding + ": " + check.mistake);
  return out;
}

ChartFiles chart(const std::string& values, const std::string& templates) {
  return {{{"Chart.yaml", "name: shop\nversion: 1.0.0\n"},
           {"values.yaml", values},
           {"templates/all.yaml", templates}}};
}

}  // namespace

TEST_CASE("check_reads: templates decide, values.yaml only explains") {
  const auto profile = profile_of("replicas: {path: web.count, encoding: integer}");
  const auto mistake = [&](const std::string& values, const std::string& templates) {
    return check_reads(profile, chart(values, templates)).at(0).mistake;
  };
  CHECK(mistake("web: {count: 1}", "{{ .Values.web.count }}").empty());
  CHECK(mistake("", "{{ .Values.web.count }}").empty());
  // Every way in which a template takes the map around it.
  for (const std::string reading :
       {"{{ toYaml .Values.web | nindent 2 }}", "{{ with .Values.web }}{{ .count }}{{ end }}",
        "{{ $v := index .Values \"web\" }}{{ $v.count }}", "{{ (index .Values $name).count }}"}) {
    CAPTURE(reading);
    CHECK(mistake("web: {count: 1}", reading).empty());
  }
  CHECK(mistake("web: {count: 1}", "{{ .Values.web.counter }} {{ .Values.webcount }}") ==
        "web.count stands in values.yaml, but no template reads it");
  CHECK(mistake("web: {size: 1}", "{{ .Values.web.size }}") ==
        "web.count is neither in values.yaml nor read by a template");
}

TEST_CASE("check_reads: a path of a subchart is looked for in the subchart") {
  const auto profile = profile_of("replicas: {path: redis.replica.count, encoding: integer}");
  auto files = chart("", "");
  CHECK_FALSE(check_reads(profile, files).at(0).mistake.empty());
  files.files["charts/redis/values.yaml"] = "replica: {count: 1}\n";
  files.files["charts/redis/templates/node.yaml"] = "{{ .Values.replica.count }}";
  CHECK(check_reads(profile, files).at(0).mistake.empty());
  // Not unpacked: nothing is claimed either way.
  files = chart("", "");
  files.files["Chart.yaml"] = "name: shop\ndependencies: [{name: redis}]\n";
  CHECK(check_reads(profile, files).at(0).mistake.empty());
  CHECK_FALSE(check_reads(profile, files).at(0).note.empty());
}

TEST_CASE("check_reads: a probe that is switched on has its switch read") {
  const auto profile = profile_of("liveness: {path: live, encoding: probe_toggle}");
  const auto said = [&](const std::string& templates) {
    return mistakes(check_reads(profile, chart("live: {periodSeconds: 1}\n", templates)));
  };
  CHECK(said("{{ if .Values.live.enabled }}{{ omit .Values.live \"enabled\" }}{{ end }}").empty());
  CHECK(said("{{ .Values.live.periodSeconds }}") ==
        std::vector<std::string>{
            "liveness: live.enabled is neither in values.yaml nor read by a template"});
}

TEST_CASE("check_reads: limits of the chart's own must be told by the profile") {
  const std::string templates = "{{ toYaml .Values.web.resources }}";
  const std::string values = "web: {resources: {limits: {cpu: 1, memory: 1Gi}}}";
  const auto said = [&](const std::string& limits) {
    const auto profile =
        profile_of("resources: {path: web.resources, encoding: raw" + limits + "}");
    return mistakes(check_reads(profile, chart(values, templates)));
  };
  const auto untold = said("");
  REQUIRE(untold.size() == 1);
  CHECK(untold[0].find("limits: {cpu: 1, memory: 1Gi}") != std::string::npos);
  CHECK(said(", limits: {cpu: 1000m, memory: 1024Mi}").empty());
  // One that is told as larger than it is hides a refusal; as smaller, it only tells too much.
  CHECK(said(", limits: {cpu: 1, memory: 2Gi}").at(0).find("{memory: 1Gi}") != std::string::npos);
  CHECK(said(", limits: {cpu: 1, memory: 1Mi}").empty());
}

TEST_CASE("trials_of: no number of a setting is the same in the two trials of a component") {
  const auto profile = profile_of(
      "replicas: {path: n, encoding: integer}, liveness: {path: live, encoding: probe_raw}, "
      "resources: {path: res, encoding: raw}, tolerations: {path: tol, encoding: raw_list}, "
      "hpa: {path: hpa, encoding: hpa_flat, keys: {enabled: on, min: min, max: max, cpu: cpu}}");
  const auto trials = trials_of(profile, "shop");
  REQUIRE(trials.size() == 4);  // twice with a number of replicas, twice with an autoscaler
  CHECK(trials[0].values.find("n")->scalar != trials[2].values.find("n")->scalar);
  for (const char* key : {"periodSeconds", "timeoutSeconds", "failureThreshold",
                          "initialDelaySeconds", "terminationGracePeriodSeconds"})
    CHECK(trials[0].values.find("live")->find(key)->scalar !=
          trials[2].values.find("live")->find(key)->scalar);
  CHECK(trials[1].values.find("hpa")->find("min")->scalar !=
        trials[3].values.find("hpa")->find("min")->scalar);
}

TEST_CASE("trials_of: no two probes have a number in common") {
  const auto profile = profile_of(
      "liveness: {path: a, encoding: probe_timing}, readiness: {path: b, encoding: probe_timing}, "
      "startup: {path: c, encoding: probe_timing}");
  for (const auto& trial : trials_of(profile, "shop"))
    for (const char* key : {"periodSeconds", "timeoutSeconds", "failureThreshold"}) {
      std::set<std::string> seen;
      for (const char* probe : {"a", "b", "c"})
        seen.insert(trial.values.find(probe)->find(key)->scalar);
      CHECK(seen.size() == 3);
    }
}

TEST_CASE("trials_of: components that exclude each other never meet") {
  for (const auto& [name, profile] : embedded_profiles()) {
    CAPTURE(name);
    std::set<std::string> seen;
    for (const auto& trial : trials_of(profile, "release")) {
      CAPTURE(trial.name);
      const auto meets = [&](const char* part) {
        return std::count(trial.components.begin(), trial.components.end(), part) != 0;
      };
      CHECK_FALSE((meets("redis.master") && meets("redis.node")));
      CHECK_FALSE((meets("redis.master") && meets("redis.replicas")));
      CHECK_FALSE((meets("redis.node") && meets("redis.replicas")));
      CHECK_FALSE((meets("master") && meets("node")));
      CHECK_FALSE((meets("master") && meets("replicas")));
      CHECK_FALSE((meets("node") && meets("replicas")));
      CHECK_FALSE((meets("primary") && meets("replicatedPrimary")));
      seen.insert(trial.components.begin(), trial.components.end());
    }
    CHECK(seen.size() == profile.components.size());
  }
}

TEST_CASE("judge: what the manifests show of the values is right, what they do not is named") {
  const auto profile = profile_of("replicas: {path: n, encoding: integer}");
  YamlNode values;
  values.at("n") = YamlNode::integer(3);
  CHECK(mistakes(judge(profile, trial_with(values), deployment("  replicas: 3\n"))).empty());
  CHECK(mistakes(judge(profile, trial_with(values), deployment("  replicas: 1\n"))) ==
        std::vector<std::string>{"replicas: trial: spec.replicas is \"1\", not \"3\""});
  CHECK(mistakes(judge(profile, trial_with(values), deployment(""))) ==
        std::vector<std::string>{"replicas: trial: spec.replicas is nothing, not \"3\""});
  CHECK(mistakes(judge(profile, trial_with(values), "")) ==
        std::vector<std::string>{
            "workload: trial: there is no Deployment \"shop\" nor any other; if it is switched off "
            "by default, give the values that switch it on as always, or -f"});
  auto elsewhere = deployment("  replicas: 3\n");
  elsewhere.replace(elsewhere.find("name: shop"), 10, "name: shop-web");
  CHECK(mistakes(judge(profile, trial_with(values), elsewhere)).at(0).find("but shop-web;") !=
        std::string::npos);
}

TEST_CASE("judge: pods must carry the labels that rules select, and the container its name") {
  const auto profile = profile_of("replicas: {path: n, encoding: integer}");
  auto manifests = deployment("  replicas: 3\n");
  manifests.replace(manifests.find("app: shop}"), 9, "app: other");
  manifests.replace(manifests.find("name: web"), 9, "name: www");
  YamlNode values;
  values.at("n") = YamlNode::integer(3);
  const auto found = mistakes(judge(profile, trial_with(values), manifests));
  REQUIRE(found.size() == 2);
  CHECK(found[0].find("podSelector") == 0);
  CHECK(found[1] == "container: trial: there is no container \"web\"");
}

TEST_CASE("judge: a probe has one handler, and an erased one is gone") {
  const auto profile = profile_of(
      "liveness: {path: live, encoding: probe_raw_merge, handler: {httpGet: {path: /, port: 80}}}");
  YamlNode values;
  values.at("live.tcpSocket.port") = YamlNode::integer(81);
  values.at("live.httpGet") = YamlNode::null();
  const auto judged = [&](const std::string& probe) {
    return mistakes(
        judge(profile, trial_with(values), deployment("", ", livenessProbe: " + probe)));
  };
  CHECK(judged("{tcpSocket: {port: 81}}").empty());
  CHECK(judged("{tcpSocket: {port: 81}, httpGet: {path: /}}").size() == 1);
  CHECK(judged("{tcpSocket: {port: 81}, exec: {command: [x]}}").size() == 1);
}

TEST_CASE("judge: the chart's own handler is the one that the binding gives") {
  const auto values = [] {
    YamlNode made;
    made.at("live.periodSeconds") = YamlNode::integer(7);
    return made;
  };
  const auto look = [&](const std::string& handler, YamlNode given, const std::string& shown) {
    const auto profile =
        profile_of("liveness: {path: live, encoding: probe_timing, handler: {" + handler + "}}");
    return mistakes(
        judge(profile, trial_with(std::move(given)),
              deployment("  replicas: 1\n", ", livenessProbe: {periodSeconds: 7, " + shown + "}")));
  };
  const std::string http = "httpGet: {path: /live, port: 80";
  CHECK(look(http + "}", values(), http + "}").empty());
  CHECK(look(http + "}", values(), http + ", scheme: HTTP}").empty());
  CHECK(look(http + ", scheme: HTTP}", values(), http + "}").empty());
  CHECK(look(http + ", scheme: HTTPS}", values(), http + ", scheme: HTTPS}").empty());
  for (const std::string& other :
       {http + ", scheme: HTTPS}", http + ", host: a}", std::string("httpGet: {path: /, port: 80}"),
        std::string("tcpSocket: {port: 80}")}) {
    CAPTURE(other);
    CHECK(look(http + "}", values(), other).size() == 1);
    CHECK(look(other, values(), http + "}").size() == 1);
  }
  // Ours was laid over the chart's, of which something is left.
  auto ours = values();
  ours.at("live.httpGet.path") = YamlNode::text("/ours");
  CHECK(look(http + "}", ours, "httpGet: {path: /ours}").empty());
  CHECK(look(http + "}", ours, "httpGet: {path: /ours, host: a}").size() == 1);
}

TEST_CASE("judge: a rule of spreading counts the pods, once") {
  const auto profile = profile_of("topologySpread: {path: spread, encoding: raw_list}");
  YamlNode values;
  values.at("spread") =
      YamlNode::list({YamlNode::map({{"topologyKey", YamlNode::text("kubernetes.io/hostname")}})});
  const auto judged = [&](const std::string& rest) {
    auto manifests = deployment("");
    manifests.replace(
        manifests.find("{containers"), 1,
        "{topologySpreadConstraints: [{topologyKey: kubernetes.io/hostname" + rest + "}], ");
    return mistakes(judge(profile, trial_with(values), manifests));
  };
  CHECK(judged(", labelSelector: {matchLabels: {app: shop}}").empty());
  CHECK(judged("").at(0).find("topologySpread") == 0);
  CHECK(judged(", labelSelector: {matchLabels: {}}").size() == 1);
  CHECK(judged(", labelSelector: {matchLabels: {app: other}}").size() == 1);
  const auto twice = judged(
      ", labelSelector: {matchLabels: {app: shop}}, labelSelector: {matchLabels: {app: shop}}");
  REQUIRE(twice.size() == 1);
  CHECK(twice[0].find("duplicate key \"labelSelector\"") != std::string::npos);
}

TEST_CASE("judge: an autoscaler owns the count, and a budget selects the pods") {
  const auto profile = profile_of(
      "hpa: {path: hpa, encoding: hpa_flat, keys: {enabled: on, min: min, max: max, cpu: cpu}}, "
      "pdb: {path: pdb, encoding: pdb, keys: {max: max}}");
  YamlNode values;
  values.at("hpa.min") = YamlNode::integer(2);
  values.at("hpa.max") = YamlNode::integer(5);
  values.at("hpa.cpu") = YamlNode::integer(70);
  values.at("pdb.max") = YamlNode::integer(1);
  const std::string scaler =
      "---\nkind: HorizontalPodAutoscaler\nspec: {scaleTargetRef: {name: shop}, minReplicas: 2, "
      "maxReplicas: 5, metrics: [{resource: {target: {averageUtilization: 70}}}]}\n";
  const std::string budget =
      "---\nkind: PodDisruptionBudget\nmetadata: {name: shop}\nspec: {maxUnavailable: 1, selector: "
      "{matchLabels: {app: "
      "shop}}}\n";
  CHECK(mistakes(judge(profile, trial_with(values), deployment("") + scaler + budget)).empty());
  CHECK(
      mistakes(judge(profile, trial_with(values), deployment("  replicas: 1\n") + scaler + budget))
          .size() == 1);
  CHECK(mistakes(judge(profile, trial_with(values), deployment(""))).size() == 2);
  const auto twice =
      mistakes(judge(profile, trial_with(values), deployment("") + scaler + budget + budget));
  REQUIRE(twice.size() == 1);
  CHECK(twice[0].find("several budgets select the same pods") != std::string::npos);
  auto renamed = budget;
  renamed.replace(renamed.find("name: shop"), 10, "name: shop-pdb");
  CHECK(mistakes(judge(profile, trial_with(values), deployment("") + scaler + renamed)) ==
        std::vector<std::string>{"pdb: trial: it is called \"shop-pdb\", not \"shop\": the binding "
                                 "must give its name"});
  values.at("pdb.max") = YamlNode::integer(2);
  CHECK(mistakes(judge(profile, trial_with(values), deployment("") + scaler + budget)) ==
        std::vector<std::string>{"pdb: trial: spec.maxUnavailable is not 2"});
  values.at("pdb.max") = YamlNode::integer(1);
  auto other = budget;
  other.replace(other.find("app: shop"), 9, "app: another");
  CHECK(mistakes(judge(profile, trial_with(values), deployment("") + scaler + other)).size() == 1);
}

TEST_CASE(
    "trials_of: budgets let two numbers of pods go, so that a chart's own is not taken for ours") {
  const auto profile = profile_of(
      "replicas: {path: n, encoding: integer}, pdb: {path: pdb, encoding: pdb, keys: {max: most}}");
  std::vector<std::string> seen;
  for (const auto& trial : trials_of(profile, "shop"))
    if (const auto* budget = trial.values.find("pdb")) seen.push_back(budget->find("most")->scalar);
  CHECK(seen == std::vector<std::string>{"1", "2"});
}
