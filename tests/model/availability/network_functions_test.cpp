#include <algorithm>
#include <doctest/doctest.h>

#include "model/availability/evaluate.hpp"
#include "model/availability/guarantee.hpp"
#include "model/network/connectivity.hpp"
#include "tests/support/near.hpp"
#include "tests/support/networks.hpp"

using namespace haplan;
using namespace haplan::model;
using haplan::test::near_relative;

namespace {

/// Out with probability 1 - 1 / (1 + rate) for repairs of 1 s.
std::vector<DomainMode> fails(double rate) {
  return {{.name = "fault", .rate = rate, .repair = 1.0}};
}

double down(double rate) { return rate / (1.0 + rate); }

Requirement connected(std::vector<VertexId> terminals) {
  Requirement gate;
  gate.kind = Requirement::Kind::connected;
  gate.terminals = std::move(terminals);
  return gate;
}

/// One service per requirement, no components.
System system_over(const Network& network, const std::vector<Requirement>& requirements) {
  System system;
  system.levels.resize(1);
  system.network = network;
  for (std::size_t s = 0; s < requirements.size(); ++s) {
    Service& service = system.services.emplace_back();
    service.name = "s" + std::to_string(s);
    service.requires_.of = {requirements[s]};
  }
  return system;
}

Evaluation evaluated(const System& system, const EvaluateOptions& options = {}) {
  const auto evaluation = evaluate(system, Deployment{}, options);
  REQUIRE(evaluation.has_value());
  return *evaluation;
}

/// The test networks with every vertex and link failing at `rate`.
Network network_of(const NetworkGraph& graph, double rate) {
  Network network;
  for (std::size_t v = 0; v < graph.vertices; ++v)
    network.vertices.push_back({"v" + std::to_string(v), fails(rate)});
  for (std::size_t l = 0; l < graph.links.size(); ++l)
    network.links.push_back(
        {"l" + std::to_string(l), graph.links[l].from, graph.links[l].to, fails(rate)});
  return network;
}

}  // namespace

TEST_CASE("network: two gates over one link fail together") {
  // a - b shared, then b - c and b - d: both gates at once, or one of them.
  Network network;
  for (const char* name : {"a", "b", "c", "d"}) network.vertices.push_back({name, {}});
  network.links = {{"ab", 0, 1, fails(0.1)}, {"bc", 1, 2, fails(0.2)}, {"bd", 1, 3, fails(0.3)}};
  Requirement any;
  any.kind = Requirement::Kind::any;
  any.of = {connected({0, 2}), connected({0, 3})};
  Requirement all;
  all.of = {connected({0, 2}), connected({0, 3})};
  const Evaluation evaluation = evaluated(system_over(network, {any, all}));
  const double ab = down(0.1), bc = down(0.2), bd = down(0.3);
  const double either = ab + (1 - ab) * bc * bd;
  const double both = 1 - (1 - ab) * (1 - bc) * (1 - bd);
  CHECK(near_relative(evaluation.services[0].unavailability.value, either, 1e-14));
  CHECK(near_relative(evaluation.services[1].unavailability.value, both, 1e-14));
  // Independent gates would be down together with (P(gate 1))(P(gate 2)), which is far less.
  const double apart = (ab + (1 - ab) * bc) * (ab + (1 - ab) * bd);
  CHECK(apart < 0.9 * either);
  // Rate of up-to-down events: each element's rate times P(it is up and critical).
  const double frequency =
      (1 - ab) * (0.1 * (1 - bc * bd) + 0.2 * (1 - bc) * bd + 0.3 * (1 - bd) * bc);
  CHECK(near_relative(evaluation.services[0].outage_frequency, frequency, 1e-13));
  CHECK(near_relative(evaluation.services[0].independent, either, 1e-14));
}

TEST_CASE("network: a backbone's gate equals the engine for networks alone, derivatives too") {
  const NetworkGraph graph = test::backbone(7, 24, 40);
  const double rate = 1e-7;
  const System system =
      system_over(network_of(graph, rate), {connected({0, 11, 23}), connected({3, 19})});
  const Evaluation evaluation = evaluated(system);
  const std::vector<double> u(graph.element_count(), down(rate));
  const std::vector<std::vector<std::size_t>> terminals{{0, 11, 23}, {3, 19}};
  for (ServiceId s = 0; s < 2; ++s) {
    const auto made = Connectivity::compile(graph, terminals[s]);
    REQUIRE(made.has_value());
    const ConnectivitySlopes slopes = made->slopes(u);
    const ServiceFigures& figures = evaluation.services[s];
    CHECK(near_relative(figures.unavailability.value, slopes.figures.disconnected, 1e-12));
    // All elements have one rate and one unavailability, so nu is rate (1 - u) times the sum of derivatives.
    double sum = 0.0;
    for (const double birnbaum : slopes.birnbaum) sum += birnbaum;
    CHECK(near_relative(figures.outage_frequency, rate * (1.0 - u[0]) * sum, 1e-10));
    double shares = 0.0;
    for (const Cause& cause : figures.causes) {
      CHECK((cause.kind == CauseKind::vertex || cause.kind == CauseKind::link));
      shares += cause.share;
    }
    CHECK(near_relative(shares, figures.unavailability.value, 1e-12));
  }
}

TEST_CASE("network: too large a network gives a proved interval around the exact figure") {
  const NetworkGraph graph = test::backbone(3, 30, 50);
  const System system = system_over(network_of(graph, 1e-4), {connected({0, 9, 21, 29})});
  const double exact = evaluated(system).services[0].unavailability.value;
  for (const std::size_t limit : {std::size_t{400}, std::size_t{1500}}) {
    CAPTURE(limit);
    const Estimate estimate = evaluated(system, {.node_limit = limit}).services[0].unavailability;
    CHECK(estimate.method == Method::bounded);
    CHECK(estimate.lower <= exact);
    CHECK(exact <= estimate.upper);
    CHECK(estimate.lower < estimate.upper);
  }
}

TEST_CASE("network: terminals without any path are always apart, and say so") {
  Network network;
  for (const char* name : {"a", "b", "c"}) network.vertices.push_back({name, fails(0.1)});
  network.links = {{"ab", 0, 1, fails(0.1)}};
  const ServiceFigures figures = evaluated(system_over(network, {connected({0, 2})})).services[0];
  CHECK(figures.unavailability.value == 1.0);
  CHECK(figures.outage_frequency == 0.0);
  REQUIRE(figures.causes.size() == 1);
  CHECK(figures.causes[0].kind == CauseKind::capacity);
  CHECK(figures.causes[0].subject == "network");
  CHECK(figures.causes[0].share == 1.0);
}

TEST_CASE("network: the guaranteed figure counts it") {
  const NetworkGraph graph = test::backbone(5, 12, 18);
  const System system = system_over(network_of(graph, 1e-3), {connected({0, 11})});
  const double exact = evaluated(system).services[0].unavailability.value;
  const auto guaranteed = guaranteed_unavailability(system, Deployment{}, {}, {});
  REQUIRE(guaranteed.has_value());
  CHECK(near_relative((*guaranteed)[0].value, exact, 1e-12));
}
