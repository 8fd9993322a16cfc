#include "tests/support/random_system.hpp"

#include <algorithm>
#include <string>

#include "tests/support/oracle.hpp"

namespace haplan::test {

std::uint64_t Random::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

std::size_t Random::below(std::size_t n) { return static_cast<std::size_t>(next() % n); }

bool Random::chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

namespace {

using namespace model;

constexpr double kHour = 3600, kDay = 86400;

class Draw {
 public:
  Draw(std::uint64_t seed, const SampleOptions& options)
      : random_(seed), network_random_(~seed), options_(options) {}

  Sample run() {
    sample_.system.name = "random";
    if (random_.chance(88)) cluster();
    levels();
    components();
    services();
    if (network_random_.chance(25)) network();
    return sample_;
  }

 private:
  DomainMode domain_mode(int number) {
    DomainMode mode;
    mode.name = "fault" + std::to_string(number);
    mode.rate = 1 / (random_.between(5, 90) * kDay);
    mode.repair = random_.pick({60.0, 300.0, 900.0, 1800.0, 4 * kHour});
    mode.law = random_.pick({RepairLaw::exponential, RepairLaw::fixed, RepairLaw::lognormal});
    if (mode.law == RepairLaw::lognormal) mode.sigma = random_.pick({0.5, 1.0, 1.5});
    return mode;
  }

  std::vector<DomainMode> domain_modes(int percent_none) {
    std::vector<DomainMode> modes;
    if (random_.chance(percent_none)) return modes;
    const int count = random_.between(1, 2);
    for (int i = 0; i < count; ++i) modes.push_back(domain_mode(i));
    return modes;
  }

  /// One chain of levels per depth; the last level has up to two domains.
  std::vector<DomainId> domain_tree() {
    System& s = sample_.system;
    const int depth = random_.pick({0, 0, 1, 1, 2, 3});
    static const char* const kLevels[] = {"region", "zone", "rack"};
    std::vector<DomainId> parents;
    for (int level = 0; level < depth; ++level) {
      std::vector<DomainId> here;
      const int count = level + 1 == depth ? 2 : 1;
      for (int i = 0; i < count; ++i) {
        Domain d;
        d.level = kLevels[3 - depth + level];
        d.name = d.level + "-" + std::to_string(i);
        if (!parents.empty()) d.parent = parents.front();
        d.modes = domain_modes(30);
        d.down = random_.chance(options_.percent_down);
        here.push_back(s.domains.size());
        s.domains.push_back(d);
      }
      parents = here;
    }
    return parents;
  }

  void cluster() {
    System& s = sample_.system;
    const auto parents = domain_tree();
    const int count = random_.chance(8) ? 1 : random_.between(2, options_.most_nodes);
    const bool sized = random_.chance(35);
    const auto shared = domain_modes(10);
    for (int i = 0; i < count; ++i) {
      Node node;
      node.name = "node-" + std::to_string(i + 1);
      node.pool = "node";
      if (!parents.empty() && !random_.chance(8))
        node.parent = parents[static_cast<std::size_t>(i) % parents.size()];
      node.modes = random_.chance(70) ? shared : domain_modes(15);
      node.down = random_.chance(options_.percent_down);
      if (sized)
        node.capacity = {
            {"cpu", random_.pick({2000, 4000, 8000})}, {"memory", 64'000'000}, {"pods", 5000}};
      s.nodes.push_back(node);
    }
    if (random_.chance(40))
      s.node_detection = {random_.pick({30.0, 40.0}), random_.pick({50.0, 60.0})};
    if (random_.chance(55)) {
      s.drain = Drain{random_.between(5, 40) * kDay, random_.pick({120.0, 600.0, 1800.0})};
    }
    if (random_.chance(30)) s.propagation = random_.pick({0.0, 2.0, 5.0});
    if (random_.chance(50)) {
      s.claims.push_back({"shared", domain_modes(25), random_.chance(65)});
    }
    sample_.deployment.toleration_seconds = random_.pick({300, 30, 60, 120});
  }

  void levels() {
    System& s = sample_.system;
    const std::size_t count = random_.pick({1, 1, 2, 2, 3});
    static const std::vector<std::vector<double>> kShares{
        {}, {1}, {0.25, 0.75}, {0.125, 0.375, 0.5}};
    static const Rational kRates[] = {{300, 1}, {120, 1}, {40, 1}};
    static const Rational kUsers[] = {{900, 1}, {450, 1}, {150, 1}};
    const bool idle = count == 1 && random_.chance(40);
    for (std::size_t i = 0; i < count; ++i) {
      Level level;
      level.name = "level" + std::to_string(i);
      level.share = kShares[count][i];
      const std::size_t which = count == 1 ? random_.below(3) : i;
      if (!idle && random_.chance(50)) {
        level.rate = kRates[which];
      } else if (!idle) {
        level.users = kUsers[which];
        level.think_time = random_.pick({Rational{3, 1}, Rational{5, 2}});
      }
      level.ramp = random_.pick({1800.0, 60.0, 600.0});
      level.every = random_.pick({kDay, kDay / 2});
      s.levels.push_back(level);
    }
  }

  FailureMode failure_mode(int number, bool has_liveness) {
    FailureMode mode;
    mode.name = "mode" + std::to_string(number);
    mode.rate = 1 / (random_.between(2, 200) * kHour);
    mode.detection = random_.pick({Detection::exit, Detection::liveness, Detection::manual});
    if (mode.detection == Detection::liveness && !has_liveness) mode.detection = Detection::exit;
    if (mode.detection == Detection::manual || random_.chance(15)) {
      mode.repair = random_.pick({30.0, 600.0, 1800.0, 5.0});
    }
    mode.ignores_sigterm = random_.chance(60);
    return mode;
  }

  Probe probe() {
    Probe p;
    p.period = random_.pick({10, 1, 2, 5});
    p.timeout = random_.pick({1, 1, 2, 3});
    p.failure_threshold = random_.between(1, 3);
    return p;
  }

  void failures(Component& c, ComponentPlan& plan) {
    Probes& probes = plan.probes;
    if (random_.chance(65)) {
      probes.liveness = probe();
      if (random_.chance(50)) probes.liveness->grace = random_.pick({1, 5, 20});
    }
    if (random_.chance(65)) {
      probes.readiness = probe();
      probes.readiness->success_threshold = random_.pick({1, 1, 2});
      if (random_.chance(35)) probes.readiness->initial_delay = random_.pick({3, 15});
    }
    if (random_.chance(25)) probes.startup = probe();
    c.start = random_.pick({0.0, 2.0, 7.0, 40.0, 900.0});
    c.shutdown = random_.pick({0.0, 1.0, 8.0, 60.0});
    c.grace = random_.pick({30.0, 30.0, 10.0});
    if (random_.chance(12)) {
      c.replica_unavailability = random_.pick({1e-2, 3e-3, 1e-4});
      return;
    }
    const int count = random_.between(1, 3);
    for (int i = 0; i < count; ++i) c.modes.push_back(failure_mode(i, probes.liveness.has_value()));
    if (random_.chance(40))
      c.probe_latency = ProbeLatency{random_.pick({0.02, 0.1}), random_.pick({0.4, 0.9})};
    if (random_.chance(20)) c.false_failure = random_.pick({1e-3, 2e-2});
  }

  void load_of(Component& c, ComponentPlan& plan) {
    c.service_time =
        random_.pick({Rational{0, 1}, Rational{1, 100}, Rational{3, 1000}, Rational{1, 50}});
    if (random_.chance(60))
      c.throughput = random_.pick({Rational{150, 1}, Rational{200, 1}, Rational{425, 1}});
    if (random_.chance(40)) c.max_utilization = random_.pick({Rational{4, 5}, Rational{7, 10}});
    if (c.type == ComponentType::stateless && random_.chance(30)) {
      for (std::size_t l = 0; l < sample_.system.levels.size(); ++l) {
        c.need.push_back(random_.chance(75) ? std::optional<int>(random_.between(1, 2))
                                            : std::nullopt);
      }
    }
    if (c.throughput && random_.chance(c.type == ComponentType::stateless ? 55 : 15)) {
      plan.autoscale = Autoscale{random_.between(1, 2), random_.between(3, options_.most_replicas),
                                 random_.pick({50, 60, 75, 80, 90})};
      if (random_.chance(40)) c.autoscale_lag = random_.pick({10.0, 90.0});
    } else {
      plan.replicas =
          random_.between(random_.chance(30) ? 1 : 2, std::min(3, options_.most_replicas));
    }
  }

  void failover(Component& c, ComponentPlan& plan) {
    Failover f;
    f.controller =
        random_.pick({Controller::none, Controller::patroni, Controller::cloudnative_pg,
                      Controller::redis_sentinel, Controller::redis_cluster, Controller::repmgr});
    if (c.type == ComponentType::quorum) f.controller = Controller::none;
    f.success = random_.pick({1.0, 0.9, 0.98});
    f.manual = random_.pick({1800.0, 600.0});
    f.switchover = random_.pick({5.0, 20.0});
    if (random_.chance(30)) f.sentinels = random_.pick({2, 3, 5});
    FailoverSettings& s = plan.failover;
    s.detect_mean = random_.pick({1.0, 12.0});
    s.detect_worst = s.detect_mean + random_.pick({0.0, 4.0});
    s.promote_mean = random_.pick({0.5, 6.0});
    s.promote_worst = s.promote_mean;
    if (random_.chance(50)) {
      s.ttl = 20, s.loop_wait = 5, s.retry_timeout = 4, s.failover_delay = 3, s.lease = 6,
      s.retry_period = 1;
      s.down_after = 5, s.node_timeout = 4, s.reconnect_attempts = 3, s.reconnect_interval = 2,
      s.connect_timeout = 3;
    }
    c.failover = f;
    if (c.type == ComponentType::primary_replica && random_.chance(70)) {
      c.replication =
          Replication{random_.pick({Replication::Mode::async, Replication::Mode::sync}),
                      random_.pick({0.5, 2.0}), random_.pick({1, 1, 2}), random_.chance(50)};
    }
  }

  /// Storage, movability and nodes. Users of a ReadWriteOnce claim stand on one node.
  void placement(Component& c, ComponentPlan& plan) {
    const System& s = sample_.system;
    if (s.nodes.empty()) return;
    for (NodeId d = 0; d < s.nodes.size(); ++d) {
      if (random_.chance(90)) c.allowed.push_back(d);
    }
    if (!s.claims.empty() && random_.chance(50)) c.storage.claim = 0;
    c.storage.kind = random_.pick({StorageKind::none, StorageKind::local, StorageKind::network});
    if (c.storage.claim) c.storage.kind = StorageKind::network;
    if (random_.chance(40)) c.storage.reattach = random_.pick({60.0, 200.0});
    c.movable = c.storage.kind != StorageKind::local &&
                random_.chance(c.type == ComponentType::stateless ? 85 : 40);
    c.pinned = random_.chance(15);
    c.spread.max_skew = random_.pick({1, 1, 2});
    c.spread.hard = random_.chance(75);
    if (!s.domains.empty() && random_.chance(50)) c.spread.over = s.domains.back().level;
    c.requests = {{"cpu", random_.pick({250, 1000, 1500})}, {"memory", 1'000'000}};
    const bool together = c.storage.claim && s.claims[0].read_write_once;
    if (c.allowed.empty() || together) {
      c.allowed.clear();
      for (NodeId d = 0; d < s.nodes.size(); ++d) c.allowed.push_back(d);
    }
    const std::size_t most =
        static_cast<std::size_t>(plan.autoscale ? plan.autoscale->max : plan.replicas);
    const std::size_t offset = random_.chance(50) ? 0 : random_.below(c.allowed.size());
    const bool scattered = random_.chance(50);
    for (std::size_t i = 0; i < most; ++i) {
      const std::size_t at =
          scattered ? random_.below(c.allowed.size()) : (offset + i) % c.allowed.size();
      plan.nodes.push_back(together ? NodeId{0} : c.allowed[at]);
    }
  }

  void replicated(Component& c, ComponentPlan& plan) {
    load_of(c, plan);
    failures(c, plan);
    if (c.type != ComponentType::stateless) failover(c, plan);
    placement(c, plan);
    if (random_.chance(30)) c.retry = random_.pick({0.5, 0.9});
  }

  void external(Component& c) {
    External e;
    e.repair = random_.pick({600.0, 3600.0});
    if (random_.chance(50)) {
      e.unavailability = random_.pick({1e-3, 5e-4});
      e.repair_is_default = e.repair == 3600.0;
      e.rate = e.unavailability / ((1 - e.unavailability) * e.repair);
    } else {
      e.rate = 1 / (random_.between(5, 40) * kDay);
      e.unavailability = e.rate * e.repair / (1 + e.rate * e.repair);
    }
    c.service_time = random_.pick({Rational{0, 1}, Rational{3, 10}});
    c.external = e;
  }

  void chain(Component& c) {
    StateChain x;
    x.states = {"ok", "degraded", "down"};
    x.serves = {true, random_.chance(60), false};
    x.transitions = {{0, 1, 1 / (random_.between(2, 30) * kDay)},
                     {1, 0, 1 / 600.0},
                     {1, 2, 1 / (random_.between(1, 5) * kHour)},
                     {2, 0, 1 / 2700.0}};
    c.chain = x;
  }

  Requirement leaf(ComponentId c) {
    Requirement r;
    r.kind = Requirement::Kind::component;
    r.component = c;
    return r;
  }

  /// A gate over some of `below`; the first member of `any` is an external one when there is one.
  Requirement gate(std::vector<ComponentId> below, int depth, const std::string& name) {
    Requirement r;
    r.kind = random_.pick({Requirement::Kind::any, Requirement::Kind::any,
                           Requirement::Kind::at_least, Requirement::Kind::all});
    const auto& all = sample_.system.components;
    std::stable_partition(below.begin(), below.end(),
                          [&](auto c) { return all[c].external.has_value(); });
    for (const ComponentId c : below) {
      if (r.of.size() < 3) r.of.push_back(leaf(c));
    }
    if (depth > 0 && below.size() > 2)
      r.of.back() = gate({below[1], below[2]}, depth - 1, name + "-inner");
    r.n = random_.between(1, static_cast<int>(r.of.size()));
    if (r.kind == Requirement::Kind::any && random_.chance(70)) {
      r.switchover = random_.pick({5.0, 60.0});
      r.name = name;
    }
    return r;
  }

  void common_causes(Component& c) {
    if (random_.chance(25)) {
      c.common_causes.push_back(
          {"bad-config", 1 / (random_.between(20, 300) * kDay), random_.pick({600.0, 1200.0})});
    }
    if (random_.chance(20))
      c.common_causes.push_back({"releases", 0.05 * 0.25 / (7 * kDay), 300.0});
  }

  /// Components are drawn from the leaves of the dependency graph upwards and named in a random
  /// order.
  void components() {
    const int plain = random_.between(2, options_.most_components);
    const int gates = random_.between(0, 2);
    const int all = plain + gates;
    const auto total = static_cast<std::size_t>(all);
    std::vector<ComponentId> order(total);
    for (std::size_t i = 0; i < total; ++i) order[i] = i;
    for (std::size_t i = total; i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
    sample_.system.components.resize(total);
    sample_.deployment.components.resize(total);
    std::vector<ComponentId> below;
    int gates_left = gates;
    for (std::size_t i = 0; i < total; ++i) {
      const ComponentId id = order[i];
      Component& c = sample_.system.components[id];
      ComponentPlan& plan = sample_.deployment.components[id];
      c.name = "c" + std::to_string(id);
      const bool is_gate =
          gates_left > 0 && below.size() >= 2 && (random_.chance(40) || total - i <= 1);
      if (is_gate) {
        --gates_left;
        c.type = ComponentType::gate;
        c.gate = gate(below, 1, c.name);
      } else {
        draw_plain(c, plan);
      }
      if (c.type != ComponentType::gate) common_causes(c);
      depend(c, below);
      below.push_back(id);
    }
    roots_ = below;
  }

  void draw_plain(Component& c, ComponentPlan& plan) {
    c.type = random_.pick(
        {ComponentType::stateless, ComponentType::stateless, ComponentType::stateless,
         ComponentType::primary_replica, ComponentType::primary_replica, ComponentType::quorum,
         ComponentType::external, ComponentType::external, ComponentType::markov});
    if (c.type == ComponentType::external) {
      external(c);
    } else if (c.type == ComponentType::markov) {
      chain(c);
    } else {
      replicated(c, plan);
    }
  }

  void depend(Component& c, const std::vector<ComponentId>& below) {
    if (c.type == ComponentType::external || c.type == ComponentType::gate) return;
    for (const ComponentId other : below) {
      if (random_.chance(35)) c.depends_on.of.push_back(leaf(other));
    }
    if (below.size() >= 2 && random_.chance(20))
      c.depends_on.of.push_back(gate(below, 0, c.name + ": gate"));
  }

  void services() {
    System& s = sample_.system;
    const bool shared_load = random_.chance(35);
    const std::size_t count = static_cast<std::size_t>(random_.between(1, 2));
    for (std::size_t i = 0; i < count; ++i) {
      Service service;
      service.name = "s" + std::to_string(i);
      // The last component drawn depends on most of the others.
      service.requires_.of.push_back(
          leaf(i == 0 ? roots_.back() : roots_[random_.below(roots_.size())]));
      if (random_.chance(40))
        service.requires_.of.push_back(leaf(roots_[random_.below(roots_.size())]));
      if (shared_load) service.load = i == 0 ? Rational{3, 5} : Rational{2, 5};
      s.services.push_back(service);
    }
  }

  /// Three or four vertices, some of which fail, a few links, and one or two gates over them.
  void network() {
    std::swap(random_, network_random_);
    Network& network = sample_.system.network;
    const int vertices = random_.between(3, 4);
    int failing = 0;
    const auto modes = [&](int percent) {
      const bool fails = failing < 5 && random_.chance(percent);
      failing += fails ? 1 : 0;
      return fails ? domain_modes(0) : std::vector<DomainMode>{};
    };
    for (int v = 0; v < vertices; ++v)
      network.vertices.push_back({"v" + std::to_string(v), modes(40)});
    const int links = random_.between(2, 5);
    for (int l = 0; l < links; ++l) {
      const VertexId a = random_.below(network.vertices.size());
      VertexId b = random_.below(network.vertices.size() - 1);
      if (b >= a) ++b;
      network.links.push_back({"l" + std::to_string(l), a, b, modes(70)});
    }
    const int gates = random_.between(1, 2);
    for (int g = 0; g < gates; ++g) attach(connected());
    std::swap(random_, network_random_);
  }

  Requirement connected() {
    Requirement r;
    r.kind = Requirement::Kind::connected;
    for (VertexId v = 0; v < sample_.system.network.vertices.size(); ++v)
      if (random_.chance(50)) r.terminals.push_back(v);
    if (r.terminals.size() < 2) r.terminals = {0, sample_.system.network.vertices.size() - 1};
    return r;
  }

  /// Into a service, what a component depends on, or beside the members of a gate.
  void attach(const Requirement& gate) {
    System& s = sample_.system;
    const int where = random_.between(0, 2);
    for (Component& c : s.components) {
      if (where == 1 && c.type != ComponentType::external && c.type != ComponentType::gate) {
        c.depends_on.of.push_back(gate);
        return;
      }
      if (where == 2 && c.type == ComponentType::gate) {
        c.gate.of.push_back(gate);
        return;
      }
    }
    s.services[random_.below(s.services.size())].requires_.of.push_back(gate);
  }

  Random random_;
  Random network_random_;  ///< its own, so that the rest of a seed's system does not depend on it
  SampleOptions options_;
  Sample sample_;
  std::vector<ComponentId> roots_;
};

}  // namespace

Sample random_sample(std::uint64_t seed, const SampleOptions& options) {
  for (std::uint64_t attempt = 0;; ++attempt) {
    Sample sample = Draw((seed << 16) + attempt, options).run();
    if (oracle_states(sample.system, sample.deployment) <= options.most_states) return sample;
  }
}

}  // namespace haplan::test
