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
  const auto profiles = embedded_profiles();
  CHECK(profiles.size() == 3);
  for (const auto& [name, profile] : profiles) {
    CHECK(profile.name == name);
    CHECK_FALSE(profile.verified.empty());
    CHECK_FALSE(profile.components.empty());
  }
  CHECK(profiles.at("dify-borispolonsky").find("redis.node") != nullptr);
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
  CHECK(expand_name(web.workload_name, profile, web, "blue") == "blue-shop-web");
  CHECK(expand_name(web.workload_name, profile, web, "shop-blue") == "shop-blue-web");
  // The full name is cut to 63 characters, and a dash at the cut goes.
  const auto cut = expand_name("{fullname}", profile, web, std::string(62, 'a'));
  CHECK(cut == std::string(62, 'a'));
}
