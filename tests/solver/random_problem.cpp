#include "tests/solver/random_problem.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "model/system/load.hpp"

namespace haplan::test {

namespace {

using namespace model;
using solver::Decision;
using solver::ProbeKind;
using solver::Setting;

constexpr double kDay = 86400.0;
constexpr double kYear = 365.25 * kDay;

/// SplitMix64: small, and the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  /// One of 0 .. n-1.
  int below(int n) { return static_cast<int>(next() % static_cast<std::uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }
  template <class T>
  T pick(std::initializer_list<T> values) {
    return *(values.begin() + below(static_cast<int>(values.size())));
  }

 private:
  std::uint64_t state_;
};

class Maker {
 public:
  Maker(std::uint64_t seed, bool down) : dice_(seed), down_(down) {}

  solver::Problem make() {
    add_cluster();
    add_levels();
    add_components();
    add_services();
    add_claim();
    add_decisions();
    add_objectives();
    for (ComponentId c = 0; c < system().components.size(); ++c) {
      problem_.placement_open.push_back(system().components[c].replicated() &&
                                        !system().nodes.empty());
      if (problem_.placement_open[c]) solver::place_round_robin(system(), problem_.before, c);
      problem_.rules.push_back({dice_.chance(85), dice_.chance(90), dice_.chance(80)});
    }
    return std::move(problem_);
  }

 private:
  System& system() { return problem_.system; }

  void add_cluster() {
    if (dice_.chance(8)) return;
    const int nodes = 2 + dice_.below(3);
    const bool zones = dice_.chance(30);
    if (zones)
      for (const char* name : {"zone-a", "zone-b"})
        system().domains.push_back(
            {name, "zone", std::nullopt, {{"outage", 1.0 / (2 * kYear), 3600.0}}, false});
    const bool alike = dice_.chance(60);
    const bool limited = dice_.chance(35);
    for (int i = 0; i < nodes; ++i) {
      Node node;
      node.name = "worker-" + std::to_string(i + 1);
      node.pool = "worker";
      if (zones) node.parent = static_cast<DomainId>(i % 2);
      const double mtbf = alike ? 90 * kDay : dice_.pick({30.0, 60.0, 90.0}) * kDay;
      node.modes.push_back(
          {"reboot", 1.0 / mtbf, 300.0,
           alike ? RepairLaw::exponential : dice_.pick({RepairLaw::exponential, RepairLaw::fixed}),
           0.0});
      if (dice_.chance(40) || alike)
        node.modes.push_back({"hardware", 1.0 / (3 * kYear), 14400.0, RepairLaw::lognormal, 1.2});
      if (limited) node.capacity = {{"cpu", dice_.pick({1500, 2000, 3000})}, {"memory", 8000}};
      system().nodes.push_back(node);
    }
    system().nodes.back().down = down_;
    if (dice_.chance(50)) system().drain = Drain{30 * kDay, 600.0};
  }

  void add_levels() {
    if (dice_.chance(50)) {
      Level only;
      only.name = "always";
      if (dice_.chance(60)) only.rate = Rational{100, 1};
      system().levels = {only};
      return;
    }
    Level peak;
    peak.name = "peak";
    peak.share = 0.1;
    peak.rate = Rational{200, 1};
    Level typical;
    typical.name = "typical";
    typical.share = 0.9;
    typical.rate = Rational{60, 1};
    system().levels = {peak, typical};
  }

  void add_components() {
    const int count = 2 + dice_.below(3);
    problem_.before.components.resize(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      Component component;
      component.name = std::string(1, static_cast<char>('a' + i));
      const int roll = dice_.below(100);
      if (i > 0 && roll < 20) {
        component.type = ComponentType::external;
        component.external = External{1e-3, 1.0 / (11 * kDay), 1717.0, false};
      } else if (i > 0 && roll < 50) {
        make_primary(component, problem_.before.components[static_cast<std::size_t>(i)]);
      } else if (i > 0 && roll < 58) {
        make_quorum(component);
      } else {
        make_stateless(component, problem_.before.components[static_cast<std::size_t>(i)]);
      }
      if (component.replicated()) make_replicas(component);
      component.depends_on.kind = Requirement::Kind::all;
      system().components.push_back(component);
    }
  }

  void make_replicas(Component& component) {
    component.start = dice_.pick({1.0, 4.0});
    component.shutdown = 1.0;
    component.modes.push_back({"crash", 1.0 / (dice_.pick({5.0, 20.0, 60.0}) * kDay),
                               Detection::exit, std::nullopt, true});
    component.requests = {{"cpu", dice_.pick({250, 500, 1000})}, {"memory", 1000}};
    for (NodeId node = 0; node < system().nodes.size(); ++node)
      if (!dice_.chance(8)) component.allowed.push_back(node);
    if (component.allowed.empty() && !system().nodes.empty()) component.allowed.push_back(0);
    component.spread.hard = dice_.chance(70);
    component.spread.max_skew = dice_.pick({1, 1, 2});
    if (!system().domains.empty() && dice_.chance(40)) component.spread.over = "zone";
    component.pinned = dice_.chance(25);
    component.movable =
        component.type == ComponentType::stateless && component.storage.kind == StorageKind::none;
    if (dice_.chance(30))
      component.common_causes.push_back({"releases", 0.05 / (30 * kDay), 300.0});
    component.retry = dice_.pick({0.0, 0.5});
  }

  void make_stateless(Component& component, ComponentPlan& plan) {
    component.type = ComponentType::stateless;
    component.modes.push_back({"hang", 1.0 / (dice_.pick({10.0, 40.0}) * kDay), Detection::liveness,
                               std::nullopt, dice_.chance(70)});
    plan.probes.liveness = Probe{};
    plan.probes.readiness = Probe{};
    if (dice_.chance(50)) component.probe_latency = ProbeLatency{0.02, 0.3};
    if (dice_.chance(60)) component.throughput = Rational{dice_.pick({60, 120, 300}), 1};
    component.service_time = Rational{1, 100};
    if (component.throughput && system().levels.size() > 1 && dice_.chance(60))
      plan.autoscale = Autoscale{1, 3, 70};
    if (dice_.chance(15)) component.storage.kind = StorageKind::local;
  }

  void make_primary(Component& component, ComponentPlan& plan) {
    component.type = ComponentType::primary_replica;
    component.storage.kind = StorageKind::local;
    Failover failover;
    failover.controller = dice_.pick({Controller::patroni, Controller::redis_sentinel});
    failover.success = 0.98;
    component.failover = failover;
    component.replication = Replication{};
    component.replication->lag = dice_.pick({0.5, 2.0});
    plan.failover.retry_timeout = 5;
  }

  void make_quorum(Component& component) {
    component.type = ComponentType::quorum;
    component.storage.kind = StorageKind::local;
    Failover failover;
    component.failover = failover;
  }

  /// Component 0 stands on all others, directly or through the next; sometimes the last two are alternatives.
  void add_services() {
    auto& components = system().components;
    const auto leaf = [](ComponentId c) {
      Requirement requirement;
      requirement.kind = Requirement::Kind::component;
      requirement.component = c;
      return requirement;
    };
    const std::size_t last = components.size() - 1;
    const bool alternatives = components.size() >= 3 && dice_.chance(35);
    for (ComponentId c = 1; c < (alternatives ? last - 1 : components.size()); ++c)
      components[dice_.chance(70) ? 0 : c - 1].depends_on.of.push_back(leaf(c));
    if (alternatives) {
      Requirement any;
      any.kind = Requirement::Kind::any;
      any.of = {leaf(last - 1), leaf(last)};
      if (dice_.chance(50)) {
        any.switchover = 5.0;
        any.name = "a: any(" + components[last - 1].name + ", " + components[last].name + ")";
      }
      components[0].depends_on.of.push_back(any);
    }
    Service service;
    service.name = "main";
    service.requires_.of = {leaf(0)};
    system().services.push_back(service);
    if (dice_.chance(30)) {
      service.name = "other";
      service.requires_.of = {leaf(last)};
      system().services.push_back(service);
    }
  }

  /// Sometimes two components share a claim, and with it a node when it is ReadWriteOnce.
  void add_claim() {
    if (!dice_.chance(15) || system().nodes.empty()) return;
    std::vector<ComponentId> users;
    for (ComponentId c = 0; c < system().components.size(); ++c)
      if (system().components[c].replicated()) users.push_back(c);
    if (users.size() < 2) return;
    users.resize(2);
    system().claims.push_back({"shared", {{"disk", 1.0 / (2 * kYear), 7200.0}}, dice_.chance(60)});
    std::vector<NodeId> all;
    for (NodeId node = 0; node < system().nodes.size(); ++node) all.push_back(node);
    for (const ComponentId c : users) {
      Component& component = system().components[c];
      component.storage.kind = StorageKind::network;
      component.storage.claim = 0;
      component.allowed = all;
      component.movable = component.type == ComponentType::stateless;
      if (system().claims[0].read_write_once) component.spread.hard = false;
    }
  }

  void add_decisions() {
    combinations_ = 1;
    for (ComponentId c = 0; c < system().components.size(); ++c) add_decisions_of(c);
    if (!system().nodes.empty() && dice_.chance(40))
      decide("cluster.tolerationSeconds", std::nullopt, Setting::toleration_seconds,
             ProbeKind::none, {30, 300}, 300.0);
    std::ranges::sort(problem_.decisions, {}, &Decision::path);
  }

  void add_decisions_of(ComponentId c) {
    const Component& component = system().components[c];
    if (!component.replicated()) return;
    ComponentPlan& plan = problem_.before.components[c];
    const std::string path = "components." + component.name + ".";
    if (plan.autoscale) {
      decide(path + "autoscale.min", c, Setting::autoscale_min, ProbeKind::none, {1, 2},
             std::nullopt);
      if (dice_.chance(50))
        decide(path + "autoscale.targetCPUUtilizationPercentage", c, Setting::autoscale_target,
               ProbeKind::none, {50, 70}, 80.0);
    } else if (dice_.chance(85)) {
      const auto values = component.type == ComponentType::quorum ? std::vector<double>{1, 3}
                          : dice_.chance(40)                      ? std::vector<double>{1, 2, 3}
                                                                  : std::vector<double>{1, 2};
      decide(path + "replicas", c, Setting::replicas, ProbeKind::none, values, 1.0);
    }
    if (plan.probes.liveness) {
      if (dice_.chance(50))
        decide(path + "probes.liveness.periodSeconds", c, Setting::period, ProbeKind::liveness,
               {1, 5, 10}, 10.0);
      if (dice_.chance(35))
        decide(path + "probes.liveness.failureThreshold", c, Setting::failure_threshold,
               ProbeKind::liveness, {1, 3}, 3.0);
      if (dice_.chance(20))
        decide(path + "probes.liveness.timeoutSeconds", c, Setting::timeout, ProbeKind::liveness,
               {1, 2}, 1.0);
      if (dice_.chance(30))
        decide(path + "probes.liveness.terminationGracePeriodSeconds", c, Setting::grace,
               ProbeKind::liveness, {1, 30}, 30.0);
      if (dice_.chance(40))
        decide(path + "probes.readiness.periodSeconds", c, Setting::period, ProbeKind::readiness,
               {1, 10}, 10.0);
    }
    if (component.failover && component.failover->controller == Controller::patroni &&
        dice_.chance(50))
      decide(path + "failover.ttl", c, Setting::ttl, ProbeKind::none, {20, 30}, 30.0);
    if (component.failover && component.failover->controller == Controller::redis_sentinel &&
        dice_.chance(50))
      decide(path + "failover.downAfter", c, Setting::down_after, ProbeKind::none, {5, 30}, 30.0);
  }

  void decide(const std::string& path, std::optional<ComponentId> component, Setting setting,
              ProbeKind probe, const std::vector<double>& values, std::optional<double> standard) {
    const bool counts = setting == Setting::replicas || setting == Setting::autoscale_min ||
                        setting == Setting::autoscale_max;
    Decision decision{path, component, setting, probe, values, standard};
    constexpr int kMostCombinations = 150;
    const int size = static_cast<int>(values.size());
    // `before`: counts at their low end, the others at the value nearest to the default.
    double first = values.front();
    if (!counts && standard)
      for (const double value : values)
        if (std::abs(value - *standard) < std::abs(first - *standard)) first = value;
    solver::assign(problem_.before, decision, first);
    if (combinations_ * size > kMostCombinations) return;
    combinations_ *= size;
    problem_.decisions.push_back(decision);
  }

  void add_objectives() {
    for (ServiceId s = 0; s < system().services.size(); ++s) {
      solver::Objective objective;
      objective.service = s;
      if (dice_.chance(90))
        objective.max_unavailability = dice_.pick({1e-2, 5e-3, 2e-3, 1e-3, 5e-4, 2e-4, 5e-5});
      if (dice_.chance(30)) objective.max_error_ratio = dice_.pick({1e-2, 2e-3, 1e-3});
      if (dice_.chance(20)) objective.max_recovery_time = dice_.pick({20.0, 40.0, 60.0});
      if (dice_.chance(15)) objective.max_response_time = dice_.pick({0.02, 0.1});
      if (dice_.chance(20)) objective.max_node_loss = dice_.pick({45.0, 120.0, 400.0});
      if (dice_.chance(10)) objective.max_data_loss = 1.0;
      if (dice_.chance(10)) objective.max_zone_loss = dice_.pick({45.0, 120.0, 4000.0});
      if (dice_.chance(10)) objective.max_replica_loss = dice_.pick({0.0, 20.0, 60.0});
      if (dice_.chance(10)) objective.max_primary_loss = dice_.pick({0.0, 40.0, 60.0});
      problem_.objectives.push_back(objective);
    }
  }

  Dice dice_;
  bool down_;
  solver::Problem problem_;
  int combinations_ = 1;
};

}  // namespace

solver::Problem random_problem(std::uint64_t seed, bool down) { return Maker(seed, down).make(); }

}  // namespace haplan::test
