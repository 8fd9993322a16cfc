#include "planner/session/sweep.hpp"

#include <cmath>
#include <doctest/doctest.h>

using namespace haplan::planner;  // NOLINT(google-build-using-namespace)

namespace {

constexpr const char* kSpec = R"(
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: shop}
spec:
  objectives: {shop: {availability: 99.9%}}
  cluster:
    nodes: {node: {count: 3, capacity: {cpu: 4, memory: 16Gi}, failures: {crash: {mtbf: 60d, repair: 30m}}}}
  components:
    web:
      type: stateless
      replicas: 1..3
      resources: {cpu: 500m, memory: 512Mi}
      start: 5s
      failures: {crash: {mtbf: 14d}}
      dependsOn: [vendor]
    vendor: {type: external, availability: 99.95%}
  services: {shop: {requires: [web]}}
)";

Inputs inputs_with(const std::vector<std::string>& sets) {
  return {.sources = {{"shop.yaml", kSpec}}, .sets = sets, .scenario = {}, .plan = {}};
}

double single(const std::vector<std::string>& sets) {
  Loaded loaded = load(inputs_with(sets));
  REQUIRE(loaded.lowered);
  const auto plan = evaluated_plan(std::move(*loaded.lowered));
  REQUIRE(plan);
  return plan->after->evaluation.services.front().unavailability.value;
}

}  // namespace

TEST_CASE("sweep: numbers, probabilities and settings give the bits of single evaluations") {
  const SweepRequest request{
      .numbers = {{"components.web.failures.crash.mtbf", {86400.5, 1e6}, {0, 1, 0, 1}},
                  {"components.vendor.availability", {0.3, 0.9995}, {0, 0, 1, 1}},
                  {"components.web.replicas", {1.0, 2.0}, {0, 1, 1, 0}}},
      .figures = {"unavailability"},
      .threads = 2,
      .stop = {},
      .progress = {}};
  const Swept swept = sweep(inputs_with({}), request);
  REQUIRE(swept.sweep);
  CHECK(swept.sweep->services == std::vector<std::string>{"shop"});
  CHECK(swept.sweep->failed == 0);
  const std::vector<std::vector<std::string>> points = {
      {"components.web.failures.crash.mtbf=86400.5s", "components.vendor.availability=0.3",
       "components.web.replicas=1"},
      {"components.web.failures.crash.mtbf=1000000s", "components.vendor.availability=0.3",
       "components.web.replicas=2"},
      {"components.web.failures.crash.mtbf=86400.5s", "components.vendor.availability=0.9995",
       "components.web.replicas=2"},
      {"components.web.failures.crash.mtbf=1000000s", "components.vendor.availability=0.9995",
       "components.web.replicas=1"}};
  for (std::size_t point = 0; point < points.size(); ++point)
    CHECK(swept.sweep->figures[point] == single(points[point]));
}

TEST_CASE("sweep: a path that is none is a mistake, a value that is none fails its point") {
  const auto request = [](const char* path, std::vector<double> values) {
    return SweepRequest{.numbers = {{path, std::move(values), {0, 1}}},
                        .figures = {"unavailability"},
                        .threads = 1,
                        .stop = {},
                        .progress = {}};
  };
  const Swept unknown = sweep(inputs_with({}), request("components.wbe.start", {1.0, 2.0}));
  CHECK_FALSE(unknown.sweep);
  CHECK(has_errors(unknown.diagnostics));
  const Swept partly = sweep(inputs_with({}), request("components.web.replicas", {2.0, 1.5}));
  REQUIRE(partly.sweep);
  CHECK(partly.sweep->failed == 1);
  CHECK_FALSE(partly.sweep->why.empty());
  CHECK(std::isnan(partly.sweep->figures[1]));
  CHECK(partly.sweep->figures[0] == single({"components.web.replicas=2"}));
}
