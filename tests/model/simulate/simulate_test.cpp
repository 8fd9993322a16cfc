#include "model/simulate/simulate.hpp"

#include <atomic>
#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/referee.hpp"

using namespace haplan;
using namespace haplan::model;

namespace {

constexpr double kDay = 86400.0;

/// Two replicas on nowhere, one needed; each fails after Exp(1 d) and is out for a fixed time.
struct Pair {
  System system;
  Deployment deployment;
};

Pair pair_of(double outage) {
  Pair pair;
  Component web;
  web.name = "web";
  web.modes.push_back({"crash", 1.0 / kDay, Detection::exit, outage, true});
  pair.system.components.push_back(std::move(web));
  pair.system.levels.push_back({});
  Requirement leaf;
  leaf.kind = Requirement::Kind::component;
  Service site;
  site.name = "site";
  site.requires_.of.push_back(leaf);
  pair.system.services.push_back(std::move(site));
  ComponentPlan plan;
  plan.replicas = 2;
  pair.deployment.components.push_back(std::move(plan));
  return pair;
}

SimulateOptions options_of(std::uint64_t events) {
  SimulateOptions options;
  options.assumptions = model_semantics();
  options.events = events;
  options.confidence = 0.9999;
  options.precision = 0.05;
  return options;
}

bool holds(const SimulatedFigure& figure, double truth) {
  return figure.known && figure.estimate.lower <= truth && truth <= figure.estimate.upper;
}

}  // namespace

TEST_CASE(
    "simulate: two replicas, directly and by failure biasing, within the interval of the closed "
    "form") {
  const Pair pair = pair_of(60.0);
  const double u = 60.0 / (60.0 + kDay);
  for (const SimulationMethod method :
       {SimulationMethod::direct, SimulationMethod::failure_biasing}) {
    SimulateOptions options = options_of(2'000'000);
    options.method = method;
    const auto result = simulate(pair.system, pair.deployment, options);
    REQUIRE(result.has_value());
    CHECK(result->method == method);
    const SimulatedService& s = result->services[0];
    // Both out at once; an outage begins with the second of two failures: 2 u (1 - u) / D; it lasts half of D on average.
    CHECK(holds(s.unavailability, u * u));
    CHECK(holds(s.outage_frequency, 2 * u * (1 - u) * (1 / kDay)));
    CHECK(holds(s.mean_outage, 30.0));
  }
}

TEST_CASE("simulate: rare outages are met by failure biasing where that needs less work") {
  const Pair pair = pair_of(1.0);
  const auto result = simulate(pair.system, pair.deployment, options_of(5'000'000));
  REQUIRE(result.has_value());
  CHECK(result->method == SimulationMethod::failure_biasing);
  CHECK(result->reached);
  const double u = 1.0 / (1.0 + kDay);
  CHECK(holds(result->services[0].unavailability, u * u));
}

namespace {

Component external_of(const std::string& name, double mtbf, double repair) {
  Component component;
  component.name = name;
  component.type = ComponentType::external;
  component.external = External{repair / (mtbf + repair), 1.0 / mtbf, repair, false};
  return component;
}

}  // namespace

TEST_CASE(
    "simulate: failure biasing is not misled by what fails all the time beside rare outages") {
  // Either of two externals suffices; beside them a replica fails every minute for 3 s, in a service of its own.
  System system;
  Component fast;
  fast.name = "fast";
  fast.modes.push_back({"crash", 1.0 / 60.0, Detection::manual, 3.0, true});
  system.components = {external_of("one", 40 * kDay, 3600.0), external_of("two", 40 * kDay, 3600.0),
                       fast};
  system.levels.push_back({});
  const auto leaf = [](ComponentId id) {
    Requirement requirement;
    requirement.kind = Requirement::Kind::component;
    requirement.component = id;
    return requirement;
  };
  Requirement either;
  either.kind = Requirement::Kind::any;
  either.of = {leaf(0), leaf(1)};
  system.services.resize(2);
  system.services[0].name = "slow";
  system.services[0].requires_.of.push_back(either);
  system.services[1].name = "fast";
  system.services[1].requires_.of.push_back(leaf(2));
  Deployment deployment;
  deployment.components.resize(3);
  deployment.components[2].replicas = 1;
  SimulateOptions options = options_of(3'000'000);
  options.method = SimulationMethod::failure_biasing;
  options.targets = {true, false};
  const auto result = simulate(system, deployment, options);
  REQUIRE(result.has_value());
  CHECK(result->method == SimulationMethod::failure_biasing);
  const double u = 3600.0 / (40 * kDay + 3600.0);
  CHECK(holds(result->services[0].unavailability, u * u));
  CHECK(relative_half_width(result->services[0].unavailability) < 0.3);
}

TEST_CASE("simulate: failure biasing is refused where all is hardly ever well") {
  Pair pair = pair_of(60.0);
  pair.system.components[0].modes[0].rate = 1.0;  // out for 60 s of every 61
  SimulateOptions options = options_of(300'000);
  options.method = SimulationMethod::failure_biasing;
  const auto result = simulate(pair.system, pair.deployment, options);
  REQUIRE(result.has_value());
  CHECK(result->refused);
  CHECK(result->method == SimulationMethod::direct);
  const double u = 60.0 / 61.0;
  CHECK(holds(result->services[0].unavailability, u * u));
}

TEST_CASE("simulate: the number of threads changes no digit, the seed all of them") {
  const test::RefereeCase one = test::random_case(11);
  SimulateOptions options = options_of(1'000'000);
  const auto first = simulate(one.system, one.deployment, options);
  options.threads = 3;
  const auto second = simulate(one.system, one.deployment, options);
  options.seed = 2;
  const auto other = simulate(one.system, one.deployment, options);
  REQUIRE((first && second && other));
  CHECK(first->events == second->events);
  for (std::size_t s = 0; s < first->services.size(); ++s) {
    CHECK(first->services[s].unavailability.estimate.value ==
          second->services[s].unavailability.estimate.value);
    CHECK(first->services[s].downtime_p99.estimate.upper ==
          second->services[s].downtime_p99.estimate.upper);
    CHECK(first->services[s].unavailability.estimate.value !=
          other->services[s].unavailability.estimate.value);
  }
}

TEST_CASE("simulate: a stop returns what is known so far") {
  const Pair pair = pair_of(60.0);
  SimulateOptions options = options_of(1'000'000'000);
  options.precision = 1e-6;
  std::atomic<int> asked{0};
  options.stop = [&asked] { return ++asked > 20'000; };
  const auto result = simulate(pair.system, pair.deployment, options);
  REQUIRE(result.has_value());
  CHECK(result->stopped);
  CHECK_FALSE(result->reached);
  CHECK(result->replications > 0);
}

TEST_CASE("simulate: after each round it tells what it would return if it ended there") {
  for (const SimulationMethod method :
       {SimulationMethod::direct, SimulationMethod::failure_biasing}) {
    const Pair pair = pair_of(60.0);
    SimulateOptions options = options_of(2'000'000);
    options.method = method;
    const auto silent = simulate(pair.system, pair.deployment, options);
    std::vector<Simulation> told;
    options.so_far = [&told](const Simulation& known) { told.push_back(known); };
    const auto result = simulate(pair.system, pair.deployment, options);
    REQUIRE(silent.has_value());
    REQUIRE(result.has_value());
    REQUIRE(told.size() > 1);
    for (std::size_t i = 0; i + 1 < told.size(); ++i) {
      CHECK(told[i].stopped);
      CHECK(told[i].services.size() == 1);
      CHECK(told[i].replications > 0);
    }
    for (const Simulation& same : {*silent, told.back()}) {
      CHECK(same.method == result->method);
      CHECK(same.events == result->events);
      CHECK(same.replications == result->replications);
      CHECK(same.services[0].unavailability.estimate.value ==
            result->services[0].unavailability.estimate.value);
      CHECK(same.services[0].kept.estimate.value == result->services[0].kept.estimate.value);
    }
  }
}

TEST_CASE("simulate: settling takes ten times the longest repair that can occur") {
  Pair pair = pair_of(60.0);
  CHECK(settling_time(pair.system, pair.deployment) == 3600.0);  // at least an hour
  Node node;
  node.name = "node";
  node.modes.push_back({"hardware", 1.0 / (100 * kDay), 4 * 3600.0, RepairLaw::exponential, 0.0});
  pair.system.nodes.push_back(node);
  CHECK(settling_time(pair.system, pair.deployment) == 10 * 4 * 3600.0);
  pair.system.drain = Drain{30 * kDay, 6 * 3600.0};
  CHECK(settling_time(pair.system, pair.deployment) == 10 * 6 * 3600.0);
}
