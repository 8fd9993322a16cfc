#include "tests/support/oracle.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

#include "tests/support/oracle/figures.hpp"
#include "tests/support/oracle/parts.hpp"

namespace haplan::test {

namespace oracle {

namespace {

constexpr std::size_t kMostStates = std::size_t{1} << 20;

/// Every joint state of the elements with the group of equal capabilities it belongs to.
struct Enumeration {
  std::vector<std::vector<int>> states;
  std::vector<std::size_t> group;                 ///< per state
  std::vector<std::vector<unsigned>> capability;  ///< per group
};

std::size_t state_count(const World& world) {
  std::size_t count = 1;
  for (const Element& e : world.elements) {
    if (count < kMostStates) count *= e.q.size() + 1;
  }
  return count;
}

Enumeration enumerate(const World& world, model::LevelId level) {
  Enumeration out;
  std::map<std::vector<unsigned>, std::size_t> known;
  const std::size_t count = state_count(world);
  if (count >= kMostStates) throw std::invalid_argument("too many states for the oracle");
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<int> state;
    std::size_t rest = i;
    for (const Element& e : world.elements) {
      state.push_back(static_cast<int>(rest % (e.q.size() + 1)));
      rest /= e.q.size() + 1;
    }
    const auto [found, added] = known.emplace(capability(world, level, state), known.size());
    if (added) out.capability.push_back(found->first);
    out.states.push_back(state);
    out.group.push_back(found->second);
  }
  return out;
}

/// Probability that fewer than k of the capable replicas serve, and its derivative by each
/// replica's u, over all subsets of the n replicas.
struct ServeFailure {
  Real down = 0, up = 0;
  std::vector<Real> by_replica;
};

ServeFailure serve_failure(int n, int k, unsigned capable, Real u) {
  ServeFailure out;
  out.by_replica.assign(static_cast<std::size_t>(n), 0);
  for (unsigned healthy = 0; healthy < (1U << n); ++healthy) {
    Real p = 1;
    for (int i = 0; i < n; ++i) p *= (healthy >> i & 1U) != 0 ? 1 - u : u;
    const bool serves = __builtin_popcount(healthy & capable) >= k;
    (serves ? out.up : out.down) += p;
    if (serves) continue;
    for (int i = 0; i < n; ++i) {
      // d/du_i of u_i and of 1 - u_i: the probability of the others with the sign of i's state.
      Real others = 1;
      for (int j = 0; j < n; ++j) {
        if (j != i) others *= (healthy >> j & 1U) != 0 ? 1 - u : u;
      }
      out.by_replica[static_cast<std::size_t>(i)] += (healthy >> i & 1U) != 0 ? -others : others;
    }
  }
  return out;
}

/// Unavailability of the structure function over independent variables, and its gradient.
struct Expansion {
  Real down = 0;
  std::vector<Real> gradient;
};

Expansion expand(const std::vector<Real>& table, const std::vector<Real>& u,
                 const std::vector<Real>& a) {
  std::vector<std::vector<Real>> layer{table};
  for (std::size_t v = 0; v < u.size(); ++v) {
    std::vector<Real> next(layer[v].size() / 2);
    for (std::size_t i = 0; i < next.size(); ++i)
      next[i] = u[v] * layer[v][2 * i] + a[v] * layer[v][2 * i + 1];
    layer.push_back(next);
  }
  Expansion out{layer.back()[0], std::vector<Real>(u.size(), 0)};
  std::vector<Real> weight{1};
  for (std::size_t v = u.size(); v-- > 0;) {
    std::vector<Real> next(layer[v].size());
    for (std::size_t i = 0; i < weight.size(); ++i) {
      out.gradient[v] += weight[i] * (layer[v][2 * i] - layer[v][2 * i + 1]);
      next[2 * i] = weight[i] * u[v];
      next[2 * i + 1] = weight[i] * a[v];
    }
    weight = next;
  }
  return out;
}

/// Derivatives of one group at scale t, with respect to each elementary probability inside the
/// variables.
struct GroupResult {
  Real down = 0;
  std::vector<Real> own;  ///< per variable: external, chain, or sum over its replicas of u
  std::vector<std::vector<Real>> factors;  ///< per variable and factor
};

class Level {
 public:
  Level(const World& world, model::LevelId level, model::ServiceId service, const Enumeration& all)
      : world_(world), level_(level), all_(all), variables_(variables(world, level, service)) {
    for (std::size_t x = 0; x < (std::size_t{1} << variables_.size()); ++x) {
      table_.push_back(service_up(world.system, service, variables_, x) ? 0 : 1);
    }
  }

  const std::vector<Variable>& vars() const { return variables_; }

  /// Number of elementary probabilities: the degree of U in t.
  std::size_t degree() const {
    std::size_t sum = world_.elements.size();
    for (const Variable& v : variables_) {
      sum += 1 + v.factors.size();
      if (v.component) sum += static_cast<std::size_t>(world_.load.replicas[level_][*v.component]);
    }
    return sum;
  }

  GroupResult group(std::size_t g, Real t) const {
    std::vector<Real> u, a;
    std::vector<ServeFailure> serve(variables_.size());
    for (std::size_t v = 0; v < variables_.size(); ++v) {
      serve[v] = own(v, all_.capability[g], t);
      Real down = serve[v].down, up = serve[v].up;
      for (const Factor& f : variables_[v].factors) {
        down += up * (t * f.u);
        up *= 1 - t * f.u;
      }
      u.push_back(down);
      a.push_back(up);
    }
    const Expansion e = expand(table_, u, a);
    GroupResult out{e.down, {}, {}};
    for (std::size_t v = 0; v < variables_.size(); ++v) {
      Real factors_up = 1;
      for (const Factor& f : variables_[v].factors) factors_up *= 1 - t * f.u;
      Real own_derivative = 0;
      for (const Real d : serve[v].by_replica) own_derivative += d;
      out.own.push_back(e.gradient[v] * factors_up * own_derivative);
      out.factors.emplace_back();
      for (std::size_t i = 0; i < variables_[v].factors.size(); ++i) {
        Real others = serve[v].up;
        for (std::size_t j = 0; j < variables_[v].factors.size(); ++j) {
          if (j != i) others *= 1 - t * variables_[v].factors[j].u;
        }
        out.factors.back().push_back(e.gradient[v] * others);
      }
    }
    return out;
  }

 private:
  ServeFailure own(std::size_t v, const std::vector<unsigned>& capable, Real t) const {
    const Variable& variable = variables_[v];
    if (variable.network) return {t * variable.own_u, 1 - t * variable.own_u, {1}};
    if (!variable.component) return {0, 1, {}};
    const model::ComponentId c = *variable.component;
    if (!world_.system.components[c].replicated()) {
      return {t * variable.own_u, 1 - t * variable.own_u, {1}};
    }
    return serve_failure(world_.load.replicas[level_][c], threshold(world_, level_, c), capable[c],
                         t * world_.replica[c].u);
  }

  const World& world_;
  model::LevelId level_;
  const Enumeration& all_;
  std::vector<Variable> variables_;
  std::vector<Real> table_;
};

/// U at scale t and every first derivative.
struct Sums {
  Real down = 0;
  std::vector<std::vector<Real>> by_state;  ///< [element][state]: U given that state
  std::vector<Real> own;
  std::vector<std::vector<Real>> factors;
};

Sums evaluate_at(const World& world, const Enumeration& all, const Level& level, Real t) {
  std::vector<GroupResult> groups;
  for (std::size_t g = 0; g < all.capability.size(); ++g) groups.push_back(level.group(g, t));
  Sums out;
  std::vector<std::vector<Real>> p;
  for (const Element& e : world.elements) {
    Real sum = 0;
    p.push_back({0});
    for (const Real q : e.q) {
      p.back().push_back(t * q);
      sum += t * q;
    }
    p.back()[0] = 1 - sum;
    out.by_state.emplace_back(e.q.size() + 1, 0);
  }
  out.own.assign(level.vars().size(), 0);
  for (const Variable& v : level.vars()) out.factors.emplace_back(v.factors.size(), 0);
  std::vector<Real> weight(groups.size(), 0);
  for (std::size_t i = 0; i < all.states.size(); ++i) {
    const auto& state = all.states[i];
    const Real down = groups[all.group[i]].down;
    Real whole = 1;
    for (std::size_t e = 0; e < state.size(); ++e) {
      whole *= p[e][static_cast<std::size_t>(state[e])];
      Real others = 1;
      for (std::size_t o = 0; o < state.size(); ++o) {
        if (o != e) others *= p[o][static_cast<std::size_t>(state[o])];
      }
      out.by_state[e][static_cast<std::size_t>(state[e])] += others * down;
    }
    weight[all.group[i]] += whole;
  }
  for (std::size_t g = 0; g < groups.size(); ++g) {
    out.down += weight[g] * groups[g].down;
    for (std::size_t v = 0; v < out.own.size(); ++v) {
      out.own[v] += weight[g] * groups[g].own[v];
      for (std::size_t f = 0; f < out.factors[v].size(); ++f)
        out.factors[v][f] += weight[g] * groups[g].factors[v][f];
    }
  }
  return out;
}

/// Gauss-Legendre nodes and weights on [0, 1]: exact for polynomials of degree 2 n - 1.
std::vector<std::pair<Real, Real>> gauss_legendre(std::size_t n) {
  std::vector<std::pair<Real, Real>> out;
  const Real pi = std::acos(Real(-1));
  for (std::size_t i = 1; i <= n; ++i) {
    Real x = std::cos(pi * (Real(i) - 0.25L) / (Real(n) + 0.5L)), slope = 1;
    for (int step = 0; step < 60; ++step) {
      Real before = 1, now = x;
      for (std::size_t k = 2; k <= n; ++k) {
        const Real next = ((2 * Real(k) - 1) * x * now - (Real(k) - 1) * before) / Real(k);
        before = now;
        now = next;
      }
      slope = Real(n) * (x * now - before) / (x * x - 1);
      const Real change = now / slope;
      x -= change;
      if (std::abs(change) < 1e-18L) break;
    }
    out.emplace_back((1 - x) / 2, 1 / ((1 - x * x) * slope * slope));
  }
  return out;
}

const std::vector<model::DomainMode>& modes_of(const model::System& system, const Element& e) {
  if (e.kind == Element::Kind::node) return system.nodes[e.index].modes;
  if (e.kind == Element::Kind::domain) return system.domains[e.index].modes;
  return system.claims[e.index].modes;
}

/// Splits a share over modes by rate times outage.
void blame_element(const World& world, const Element& e, Real share, Real weight,
                   OracleService& out) {
  static const char* const kNames[] = {"node", "domain", "claim"};
  const auto kind = static_cast<std::size_t>(e.kind);
  const std::string& subject = e.kind == Element::Kind::node ? world.system.nodes[e.index].name
                               : e.kind == Element::Kind::domain
                                   ? world.system.domains[e.index].name
                                   : world.system.claims[e.index].name;
  if (std::isinf(e.after[0])) {  // state: down is no failure mode's doing
    out.causes[{kNames[kind], subject, "state down"}] += weight * share;
    return;
  }
  const auto& modes = modes_of(world.system, e);
  for (const auto& mode : modes) {
    out.causes[{kNames[kind], subject, mode.name}] +=
        weight * share * mode.rate * mode.repair / load_of(modes);
  }
}

void blame_elements(const World& world, const Sums& s, Real step, Real weight, OracleService& out) {
  for (std::size_t e = 0; e < world.elements.size(); ++e) {
    const Element& element = world.elements[e];
    if (element.kind == Element::Kind::drain) {
      for (std::size_t i = 0; i < element.q.size(); ++i) {
        out.causes[{"drain", world.system.nodes[element.node[i]].name, ""}] +=
            weight * step * element.q[i] * (s.by_state[e][i + 1] - s.by_state[e][0]);
      }
      continue;
    }
    Real share = 0;
    for (std::size_t i = 0; i < element.q.size(); ++i) {
      share += step * element.q[i] * (s.by_state[e][i + 1] - s.by_state[e][0]);
    }
    blame_element(world, element, share, weight, out);
  }
}

void blame_variables(const World& world, const Level& level, const Sums& s, Real step, Real weight,
                     OracleService& out) {
  for (std::size_t v = 0; v < level.vars().size(); ++v) {
    const Variable& variable = level.vars()[v];
    for (std::size_t f = 0; f < variable.factors.size(); ++f) {
      const Factor& factor = variable.factors[f];
      out.causes[{factor.kind, factor.subject, factor.mode}] +=
          weight * step * factor.u * s.factors[v][f];
    }
    if (variable.network) {
      const auto [kind, name] = network_name(world.system, *variable.network);
      const auto& modes = network_modes(world.system, *variable.network);
      for (const auto& mode : modes)
        out.causes[{kind, name, mode.name}] +=
            weight * step * variable.own_u * s.own[v] * mode.rate * mode.repair / load_of(modes);
    }
    if (!variable.component) continue;
    const model::ComponentId c = *variable.component;
    const model::Component& component = world.system.components[c];
    if (component.type == model::ComponentType::external) {
      out.causes[{"external", component.name, ""}] += weight * step * variable.own_u * s.own[v];
    } else if (component.type == model::ComponentType::markov) {
      out.causes[{"chain", component.name, ""}] += weight * step * variable.own_u * s.own[v];
    } else if (component.replicated()) {
      const Replica& r = world.replica[c];
      const Real share = weight * step * r.u * s.own[v];
      Real odds = 0;
      for (const Mode& m : r.modes) odds += m.rate * m.mean;
      if (r.modes.empty()) out.causes[{"replica", component.name, ""}] += share;
      for (const Mode& m : r.modes)
        out.causes[{"replica", component.name, m.name}] += share * m.rate * m.mean / odds;
    }
  }
}

/// Rate of events that take the service down, within one level.
void add_frequency(const World& world, const Level& level, const Sums& s, Real weight,
                   OracleService& out) {
  for (std::size_t e = 0; e < world.elements.size(); ++e) {
    const Element& element = world.elements[e];
    if (element.kind == Element::Kind::drain) {
      // Each node's drain starts once per `every`, from the state without a drain.
      for (std::size_t i = 0; i < element.q.size(); ++i) {
        if (element.after[i] > 0) continue;
        out.frequency +=
            weight * (s.by_state[e][i + 1] - s.by_state[e][0]) / world.system.drain->every;
      }
      continue;
    }
    if (std::isinf(element.after[0])) continue;
    const auto& modes = modes_of(world.system, element);
    const Real up = 1 / (1 + load_of(modes));
    out.frequency += weight * total_rate(modes) * up * (s.by_state[e][1] - s.by_state[e][0]);
  }
  for (std::size_t v = 0; v < level.vars().size(); ++v) {
    const Variable& variable = level.vars()[v];
    for (std::size_t f = 0; f < variable.factors.size(); ++f) {
      const Factor& factor = variable.factors[f];
      if (!factor.ramp) out.frequency += weight * factor.rate * (1 - factor.u) * s.factors[v][f];
    }
    if (variable.network)
      out.frequency += weight * variable.own_rate * (1 - variable.own_u) * s.own[v];
    if (!variable.component) continue;
    const model::ComponentId c = *variable.component;
    if (world.system.components[c].replicated()) {
      const Replica& r = world.replica[c];
      Real rate = 0;
      for (const Mode& m : r.modes) rate += m.rate;
      // Of a bare availability no rate is known: outages of one hour, as for external services.
      if (world.system.components[c].replica_unavailability) rate = r.u / ((1 - r.u) * 3600);
      out.frequency += weight * rate * (1 - r.u) * s.own[v];
    } else {
      out.frequency += weight * variable.own_rate * (1 - variable.own_u) * s.own[v];
    }
  }
}

}  // namespace

Real structure_unavailability(const model::System& system, model::ServiceId service,
                              const std::vector<Variable>& vars, const std::vector<Real>& u) {
  std::vector<Real> table, a;
  for (std::size_t x = 0; x < (std::size_t{1} << vars.size()); ++x) {
    table.push_back(service_up(system, service, vars, x) ? 0 : 1);
  }
  for (const Real one : u) a.push_back(1 - one);
  return expand(table, u, a).down;
}

}  // namespace oracle

std::size_t oracle_states(const model::System& system, const model::Deployment& deployment) {
  return oracle::state_count(oracle::make_world(system, deployment));
}

std::vector<OracleService> oracle_evaluate(const model::System& system,
                                           const model::Deployment& deployment, bool figures) {
  using namespace oracle;
  const World world = make_world(system, deployment);
  std::vector<OracleService> out(system.services.size());
  for (std::size_t l = 0; l < system.levels.size(); ++l) {
    const Enumeration all = enumerate(world, l);
    const Real weight = system.levels[l].share;
    for (std::size_t s = 0; s < out.size(); ++s) {
      OracleService& service = out[s];
      const Level level(world, l, s, all);
      const Sums now = evaluate_at(world, all, level, 1);
      service.joint_states = std::max(service.joint_states, all.states.size());
      service.level_unavailability.push_back(now.down);
      service.unavailability += weight * now.down;
      if (!figures) continue;
      add_frequency(world, level, now, weight, service);
      service.entry_frequency += entry_frequency(world, l, s);
      for (const auto& [t, step] : gauss_legendre(level.degree() / 2 + 1)) {
        const Sums part = evaluate_at(world, all, level, t);
        blame_elements(world, part, step, weight, service);
        blame_variables(world, level, part, step, weight, service);
      }
      // What is down with every element up: a level that asks for more than there is.
      const Real always = evaluate_at(world, all, level, 0).down;
      if (always > 0) service.causes[{"capacity", system.levels[l].name, ""}] += weight * always;
    }
  }
  if (figures) {
    for (std::size_t s = 0; s < out.size(); ++s) add_figures(world, s, out[s]);
  }
  return out;
}

}  // namespace haplan::test
