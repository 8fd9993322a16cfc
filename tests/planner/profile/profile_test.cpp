#include "planner/profile/profile.hpp"

#include <doctest/doctest.h>

using namespace haplan::planner;

namespace {

const std::string kGood = R"(
chart: {name: shop, source: somewhere, verified: 1.2.3}
components:
  web:
    prefix: web
    workload: {kind: Deployment, name: '{fullname}-web', container: web}
    podSelector: {app: '{release}'}
    bind:
      replicas: {path: .replicas, encoding: integer, scaled: erase}
      affinity: {path: affinity, encoding: raw, template: true}
)";

}  // namespace

TEST_CASE("embedded_profiles: every built-in profile reads, and names what it was checked with") {
  const auto& profiles = embedded_profiles();
  CHECK(profiles.size() == 10);
  for (const auto& [name, profile] : profiles) {
    CHECK(profile.name == name);
    CHECK_FALSE(profile.verified.empty());
    CHECK_FALSE(profile.components.empty());
  }
  CHECK(profiles.at("dify-borispolonsky").find("redis.node") != nullptr);
}

TEST_CASE("embedded_profiles: only what cannot be rendered is marked so") {
  for (const auto& [name, profile] : embedded_profiles()) {
    CAPTURE(name);
    CHECK(profile.unverified.empty() == (name != "dify-enterprise"));
    // The version that was rendered lies in the range that is promised.
    CHECK(version_in(profile.verified, profile.versions).value_or(name == "helm-create"));
  }
}

TEST_CASE("version_in: comparisons must all hold, and a pre-release comes before its release") {
  CHECK(version_in("1.2.3", ">=1.2.0 <2.0.0") == true);
  CHECK(version_in("2.0.0", ">=1.2.0 <2.0.0") == false);
  CHECK(version_in("v2", "=2.0.0") == true);
  CHECK(version_in("0.38.0-rc2", ">=0.38.0 <0.39.0") == false);
  CHECK(version_in("0.38.0-rc2", ">=0.38.0-0 <0.39.0") == true);
  CHECK(version_in("1.10.0", ">1.9") == true);  // numbers, not texts
  CHECK_FALSE(version_in("latest", ">1").has_value());
  CHECK_FALSE(version_in("1.0", "about 1").has_value());
  CHECK_FALSE(version_in("1.0", "").has_value());
}

TEST_CASE("read_profile: what a binding needs beside it is read, and its own name wins") {
  const auto result = read_profile("file", R"(
name: mine
chart: {name: shop, source: s, verified: 1.0.0, versions: '>=1.0.0', nameLength: 10}
carriers: [{path: extra, template: true, requires: {on: true}}]
forbid: [{when: {a.b: x}, why: it breaks}]
components:
  web:
    prefix: web
    workload: {kind: Deployment, name: '{fullname}', container: c}
    podSelector: {app: a}
    bind:
      pdb: {path: .pdb, encoding: pdb, keys: {max: maxUnavailable}, erase: [minAvailable], requires: {.on: true}}
      ttl: {path: .ttl, encoding: seconds, effect: {kind: ConfigMap, name: '{fullname}', at: data.x, as: 'ttl {value}'}}
)",
                                   "file.yaml");
  REQUIRE(result.profile);
  CHECK(result.profile->name == "mine");
  CHECK(result.profile->carriers.at(0).path == "extra");
  CHECK(result.profile->forbidden.at(0).why == "it breaks");
  const auto& web = result.profile->components.at(0);
  const auto& pdb = web.bindings.at("pdb");
  CHECK(pdb.needs.at(0).first == "web.on");
  CHECK(pdb.erase == std::vector<std::string>{"minAvailable"});
  CHECK(web.bindings.at("ttl").effect->as == "ttl {value}");
  // Ten characters, no dash at the cut.
  CHECK(expand_name("{fullname}", *result.profile, web, {"blue", {}, {}}) == "blue-shop");
  CHECK(expand_name("{fullname}", *result.profile, web, {"red-green", {}, {}}) == "red-green");
}

TEST_CASE("read_profile: names that the chart's values override, and what was never checked") {
  const auto result = read_profile("argo", R"(
chart: {name: argo-cd, nameOverride: argocd, source: s}
components:
  web:
    workload: {kind: Deployment, name: '{fullname}-web', container: c}
    podSelector: {app: '{chart}-web'}
    bind:
      topologySpread: {path: spread, encoding: raw_list, omit: [labelSelector]}
      pdb: {path: pdb, encoding: pdb, keys: {max: max}, name: '{fullname}-budget'}
)",
                                   "argo.yaml");
  REQUIRE(result.profile);
  const auto& profile = *result.profile;
  const auto& web = profile.components.at(0);
  CHECK(profile.verified.empty());
  CHECK(web.bindings.at("topologySpread").omit == std::vector<std::string>{"labelSelector"});
  CHECK(web.bindings.at("pdb").budget_name == "{fullname}-budget");
  CHECK(expand_name("{fullname} {chart}", profile, web, {"blue", {}, {}}) == "blue-argocd argocd");
  CHECK(expand_name("{fullname}", profile, web, {"argocd", {}, {}}) == "argocd");
  CHECK(expand_name("{fullname}", profile, web, {"blue", "other", {}}) == "blue-other");
  CHECK(expand_name("{fullname}", profile, web, {"blue", {}, "set"}) == "set");
}

TEST_CASE("read_profile: keys are omitted of lists only, and only budgets have names") {
  const auto result = read_profile("shop", R"(
chart: {name: shop, source: s}
components:
  web:
    workload: {kind: Deployment, name: web, container: c}
    podSelector: {app: web}
    bind:
      affinity: {path: affinity, encoding: raw, omit: [labelSelector]}
      tolerations: {path: tolerations, encoding: raw_list, omit: effect}
      replicas: {path: n, encoding: integer, name: web}
)",
                                   "shop.yaml");
  CHECK_FALSE(result.profile);
  CHECK(result.diagnostics.size() == 3);
}

TEST_CASE("read_profile: a leading dot stands for the component's prefix") {
  const auto result = read_profile("shop", kGood, "shop.yaml");
  REQUIRE(result.profile);
  const auto& web = *result.profile->find("web");
  CHECK(web.bindings.at("replicas").path == "web.replicas");
  CHECK(web.bindings.at("replicas").when_scaled == WhenScaled::erase);
  CHECK(web.bindings.at("affinity").path == "affinity");
  CHECK(web.bindings.at("affinity").templated);
}

TEST_CASE("read_profile: every mistake is reported at once, with its place") {
  const std::string bad = R"(
chart: {source: x, verified: y, colour: red}
components:
  web:
    workload: {kind: Deployment, name: a}
    bind:
      replicas: {path: a, encoding: number}
      replica: {path: a, encoding: integer}
      hpa: {path: a, encoding: hpa_flat, keys: {min: a}}
)";
  const auto result = read_profile("bad", bad, "bad.yaml");
  CHECK_FALSE(result.profile);
  // colour; container missing; podSelector missing; encoding; replica; enabled, max and cpu missing
  CHECK(result.diagnostics.size() == 8);
  for (const auto& d : result.diagnostics) {
    CHECK(d.code == "HA100");
    CHECK(d.where.file == "bad.yaml");
    CHECK(d.where.line > 1);
  }
}

TEST_CASE("read_profile: an empty text and broken YAML are errors") {
  CHECK(has_errors(read_profile("x", "", "x.yaml").diagnostics));
  CHECK(has_errors(read_profile("x", "a: [", "x.yaml").diagnostics));
}

TEST_CASE("expand_name: a release that contains the chart's name is the full name") {
  const auto profile = *read_profile("shop", kGood, "shop.yaml").profile;
  const auto& web = profile.components[0];
  CHECK(expand_name(web.workload_name, profile, web, {"blue", {}, {}}) == "blue-shop-web");
  CHECK(expand_name(web.workload_name, profile, web, {"shop-blue", {}, {}}) == "shop-blue-web");
  CHECK(expand_name("{fullname}", profile, web, {"blue", "store", {}}) == "blue-store");
  CHECK(expand_name("{fullname} {chart}", profile, web, {"blue", {}, "x"}) == "x shop");
  auto sub = web;
  sub.chart = "redis";  // of a subchart, whose names follow from the release alone
  CHECK(expand_name("{fullname}", profile, sub, {"blue", "store", "x"}) == "blue-redis");
  // The full name is cut to 63 characters, and a dash at the cut goes.
  const auto cut = expand_name("{fullname}", profile, web, {std::string(62, 'a'), {}, {}});
  CHECK(cut == std::string(62, 'a'));
}
