#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/planner/lower/support.hpp"

namespace haplan::planner {

namespace {

std::string example(const std::string& name) {
  std::ifstream stream(HAPLAN_SOURCE_DIR "/specs/examples/" + name, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

Lowered lowered_example(const std::string& name) {
  LowerResult result = test::lowered_text(example(name));
  REQUIRE_MESSAGE(result.lowered.has_value(),
                  (result.diagnostics.empty() ? std::string() : result.diagnostics[0].message));
  CHECK(result.diagnostics.empty());
  return std::move(*result.lowered);
}

}  // namespace

TEST_CASE("examples: every one is valid") {
  int count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(HAPLAN_SOURCE_DIR "/specs/examples")) {
    if (entry.path().extension() != ".yaml") continue;  // a table of incidents
    CAPTURE(entry.path().filename().string());
    lowered_example(entry.path().filename().string());
    ++count;
  }
  CHECK(count >= 6);
}

TEST_CASE("examples: the reference system has its six nodes, ten components and open settings") {
  const Lowered dify = lowered_example("dify.yaml");
  CHECK(dify.name == "dify");
  CHECK(dify.problem.system.nodes.size() == 6);
  CHECK(dify.problem.system.components.size() == 10);
  CHECK(dify.problem.system.services.size() == 3);
  CHECK(dify.problem.objectives.size() == 3);
  // cluster 1; ingress, keycloak, weather-plugin: replicas and 5 probe settings each; api: min,
  // target and 5; postgres and redis: replicas and one controller setting.
  CHECK(dify.problem.decisions.size() == 1 + 3 * 6 + 7 + 2 * 2);
  CHECK(dify.releases.size() == 3);
}

TEST_CASE("examples: the system as first deployed leaves nothing open") {
  const Lowered first = lowered_example("dify-first-deployed.yaml");
  CHECK(first.problem.decisions.empty());
  const auto& system = first.problem.system;
  REQUIRE(system.claims.size() == 1);
  CHECK(system.claims[0].read_write_once);
  const auto postgres =
      std::find_if(system.components.begin(), system.components.end(),
                   [](const model::Component& one) { return one.name == "postgres"; });
  const auto id = static_cast<std::size_t>(postgres - system.components.begin());
  // One node for all three pods, because of their volume; and nobody but a person fails over.
  CHECK(first.problem.before.components[id].nodes == std::vector<model::NodeId>{0, 0, 0});
  CHECK(postgres->failover->success == 0.0);
}

}  // namespace haplan::planner
