#include "tests/support/reference.hpp"

#include <numeric>
#include <string>
#include <utility>

#include "model/system/load.hpp"

namespace haplan::test {

using namespace model;

namespace {

constexpr double kMinute = 60.0;
constexpr double kHour = 3600.0;
constexpr double kDay = 86400.0;
constexpr double kYear = 365.25 * kDay;
constexpr std::int64_t kMebi = 1000LL * 1024 * 1024;  // in thousandths

Requirement leaf(ComponentId id) {
  Requirement requirement;
  requirement.kind = Requirement::Kind::component;
  requirement.component = id;
  return requirement;
}

Requirement all(std::vector<Requirement> of) {
  Requirement requirement;
  requirement.of = std::move(of);
  return requirement;
}

struct Shape {
  double crash_days;
  double hang_days;  ///< 0: none
  double start;
  double shutdown;
  std::int64_t throughput;
  std::int64_t service_ms;
  std::int64_t millicores;
  std::int64_t mebibytes;
};

Component workload(const char* name, const Shape& shape, std::vector<Requirement> depends_on) {
  Component c;
  c.name = name;
  c.modes.push_back({.name = "crash",
                     .rate = 1.0 / (shape.crash_days * kDay),
                     .detection = Detection::exit,
                     .repair = std::nullopt});
  if (shape.hang_days > 0.0) {
    c.modes.push_back({.name = "hang",
                       .rate = 1.0 / (shape.hang_days * kDay),
                       .detection = Detection::liveness,
                       .repair = std::nullopt});
    c.movable = true;
  }
  c.start = shape.start;
  c.shutdown = shape.shutdown;
  if (shape.throughput > 0) c.throughput = Rational{shape.throughput, 1};
  c.service_time = Rational{shape.service_ms, 1000};
  c.requests = {{"cpu", shape.millicores}, {"memory", shape.mebibytes * kMebi}};
  c.allowed = {0, 1, 2, 3, 4, 5};
  c.depends_on = all(std::move(depends_on));
  return c;
}

Component database(const char* name, const Shape& shape, Failover failover, double lag) {
  Component c = workload(name, shape, {});
  c.type = ComponentType::primary_replica;
  c.storage.kind = StorageKind::local;
  c.failover = failover;
  c.replication = Replication{.lag = lag};
  return c;
}

Component external(const char* name, External figures) {
  Component c;
  c.name = name;
  c.type = ComponentType::external;
  c.external = figures;
  c.service_time = Rational{7, 10};
  return c;
}

CommonCause releases(double every, double failure_rate, double exposure, double restore) {
  return {.name = "releases", .rate = failure_rate * exposure / every, .outage = restore};
}

std::vector<Component> components() {
  std::vector<Component> all_of;
  all_of.push_back(workload("api", {30, 90, 3, 2, 500, 20, 500, 1024},
                            {leaf(postgres), leaf(redis), leaf(llm)}));
  all_of.back().probe_latency = ProbeLatency{0.020, 0.300};
  all_of.back().common_causes = {releases(7 * kDay, 0.05, 0.25, 5 * kMinute)};
  all_of.push_back(external("claude", {.unavailability = 0.00083,
                                       .rate = 0.00083 / 0.99917 / kHour,
                                       .repair = kHour,
                                       .repair_is_default = true}));
  const double mtbf = 11.1 * kDay;
  const double repair = 28 * kMinute + 36;
  all_of.push_back(
      external("gpt-4o",
               {.unavailability = repair / (mtbf + repair), .rate = 1.0 / mtbf, .repair = repair}));
  all_of.push_back(
      workload("ingress", {60, 180, 2, 1, 6000, 1, 500, 512}, {leaf(api), leaf(keycloak)}));
  all_of.back().probe_latency = ProbeLatency{0.005, 0.150};
  all_of.push_back(workload("keycloak", {60, 120, 3, 2, 4000, 3, 1000, 2048}, {leaf(postgres)}));
  all_of.back().probe_latency = ProbeLatency{0.015, 0.300};
  all_of.back().common_causes = {releases(90 * kDay, 0.05, 0.5, 10 * kMinute)};
  Component gate;
  gate.name = "llm";
  gate.type = ComponentType::gate;
  gate.gate = {.kind = Requirement::Kind::any,
               .of = {leaf(gpt), leaf(claude)},
               .switchover = 5.0,
               .name = "llm"};
  all_of.push_back(gate);
  all_of.push_back(database("postgres", {90, 0, 4, 0, 5000, 5, 2000, 8192},
                            {.controller = Controller::patroni, .success = 0.98}, 0.5));
  all_of.push_back(workload("prometheus", {60, 0, 10, 0, 0, 0, 500, 2048}, {}));
  all_of.back().storage.kind = StorageKind::local;
  all_of.push_back(database("redis", {90, 0, 1, 0, 50000, 1, 500, 2048},
                            {.controller = Controller::redis_sentinel, .success = 0.99}, 1.0));
  all_of.push_back(workload("weather-plugin", {30, 90, 2, 1, 1000, 30, 250, 256}, {}));
  all_of.back().probe_latency = ProbeLatency{0.010, 0.200};
  all_of.back().need = {1, 1};
  return all_of;
}

System system_of_reference(std::size_t nodes, std::size_t zones) {
  System system;
  system.name = "dify";
  for (std::size_t z = 0; z < zones; ++z) {
    Domain& zone = system.domains.emplace_back();
    zone.name = "zone-" + std::to_string(z + 1);
    zone.level = "zone";
    zone.modes = {{.name = "outage", .rate = 1.0 / (2 * kYear), .repair = kHour}};
  }
  for (std::size_t i = 0; i < nodes; ++i) {
    Node node{.name = "worker-" + std::to_string(i + 1), .pool = "worker", .parent = std::nullopt};
    if (zones > 0) node.parent = i * zones / nodes;
    node.modes = {{.name = "hardware", .rate = 1.0 / (3 * kYear), .repair = 4 * kHour},
                  {.name = "reboot", .rate = 1.0 / (90 * kDay), .repair = 5 * kMinute}};
    node.capacity = {
        {"cpu", 8000}, {"memory", 32 * 1024 * kMebi}, {"nvidia.com/gpu", 1000}, {"pods", 110000}};
    system.nodes.push_back(node);
  }
  system.drain = Drain{.every = 30 * kDay, .per_node = 10 * kMinute};
  system.levels = {{.name = "peak",
                    .share = 0.1,
                    .users = Rational{10000, 1},
                    .think_time = Rational{3, 1},
                    .rate = std::nullopt},
                   {.name = "typical",
                    .share = 0.9,
                    .users = Rational{2000, 1},
                    .think_time = Rational{3, 1},
                    .rate = std::nullopt}};
  system.components = components();
  for (Component& component : system.components) {
    if (component.allowed.empty()) continue;
    component.allowed.resize(nodes);
    std::iota(component.allowed.begin(), component.allowed.end(), NodeId{0});
  }
  const auto service = [](const char* name, std::vector<Requirement> of) {
    return Service{.name = name, .requires_ = all(std::move(of)), .load = std::nullopt};
  };
  system.services = {service("chat", {leaf(ingress)}), service("knowledge", {leaf(ingress)}),
                     service("weather", {leaf(ingress), leaf(weather)})};
  return system;
}

Deployment deployment_of(const System& system) {
  Deployment deployment;
  deployment.components.resize(system.components.size());
  const Probe liveness{.period = 5, .failure_threshold = 3, .grace = 1};
  const Probe readiness{.period = 2};
  for (const ComponentId id : {api, ingress, keycloak, weather}) {
    deployment.components[id].probes = {liveness, readiness, std::nullopt};
  }
  for (const ComponentId id : {ingress, keycloak, postgres, prometheus, weather}) {
    deployment.components[id].replicas = 2;
  }
  deployment.components[redis].replicas = 3;
  deployment.components[postgres].failover.ttl = 20;
  deployment.components[postgres].failover.retry_timeout = 5;
  deployment.components[redis].failover.down_after = 5;
  deployment.components[api].autoscale = Autoscale{.min = 3, .max = 10, .target = 60};
  const LoadTable table = load_table(system);
  for (ComponentId id = 0; id < system.components.size(); ++id) {
    if (!system.components[id].replicated()) continue;
    ComponentPlan& plan = deployment.components[id];
    const int replicas = largest_replicas(system, table, plan, id);
    for (int r = 0; r < replicas; ++r) {
      plan.nodes.push_back(static_cast<NodeId>(r) % system.nodes.size());
    }
  }
  return deployment;
}

}  // namespace

Reference reference_system(std::size_t nodes, std::size_t zones) {
  System system = system_of_reference(nodes, zones);
  Deployment deployment = deployment_of(system);
  return {std::move(system), std::move(deployment)};
}

}  // namespace haplan::test
