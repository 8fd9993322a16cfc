#include "tests/support/oracle/figures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace haplan::test::oracle {

namespace {

using model::ComponentType;

/// Replicas of c among the first n on nodes for which `hit` holds.
template <class Hit>
int count_on(const World& world, model::LevelId level, model::ComponentId c, Hit hit) {
  int count = 0;
  const auto& nodes = world.deployment.components[c].nodes;
  for (std::size_t i = 0;
       i < nodes.size() && i < static_cast<std::size_t>(world.load.replicas[level][c]); ++i) {
    count += hit(nodes[i]) ? 1 : 0;
  }
  return count;
}

Real up_probability(const std::vector<model::DomainMode>& modes, bool down) {
  return down ? 0 : 1 / (1 + load_of(modes));
}

Real reachable_probability(const model::System& system, model::NodeId node) {
  Real p = up_probability(system.nodes[node].modes, system.nodes[node].down);
  for (auto d = system.nodes[node].parent; d; d = system.domains[*d].parent) {
    p *= up_probability(system.domains[*d].modes, system.domains[*d].down);
  }
  return p;
}

Real unreachable_probability(const model::System& system, model::NodeId node) {
  const auto down = [](const auto& x) {
    return x.down ? Real(1) : load_of(x.modes) / (1 + load_of(x.modes));
  };
  Real q = down(system.nodes[node]);
  for (auto d = system.nodes[node].parent; d; d = system.domains[*d].parent) {
    q += (1 - q) * down(system.domains[*d]);
  }
  return q;
}

/// P(fewer than k of the replicas serve), each an independent product a * P(reachable), over all
/// subsets.
Real textbook_component(const World& world, model::LevelId level, model::ComponentId c) {
  const int n = world.load.replicas[level][c];
  std::vector<Real> up, down;
  for (int i = 0; i < n; ++i) {
    const Real u = world.replica[c].u;
    Real a = 1 - u, q = u;
    if (!world.system.nodes.empty()) {
      const model::NodeId node = world.deployment.components[c].nodes[static_cast<std::size_t>(i)];
      q = u + (1 - u) * unreachable_probability(world.system, node);
      a *= reachable_probability(world.system, node);
    }
    up.push_back(a);
    down.push_back(q);
  }
  Real sum = 0;
  for (unsigned x = 0; x < (1U << n); ++x) {
    if (__builtin_popcount(x) >= threshold(world, level, c)) continue;
    Real p = 1;
    for (int i = 0; i < n; ++i)
      p *= (x >> i & 1U) != 0 ? up[static_cast<std::size_t>(i)] : down[static_cast<std::size_t>(i)];
    sum += p;
  }
  const auto& claim = world.system.components[c].storage.claim;
  if (claim) {
    const Real load = load_of(world.system.claims[*claim].modes);
    sum += (1 - sum) * load / (1 + load);
  }
  return sum;
}

Real textbook(const World& world, model::LevelId level, model::ServiceId service) {
  const auto vars = variables(world, level, service);
  std::vector<Real> u;
  for (const Variable& v : vars) {
    Real down = v.own_u;
    if (v.component && world.system.components[*v.component].replicated()) {
      down = textbook_component(world, level, *v.component);
    }
    for (const Factor& f : v.factors) down += (1 - down) * f.u;
    u.push_back(down);
  }
  return structure_unavailability(world.system, service, vars, u);
}

void add_recovery(const World& world, model::ServiceId service, OracleService& out) {
  const auto reach = path(world.system, service, true);
  for (std::size_t c = 0; c < reach.size(); ++c) {
    if (!reach[c]) continue;
    for (const Mode& mode : world.replica[c].modes) {
      if (mode.worst && *mode.worst > Real(out.recovery.value_or(-1)))
        out.recovery = static_cast<double>(*mode.worst);
    }
  }
}

/// Requests lost to one component's failures per request, while traffic still goes to what has
/// failed.
Real window_losses(const World& world, model::LevelId level, model::ComponentId c) {
  const model::System& system = world.system;
  const int n = world.load.replicas[level][c];
  const Real propagation = system.propagation;
  const auto& readiness = world.deployment.components[c].probes.readiness;
  Real sum = 0;
  for (const Mode& mode : world.replica[c].modes) {
    Real window = 1;
    if (mode.detection != model::Detection::exit) {
      window = mode.mean;
      if (readiness) {
        const model::Probe& r = *readiness;
        window = Real(r.period) / 2 +
                 Real(r.failure_threshold - 1) * std::max(r.period, r.timeout) + r.timeout;
      }
    }
    sum += mode.rate * std::min(window + propagation, mode.mean);  // n replicas, a share 1 / n each
  }
  const Real window = Real(system.node_detection.mean) + propagation;
  const auto add = [&](const std::vector<model::DomainMode>& modes, bool down, int hit) {
    for (const auto& mode : modes) {
      if (!down) sum += mode.rate * hit / Real(n) * std::min(window, Real(mode.repair));
    }
  };
  for (std::size_t d = 0; d < system.nodes.size(); ++d) {
    add(system.nodes[d].modes, system.nodes[d].down,
        count_on(world, level, c, [&](auto node) { return node == d; }));
  }
  for (std::size_t d = 0; d < system.domains.size(); ++d) {
    add(system.domains[d].modes, system.domains[d].down,
        count_on(world, level, c, [&](auto node) { return below(system, node, d); }));
  }
  return sum * (1 - Real(system.components[c].retry));
}

void add_error_ratio(const World& world, model::ServiceId service, OracleService& out) {
  Real requests = 0, failed = 0;
  bool loaded = false;
  for (const auto& level : world.load.service_rate) loaded = loaded || level[service] > 0;
  const auto on_path = path(world.system, service, false);
  for (std::size_t l = 0; l < world.system.levels.size(); ++l) {
    // Without any load all levels' requests weigh as their time does.
    const Real weight =
        world.system.levels[l].share * (loaded ? world.load.service_rate[l][service] : 1);
    Real ratio = out.level_unavailability[l];
    for (std::size_t c = 0; c < on_path.size(); ++c) {
      if (on_path[c] && world.system.components[c].replicated())
        ratio += window_losses(world, l, c);
    }
    requests += weight;
    failed += weight * ratio;
  }
  out.error_ratio = failed / requests;
}

struct Server {
  Real service;
  int servers;  ///< 0: a pure delay
  Real rate;
};

std::vector<Server> servers_on(const World& world, model::LevelId level, model::ServiceId service) {
  std::vector<Server> out;
  const auto on_path = path(world.system, service, false);
  for (std::size_t c = 0; c < on_path.size(); ++c) {
    const model::Component& component = world.system.components[c];
    if (!on_path[c] || component.service_time.num == 0) continue;
    Server server{component.service_time.value(), 0, world.load.rate[level][c]};
    if (component.replicated() && component.throughput) {
      // ceil(throughput * serviceTime) in whole numbers: both are what the user wrote as decimals.
      const long double product =
          static_cast<long double>(component.throughput->num) * component.service_time.num;
      const long double den =
          static_cast<long double>(component.throughput->den) * component.service_time.den;
      int each = static_cast<int>(product / den);
      while (each * den < product) ++each;
      const int n =
          component.type == ComponentType::primary_replica ? 1 : world.load.replicas[level][c];
      server.servers = n * std::max(1, each);
    }
    out.push_back(server);
  }
  return out;
}

Real closed(const std::vector<Server>& servers, Real users, Real think) {
  std::vector<Real> queue(servers.size(), 0);
  Real total = 0;
  for (long customer = 1; customer <= std::lround(users); ++customer) {
    std::vector<Real> response;
    total = 0;
    for (std::size_t i = 0; i < servers.size(); ++i) {
      const Real s = servers[i].service;
      const Real m = servers[i].servers;
      response.push_back(m == 0 ? 0 : s / m * (1 + queue[i]));
      total += response[i] + (m == 0 ? s : s * (m - 1) / m);
    }
    for (std::size_t i = 0; i < servers.size(); ++i)
      queue[i] = Real(customer) / (think + total) * response[i];
  }
  return total;
}

/// M/M/m: service time plus the waiting time by Erlang's C formula; nothing when saturated.
std::optional<Real> open(const std::vector<Server>& servers) {
  Real total = 0;
  for (const Server& server : servers) {
    total += server.service;
    if (server.servers == 0) continue;
    const Real load = server.rate * server.service;
    if (load >= server.servers) return std::nullopt;
    Real term = 1, sum = 0;  // load^k / k!
    for (int k = 0; k < server.servers; ++k) {
      sum += term;
      term *= load / (k + 1);
    }
    const Real last = term * server.servers / (server.servers - load);
    total += last / (sum + last) * server.service / (server.servers - load);
  }
  return total;
}

void add_response(const World& world, model::ServiceId service, OracleService& out) {
  for (std::size_t l = 0; l < world.system.levels.size(); ++l) {
    const model::Level& level = world.system.levels[l];
    const auto servers = servers_on(world, l, service);
    if (level.users) {
      // Services that divide the load divide its users.
      const auto& load = world.system.services[service].load;
      const Real users = Real(level.users->value()) * (load ? load->value() : 1);
      out.response_time.emplace_back(
          closed(servers, std::max(users, Real(1)), level.think_time.value()));
    } else {
      out.response_time.push_back(open(servers));
    }
  }
}

}  // namespace

void add_figures(const World& world, model::ServiceId service, OracleService& out) {
  for (std::size_t l = 0; l < world.system.levels.size(); ++l) {
    out.independent += world.system.levels[l].share * textbook(world, l, service);
  }
  add_recovery(world, service, out);
  add_losses(world, service, out);
  add_error_ratio(world, service, out);
  add_response(world, service, out);
  // Data may stand behind any member of a gate; without a standby nothing fails over.
  const auto reach = path(world.system, service, true);
  for (std::size_t c = 0; c < reach.size(); ++c) {
    const auto& replication = world.system.components[c].replication;
    bool fails_over = false;
    for (const auto& level : world.load.replicas) fails_over = fails_over || level[c] > 1;
    if (reach[c] && fails_over &&
        world.system.components[c].type == ComponentType::primary_replica && replication &&
        replication->mode == model::Replication::Mode::async) {
      out.data_loss = std::max(out.data_loss, Real(replication->lag));
    }
  }
}

}  // namespace haplan::test::oracle
