#include <algorithm>
#include <doctest/doctest.h>

#include "planner/lower/parts.hpp"
#include "tests/planner/lower/support.hpp"
#include "tests/support/near.hpp"

namespace haplan::planner::lowering {

namespace {

using test::near_relative;

/// Reads a body of spec and takes the steps of the lowering that its network and gates need.
struct Stepped {
  explicit Stepped(const std::string& body) : result(read({{"test.yaml", test::spec_text(body)}})) {
    REQUIRE(result.document.has_value());
    context.spec = result.document->find("spec");
    lower_network(context);
    name_components(context);
    lower_dependencies(context);
    lower_services(context);
    lower_objectives(context);
  }
  ReadResult result;
  Context context;
};

/// "HA085@7:30", one per diagnostic.
std::string places(const Diagnostics& diagnostics) {
  std::string all;
  for (const Diagnostic& one : diagnostics)
    all += (all.empty() ? "" : " ") + one.code + "@" + std::to_string(one.where.line) + ":" +
           std::to_string(one.where.column);
  return all;
}

constexpr const char* kNetwork = R"(
  network:
    vertices:
      tor-10: {}
      tor-2: {failures: {crash: {mtbf: 1y, repair: 2h}}}
      spine: {}
    links:
      up: {between: [tor-2, spine], failures: {cut: {rate: 2/y, repair: 4h, distribution: fixed}}}
      b: {between: [spine, tor-10]}
      spare: {between: [tor-2, spine]}
  components:
    spine: {type: stateless, dependsOn: [{any: [uplink, {connected: [tor-10, tor-2]}], switchover: 2s}]}
    uplink: {type: gate, connected: [spine, tor-10, tor-2]}
  services:
    site: {requires: [spine, {connected: [spine, tor-2]}]}
)";

}  // namespace

TEST_CASE("network: vertices, links and connected gates become parts of the system") {
  const Stepped stepped(kNetwork);
  CHECK(stepped.context.diagnostics.empty());
  const model::System& system = stepped.context.out.problem.system;
  REQUIRE(system.network.vertices.size() == 3);  // in natural order: spine, tor-2, tor-10
  CHECK(system.network.vertices[1].name == "tor-2");
  REQUIRE(system.network.vertices[1].modes.size() == 1);
  CHECK(near_relative(system.network.vertices[1].modes[0].rate, 1.0 / (365.25 * 86400.0), 1e-15));
  CHECK(system.network.vertices[1].modes[0].repair == 7200.0);
  REQUIRE(system.network.links.size() == 3);  // b, spare, up; two of them parallel
  const model::Link& up = system.network.links[2];
  CHECK(up.name == "up");
  CHECK(up.a == 1);
  CHECK(up.b == 0);
  CHECK(up.modes[0].law == model::RepairLaw::fixed);
  using Kind = model::Requirement::Kind;
  // A component and a vertex may bear one name: here spine.
  CHECK(system.components[1].gate.kind == Kind::connected);
  CHECK(system.components[1].gate.terminals == std::vector<model::VertexId>{0, 1, 2});
  const model::Requirement& any = system.components[0].depends_on.of[0];
  CHECK(any.of[1].terminals == std::vector<model::VertexId>{1, 2});
  CHECK(any.name == "spine: any(uplink, connected(tor-2, tor-10))");
  CHECK(system.services[0].requires_.of[1].terminals == std::vector<model::VertexId>{0, 1});
}

TEST_CASE("network: every mistake is reported at its place") {
  const Stepped stepped(R"(
  network:
    vertices: {a: {failures: {x: {repair: 1h}}}, b: {}}
    links:
      one: {}
      two: {between: [a, c]}
      three: {between: [a, a]}
      four: {between: [a, b, a]}
  components:
    web: {type: stateless, dependsOn: [{connected: [a]}, {connected: [a, a]}, {connected: [web, b]}]}
  services:
    site: {requires: [web]}
)");
  // In the order in which they are found: vertices, links by name, gates.
  CHECK(places(stepped.context.diagnostics) ==
        "HA004@7:31 HA086@12:23 HA004@9:7 HA086@11:28 HA085@10:26 HA087@14:52 HA087@14:74 "
        "HA085@14:92");
}

TEST_CASE("objectives: losses of a zone, replica and primary, window and compliance are limits") {
  const Stepped stepped(R"(
  objectives:
    site: {availability: 99.9%, loss: {zone: 60s, replica: 1s, primary: 45s}, window: 7d, compliance: 95%}
    blog: {}
  components:
    web: {type: stateless}
  services:
    blog: {requires: [web]}
    site: {requires: [web]}
)");
  CHECK(stepped.context.diagnostics.empty());
  const auto& objectives = stepped.context.out.problem.objectives;
  REQUIRE(objectives.size() == 2);
  CHECK_FALSE(objectives[0].max_zone_loss.has_value());
  CHECK(objectives[0].window == 2592000.0);  // 30 d
  CHECK_FALSE(objectives[0].max_window_miss.has_value());
  CHECK(objectives[1].max_zone_loss == 60.0);
  CHECK(objectives[1].max_replica_loss == 1.0);
  CHECK(objectives[1].max_primary_loss == 45.0);
  CHECK(objectives[1].window == 604800.0);
  CHECK(near_relative(*objectives[1].max_window_miss, 0.05, 1e-15));
}

TEST_CASE("objectives: a window has a length, and compliance something to comply with") {
  const Stepped stepped(R"(
  objectives:
    site: {window: 0s, compliance: 95%}
  components:
    web: {type: stateless}
  services:
    site: {requires: [web]}
)");
  CHECK(places(stepped.context.diagnostics) == "HA084@7:20 HA004@7:24");
}

}  // namespace haplan::planner::lowering
