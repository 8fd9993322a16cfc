#include "tests/solver/dify.hpp"

#include <algorithm>
#include <numeric>
#include <string>

namespace haplan::test {

namespace {

using namespace model;
using solver::Decision;
using solver::ProbeKind;
using solver::Setting;

constexpr double kMinute = 60.0;
constexpr double kHour = 3600.0;
constexpr double kDay = 86400.0;
constexpr double kYear = 365.25 * kDay;
constexpr std::int64_t kGi = 1000LL * 1024 * 1024 * 1024;
constexpr std::int64_t kMi = 1000LL * 1024 * 1024;

enum Id : std::size_t {
  api,
  claude,
  gpt,
  ingress,
  keycloak,
  llm,
  postgres,
  prometheus,
  redis,
  weather
};

Requirement leaf(ComponentId c) {
  Requirement requirement;
  requirement.kind = Requirement::Kind::component;
  requirement.component = c;
  return requirement;
}

std::vector<double> from_to(int first, int last) {
  std::vector<double> values(static_cast<std::size_t>(last - first + 1));
  std::iota(values.begin(), values.end(), first);
  return values;
}

class Builder {
 public:
  solver::Problem build() {
    add_cluster();
    add_stateless();
    add_stores();
    add_vendors();
    add_services();
    add_decisions();
    for (ComponentId c = 0; c < system().components.size(); ++c) {
      problem_.placement_open.push_back(system().components[c].replicated());
      if (problem_.placement_open[c]) solver::place_round_robin(system(), problem_.before, c);
      problem_.rules.emplace_back();
    }
    return std::move(problem_);
  }

 private:
  System& system() { return problem_.system; }
  ComponentPlan& plan(ComponentId c) { return problem_.before.components[c]; }

  void add_cluster() {
    for (int i = 1; i <= 6; ++i) {
      Node node;
      node.name = "worker-" + std::to_string(i);
      node.pool = "worker";
      node.modes = {{"hardware", 1.0 / (3 * kYear), 4 * kHour, RepairLaw::exponential, 0.0},
                    {"reboot", 1.0 / (90 * kDay), 5 * kMinute, RepairLaw::exponential, 0.0}};
      node.capacity = {
          {"cpu", 8000}, {"memory", 32 * kGi}, {"nvidia.com/gpu", 1000}, {"pods", 110000}};
      system().nodes.push_back(node);
    }
    system().drain = Drain{30 * kDay, 10 * kMinute};
    Level peak;
    peak.name = "peak";
    peak.share = 0.1;
    peak.users = Rational{10000, 1};
    peak.think_time = Rational{3, 1};
    Level typical;
    typical.name = "typical";
    typical.share = 0.9;
    typical.users = Rational{2000, 1};
    typical.think_time = Rational{3, 1};
    system().levels = {peak, typical};
    for (const char* name : {"api", "claude", "gpt-4o", "ingress", "keycloak", "llm", "postgres",
                             "prometheus", "redis", "weather-plugin"}) {
      Component component;
      component.name = name;
      component.allowed = {0, 1, 2, 3, 4, 5};
      system().components.push_back(component);
    }
    problem_.before.components.resize(system().components.size());
  }

  struct Figures {
    int throughput;  // [1/s]
    int service_ms;
    std::int64_t cpu;  // milli
    std::int64_t memory;
    double start;
    double shutdown;
    double crash_days;
    double hang_days;  // 0: none
    double p50, p99;
  };

  void stateless(ComponentId c, const Figures& f) {
    Component& component = system().components[c];
    component.type = ComponentType::stateless;
    if (f.throughput > 0) component.throughput = Rational{f.throughput, 1};
    component.service_time = Rational{f.service_ms, 1000};
    component.requests = {{"cpu", f.cpu}, {"memory", f.memory}};
    component.start = f.start;
    component.shutdown = f.shutdown;
    component.movable = f.hang_days > 0;
    component.modes.push_back(
        {"crash", 1.0 / (f.crash_days * kDay), Detection::exit, std::nullopt, true});
    if (f.hang_days == 0) return;
    component.modes.push_back(
        {"hang", 1.0 / (f.hang_days * kDay), Detection::liveness, std::nullopt, true});
    component.probe_latency = ProbeLatency{f.p50, f.p99};
    plan(c).probes.liveness = Probe{};
    plan(c).probes.liveness->grace = 30;
    plan(c).probes.readiness = Probe{};
  }

  void add_stateless() {
    stateless(ingress, {6000, 1, 500, 512 * kMi, 2, 1, 60, 180, 0.005, 0.15});
    stateless(keycloak, {4000, 3, 1000, 2 * kGi, 3, 2, 60, 120, 0.015, 0.3});
    stateless(api, {500, 20, 500, kGi, 3, 2, 30, 90, 0.02, 0.3});
    stateless(weather, {1000, 30, 250, 256 * kMi, 2, 1, 30, 90, 0.01, 0.2});
    stateless(prometheus, {0, 0, 500, 2 * kGi, 10, 0, 60, 0, 0, 0});
    system().components[weather].need = {1, 1};
    system().components[prometheus].storage.kind = StorageKind::local;
    plan(prometheus).replicas = 2;
    system().components[keycloak].common_causes.push_back(
        {"releases", 0.05 * 0.5 / (90 * kDay), 10 * kMinute});
    system().components[api].common_causes.push_back(
        {"releases", 0.05 * 0.25 / (7 * kDay), 5 * kMinute});
    plan(api).autoscale = Autoscale{1, 10, 80};
  }

  void store(ComponentId c, int throughput, int service_ms, std::int64_t cpu, std::int64_t memory,
             double start, double lag, Controller controller, double success) {
    Component& component = system().components[c];
    component.type = ComponentType::primary_replica;
    component.storage.kind = StorageKind::local;
    component.throughput = Rational{throughput, 1};
    component.service_time = Rational{service_ms, 1000};
    component.requests = {{"cpu", cpu}, {"memory", memory}};
    component.start = start;
    component.modes.push_back({"crash", 1.0 / (90 * kDay), Detection::exit, std::nullopt, true});
    component.failover = Failover{controller, success, 1800.0, 5.0, std::nullopt};
    component.replication = Replication{Replication::Mode::async, lag, 1, false};
  }

  void add_stores() {
    store(postgres, 5000, 5, 2000, 8 * kGi, 4, 0.5, Controller::patroni, 0.98);
    plan(postgres).failover.retry_timeout = 5;
    store(redis, 50000, 1, 500, 2 * kGi, 1, 1, Controller::redis_sentinel, 0.99);
  }

  void add_vendors() {
    Component& first = system().components[gpt];
    first.type = ComponentType::external;
    const double mtbf = 11.1 * kDay;
    const double repair = 28 * kMinute + 36;
    first.external = External{repair / (mtbf + repair), 1.0 / mtbf, repair, false};
    first.service_time = Rational{700, 1000};
    Component& second = system().components[claude];
    second.type = ComponentType::external;
    second.external = External{0.00083, 0.00083 / (1 - 0.00083) / kHour, kHour, true};
    second.service_time = Rational{700, 1000};
    Component& gate = system().components[llm];
    gate.type = ComponentType::gate;
    gate.gate.kind = Requirement::Kind::any;
    gate.gate.of = {leaf(gpt), leaf(claude)};
    gate.gate.switchover = 5.0;
    gate.gate.name = "llm";
  }

  void add_services() {
    auto& components = system().components;
    components[ingress].depends_on.of = {leaf(api), leaf(keycloak)};
    components[keycloak].depends_on.of = {leaf(postgres)};
    components[api].depends_on.of = {leaf(postgres), leaf(redis), leaf(llm)};
    const auto service = [&](const char* name, std::vector<Requirement> of) {
      Service what;
      what.name = name;
      what.requires_.of = std::move(of);
      system().services.push_back(what);
    };
    service("chat", {leaf(ingress)});
    service("knowledge", {leaf(ingress)});
    service("weather", {leaf(ingress), leaf(weather)});
    solver::Objective objective;
    objective.max_unavailability = 1e-4;
    objective.max_error_ratio = 1e-3;
    objective.max_recovery_time = 10.0;
    for (ServiceId s = 0; s < 3; ++s) {
      objective.service = s;
      problem_.objectives.push_back(objective);
    }
    problem_.objectives[0].max_response_time = 0.9;
    problem_.objectives[0].max_data_loss = 1.0;
    problem_.objectives[0].max_node_loss = 60.0;
  }

  void decide(const std::string& path, std::optional<ComponentId> component, Setting setting,
              ProbeKind probe, std::vector<double> values, std::optional<double> standard) {
    Decision decision{path, component, setting, probe, std::move(values), standard};
    double first = decision.values.front();
    const bool counts = setting == Setting::replicas || setting == Setting::autoscale_min;
    if (!counts && standard)
      first = *std::ranges::min_element(decision.values, {},
                                        [&](double value) { return std::abs(value - *standard); });
    solver::assign(problem_.before, decision, first);
    problem_.decisions.push_back(std::move(decision));
  }

  void add_decisions() {
    decide("cluster.tolerationSeconds", std::nullopt, Setting::toleration_seconds, ProbeKind::none,
           from_to(30, 300), 300);
    for (const ComponentId c : {api, ingress, keycloak, weather}) {
      const std::string path = "components." + system().components[c].name + ".";
      if (c == api) {
        decide(path + "autoscale.min", c, Setting::autoscale_min, ProbeKind::none, from_to(1, 4),
               std::nullopt);
        decide(path + "autoscale.targetCPUUtilizationPercentage", c, Setting::autoscale_target,
               ProbeKind::none, from_to(50, 80), 80);
      } else {
        decide(path + "replicas", c, Setting::replicas, ProbeKind::none, from_to(1, 4), 1);
      }
      const std::string live = path + "probes.liveness.";
      decide(live + "periodSeconds", c, Setting::period, ProbeKind::liveness, from_to(1, 10), 10);
      decide(live + "failureThreshold", c, Setting::failure_threshold, ProbeKind::liveness,
             from_to(1, 5), 3);
      decide(live + "terminationGracePeriodSeconds", c, Setting::grace, ProbeKind::liveness,
             from_to(1, 30), 30);
      const std::string ready = path + "probes.readiness.";
      decide(ready + "periodSeconds", c, Setting::period, ProbeKind::readiness, from_to(1, 10), 10);
      decide(ready + "failureThreshold", c, Setting::failure_threshold, ProbeKind::readiness,
             from_to(1, 3), 3);
    }
    for (const ComponentId c : {postgres, redis})
      decide("components." + system().components[c].name + ".replicas", c, Setting::replicas,
             ProbeKind::none, from_to(1, 3), 1);
    decide("components.postgres.failover.ttl", postgres, Setting::ttl, ProbeKind::none,
           from_to(20, 30), 30);
    decide("components.redis.failover.downAfter", redis, Setting::down_after, ProbeKind::none,
           from_to(5, 30), 30);
    std::ranges::sort(problem_.decisions, {}, &Decision::path);
  }

  solver::Problem problem_;
};

}  // namespace

solver::Problem dify_problem() { return Builder().build(); }

}  // namespace haplan::test
