#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tests/support/oracle/parts.hpp"

// Factors beside the replicas, and the structure function.
namespace haplan::test::oracle {

namespace {

using model::ComponentType;

/// Rate and rate-weighted mean outage of losing the primary.
struct Losses {
  Real rate = 0, weighted = 0;
  void add(Real r, Real outage) {
    rate += r;
    weighted += r * outage;
  }
};

struct FailoverTerms {
  Real success, automatic, manual;
  Real of_fixed(Real repair) const {
    return success * std::min(automatic, repair) + (1 - success) * std::min(manual, repair);
  }
  Real of(const model::DomainMode& mode) const {
    return success * cut_mean(mode, automatic) + (1 - success) * cut_mean(mode, manual);
  }
};

Factor failover_factor(const World& world, model::ComponentId c, int n) {
  const model::Component& component = world.system.components[c];
  const model::Failover& failover = component.failover.value();
  const FailoverTerms terms{success(component, n), failover_times(world, c).first, failover.manual};
  Losses losses;
  for (const Mode& mode : world.replica[c].modes) losses.add(mode.rate, terms.of_fixed(mode.mean));
  if (!world.system.nodes.empty()) {
    for (int i = 0; i < n; ++i) {
      const model::Node& node =
          world.system.nodes[world.deployment.components[c].nodes[static_cast<std::size_t>(i)]];
      if (!node.down) {  // nothing is lost with what is always down
        for (const auto& mode : node.modes) losses.add(mode.rate / Real(n), terms.of(mode));
        if (world.system.drain)
          losses.add(1 / (Real(world.system.drain->every) * n), failover.switchover);
      }
      for (auto d = node.parent; d; d = world.system.domains[*d].parent) {
        if (world.system.domains[*d].down) continue;
        for (const auto& mode : world.system.domains[*d].modes)
          losses.add(mode.rate / Real(n), terms.of(mode));
      }
    }
  }
  return {"failover",  component.name, "", losses.weighted / (1 + losses.weighted),
          losses.rate, false};
}

/// Shortage of an autoscaled component while the load rises into this level.
std::optional<Factor> ramp_factor(const World& world, model::LevelId upper, model::ComponentId c) {
  const model::Component& component = world.system.components[c];
  const auto& scale = world.deployment.components[c].autoscale;
  if (!scale) return std::nullopt;
  const auto& load = world.load;
  std::optional<model::LevelId> lower;
  for (std::size_t l = 0; l < world.system.levels.size(); ++l) {
    if (load.rate[l][c] < load.rate[upper][c] && (!lower || load.rate[l][c] > load.rate[*lower][c]))
      lower = l;
  }
  if (!lower || load.replicas[*lower][c] >= threshold(world, upper, c)) return std::nullopt;
  const model::Level& level = world.system.levels[upper];
  const Real lag =
      Real(component.autoscale_lag) + world.replica[c].start + world.replica[c].ready_mean;
  const Real most = level.ramp + lag;
  Real shortage = most;
  // Exact comparison of maxUtilization with target percent.
  if (component.max_utilization.num * 100 > component.max_utilization.den * scale->target) {
    const Real rho = Real(component.max_utilization.num) * 100 /
                     (Real(component.max_utilization.den) * scale->target);
    const Real head_start =
        load.rate[*lower][c] * level.ramp / (load.rate[upper][c] - load.rate[*lower][c]);
    shortage = std::min(most, std::max(Real(0), rho * (lag / (rho - 1) - head_start)));
  }
  if (shortage <= 0) return std::nullopt;
  const Real span = Real(level.share) * level.every;
  const Real u = std::min(Real(1), shortage / span);
  return Factor{"ramp", component.name, level.name, u, 0, true};
}

void solve_chain(const model::StateChain& chain, Variable& out) {
  const std::size_t n = chain.states.size();
  std::vector<std::vector<Real>> m(n, std::vector<Real>(n + 1, 0));
  for (const auto& t : chain.transitions) {
    m[t.to][t.from] += t.rate;
    m[t.from][t.from] -= t.rate;
  }
  m[n - 1].assign(n + 1, 1);  // one balance equation is redundant: sum of probabilities instead
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t pivot = i;
    for (std::size_t r = i + 1; r < n; ++r) {
      if (std::abs(m[r][i]) > std::abs(m[pivot][i])) pivot = r;
    }
    std::swap(m[i], m[pivot]);
    for (std::size_t r = 0; r < n; ++r) {
      if (r == i || m[r][i] == 0) continue;
      const Real factor = m[r][i] / m[i][i];
      for (std::size_t k = i; k <= n; ++k) m[r][k] -= factor * m[i][k];
    }
  }
  Real frequency = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (!chain.serves[i]) out.own_u += m[i][n] / m[i][i];
  }
  for (const auto& t : chain.transitions) {
    if (chain.serves[t.from] && !chain.serves[t.to])
      frequency += m[t.from][n] / m[t.from][t.from] * t.rate;
  }
  out.own_rate = frequency / (1 - out.own_u);
}

void find_switchovers(const model::System& system, const model::Requirement& requirement,
                      std::vector<Variable>& out) {
  for (const auto& member : requirement.of) find_switchovers(system, member, out);
  if (requirement.kind != model::Requirement::Kind::any || !requirement.switchover ||
      requirement.of.empty())
    return;
  const model::Requirement& first = requirement.of.front();
  if (first.kind != model::Requirement::Kind::component) return;
  const auto& external = system.components[first.component].external;
  if (system.components[first.component].type != ComponentType::external || !external ||
      external->rate <= 0)
    return;
  Variable variable;
  variable.gate = &requirement;
  const Real odds = Real(external->rate) * *requirement.switchover;
  variable.factors.push_back(
      {"switchover", requirement.name, "", odds / (1 + odds), external->rate, false});
  out.push_back(variable);
}

Variable component_variable(const World& world, model::LevelId level, model::ComponentId c) {
  const model::Component& component = world.system.components[c];
  Variable variable;
  variable.component = c;
  const int n = world.load.replicas[level][c];
  if (component.type == ComponentType::external) {
    variable.own_u = component.external->unavailability;
    variable.own_rate = component.external->rate;
  }
  if (component.type == ComponentType::markov) solve_chain(*component.chain, variable);
  const bool elects =
      component.type == ComponentType::primary_replica || component.type == ComponentType::quorum;
  if (elects && n > 1) variable.factors.push_back(failover_factor(world, c, n));
  for (const auto& cause : component.common_causes) {
    const Real odds = Real(cause.rate) * cause.outage;
    variable.factors.push_back(
        {"common_cause", component.name, cause.name, odds / (1 + odds), cause.rate, false});
  }
  if (component.replicated()) {
    if (auto ramp = ramp_factor(world, level, c)) variable.factors.push_back(*ramp);
  }
  return variable;
}

bool asks_network(const model::Requirement& r) {
  return r.kind == model::Requirement::Kind::connected || std::ranges::any_of(r.of, asks_network);
}

struct Walk {
  const model::System& system;
  const std::vector<Variable>& variables;
  std::size_t up_bits;

  bool variable_up(std::optional<model::ComponentId> component,
                   const model::Requirement* gate) const {
    for (std::size_t v = 0; v < variables.size(); ++v) {
      const bool match =
          component ? variables[v].component == component : gate && variables[v].gate == gate;
      if (match) return (up_bits >> v & 1U) != 0;
    }
    return true;
  }
  bool works(model::ComponentId c) const {
    const model::Component& component = system.components[c];
    if (!variable_up(c, nullptr)) return false;
    if (component.type == ComponentType::gate && !met(component.gate)) return false;
    return met(component.depends_on);
  }
  bool network_up(std::size_t element) const {
    for (std::size_t v = 0; v < variables.size(); ++v)
      if (variables[v].network == element) return (up_bits >> v & 1U) != 0;
    return true;
  }
  /// Spreads from the first terminal over whatever works until nothing is added.
  bool connected(const std::vector<model::VertexId>& terminals) const {
    const model::Network& network = system.network;
    std::vector<bool> reached(network.vertices.size(), false);
    reached[terminals.front()] = network_up(terminals.front());
    for (bool grown = true; grown;) {
      grown = false;
      for (std::size_t l = 0; l < network.links.size(); ++l) {
        const auto a = network.links[l].a, b = network.links[l].b;
        if (reached[a] == reached[b] || !network_up(network.vertices.size() + l)) continue;
        const auto next = reached[a] ? b : a;
        if (!network_up(next)) continue;
        reached[next] = grown = true;
      }
    }
    return std::ranges::all_of(terminals, [&](auto t) { return reached[t]; });
  }
  bool met(const model::Requirement& r) const {
    if (r.kind == model::Requirement::Kind::component) return works(r.component);
    if (r.kind == model::Requirement::Kind::connected) return connected(r.terminals);
    int good = 0;
    for (const auto& member : r.of) good += met(member) ? 1 : 0;
    switch (r.kind) {
      case model::Requirement::Kind::all: return good == static_cast<int>(r.of.size());
      case model::Requirement::Kind::any: return good >= 1 && variable_up(std::nullopt, &r);
      default: return good >= r.n;
    }
  }
};

}  // namespace

Real success(const model::Component& component, int n) {
  const model::Failover& failover = component.failover.value();
  if (component.type == ComponentType::quorum) return 1;
  // Without a majority of sentinels after a loss nothing is promoted.
  if (failover.controller == model::Controller::redis_sentinel &&
      failover.sentinels.value_or(n) < 3)
    return 0;
  return failover.success;
}

int threshold(const World& world, model::LevelId level, model::ComponentId c) {
  const model::Component& component = world.system.components[c];
  const int n = world.load.replicas[level][c];
  if (component.type == ComponentType::quorum) return n / 2 + 1;
  return world.load.need[level][c];
}

std::vector<Variable> variables(const World& world, model::LevelId level,
                                model::ServiceId service) {
  std::vector<Variable> out;
  const auto reach = path(world.system, service, true);
  for (std::size_t c = 0; c < reach.size(); ++c) {
    if (reach[c] && world.system.components[c].type != ComponentType::gate) {
      out.push_back(component_variable(world, level, c));
    } else if (reach[c]) {
      // A common cause of a gate is still one of its factors.
      Variable variable = component_variable(world, level, c);
      if (!variable.factors.empty()) out.push_back(variable);
    }
  }
  find_switchovers(world.system, world.system.services[service].requires_, out);
  for (std::size_t c = 0; c < reach.size(); ++c) {
    if (!reach[c]) continue;
    if (world.system.components[c].type == ComponentType::gate) {
      find_switchovers(world.system, world.system.components[c].gate, out);
    }
    find_switchovers(world.system, world.system.components[c].depends_on, out);
  }
  bool network = asks_network(world.system.services[service].requires_);
  for (std::size_t c = 0; c < reach.size(); ++c)
    network = network || (reach[c] && (asks_network(world.system.components[c].gate) ||
                                       asks_network(world.system.components[c].depends_on)));
  const model::Network& all = world.system.network;
  for (std::size_t e = 0; network && e < all.vertices.size() + all.links.size(); ++e) {
    const auto& modes = network_modes(world.system, e);
    if (modes.empty()) continue;
    Variable variable;
    variable.network = e;
    variable.own_u = load_of(modes) / (1 + load_of(modes));
    variable.own_rate = total_rate(modes);
    out.push_back(variable);
  }
  return out;
}

std::pair<std::string, std::string> network_name(const model::System& system, std::size_t element) {
  const std::size_t vertices = system.network.vertices.size();
  if (element < vertices) return {"vertex", system.network.vertices[element].name};
  return {"link", system.network.links[element - vertices].name};
}

const std::vector<model::DomainMode>& network_modes(const model::System& system,
                                                    std::size_t element) {
  const std::size_t vertices = system.network.vertices.size();
  return element < vertices ? system.network.vertices[element].modes
                            : system.network.links[element - vertices].modes;
}

bool service_up(const model::System& system, model::ServiceId service,
                const std::vector<Variable>& variables, std::size_t up_bits) {
  return Walk{system, variables, up_bits}.met(system.services[service].requires_);
}

}  // namespace haplan::test::oracle
