#include "model/availability/causes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "model/availability/elements.hpp"
#include "model/numerics/quadrature.hpp"

namespace haplan::model {

namespace {

/// 24 points: exact up to degree 47 in the scaled unavailabilities.
constexpr int kQuadraturePoints = 24;

class Ledger {
 public:
  void add(CauseKind kind, const std::string& subject, const std::string& mode, double share) {
    shares_[{kind, subject, mode}] += share;
  }

  /// Splits a domain's share over its modes by rate times repair.
  void add_domain(CauseKind kind, const std::string& subject, const std::vector<DomainMode>& modes,
                  bool down, double share) {
    double total = 0.0;
    for (const DomainMode& mode : modes) total += mode.rate * mode.repair;
    if (down || total == 0.0) {
      add(kind, subject, down ? "state down" : "", share);
      return;
    }
    for (const DomainMode& mode : modes)
      add(kind, subject, mode.name, share * mode.rate * mode.repair / total);
  }

  ///   variant  null: of a component whose replicas are all alike
  void add_replicas(const std::string& subject, const ReplicaModel& replica, double share,
                    const Component* variant = nullptr) {
    const auto named = [variant](const std::string& mode) {
      return variant == nullptr ? mode : mixed_mode(*variant, mode);
    };
    double total = 0.0;
    for (const ModeOutage& mode : replica.modes) total += mode.rate * mode.mean;
    if (total == 0.0) add(CauseKind::replica, subject, named(""), share);
    for (const ModeOutage& mode : replica.modes)
      if (total > 0.0)
        add(CauseKind::replica, subject, named(mode.name), share * mode.rate * mode.mean / total);
  }

  /// What is smaller than a rounding of the whole is none: it may even have the wrong sign.
  [[nodiscard]] std::vector<Cause> sorted() const {
    double whole = 0.0;
    for (const auto& [key, share] : shares_) whole += std::abs(share);
    std::vector<Cause> causes;
    for (const auto& [key, share] : shares_)
      if (std::abs(share) > std::numeric_limits<double>::epsilon() * whole)
        causes.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), share});
    std::stable_sort(causes.begin(), causes.end(),
                     [](const Cause& a, const Cause& b) { return a.share > b.share; });
    return causes;
  }

 private:
  std::map<std::tuple<CauseKind, std::string, std::string>, double> shares_;
};

/// Shares of one quadrature point, entered per element; `weight` is the point's.
void collect(const Compiled& compiled, const Numbers& numbers, const Sensitivity& at, double scale,
             double weight, std::vector<double>& share, std::vector<std::vector<double>>& core,
             std::vector<std::vector<double>>& factor) {
  using Kind = VariableInfo::Kind;
  for (std::size_t v = 0; v < compiled.variables.size(); ++v) {
    const VariableInfo& info = compiled.variables[v];
    const double* const dp = at.dp.data() + compiled.diagram.first_probability(v);
    const double critical = dp[1] - dp[0];
    switch (info.kind) {
      case Kind::domain: share[v] += weight * numbers.domain_down[info.subject] * critical; break;
      case Kind::claim: share[v] += weight * numbers.claim_down[info.subject] * critical; break;
      case Kind::switchover:
        share[v] += weight * numbers.switchover[info.subject] * critical;
        break;
      case Kind::vertex: share[v] += weight * numbers.vertex_down[info.subject] * critical; break;
      case Kind::link: share[v] += weight * numbers.link_down[info.subject] * critical; break;
      case Kind::node:
        for (std::size_t s = 0; s < numbers.node_stages[info.subject].size(); ++s)
          share[v] += weight * numbers.node_stages[info.subject][s] * (dp[s + 1] - dp[0]);
        break;
      case Kind::component:
      case Kind::replicas: {
        if (critical == 0.0) break;
        const TableNumbers& table = numbers.tables[info.table];
        const ElementDerivatives chain = element_derivatives(table, info.reachable[0], scale);
        core[info.table][0] += weight * table.core * critical * chain.core;
        for (std::size_t g = 0; g < table.mixed.size(); ++g)
          core[info.table][g] += weight * table.mixed[g].core * critical * chain.mixed[g];
        for (std::size_t i = 0; i < table.factors.size(); ++i)
          factor[info.table][i] +=
              weight * table.factors[i].unavailability * critical * chain.factors[i];
        break;
      }
      case Kind::pair:
      case Kind::entry: break;
    }
  }
}

/// All its replicas together are not enough.
bool lacks_replicas(const TableKey& key, const TableNumbers& table) {
  if (table.mixed.empty()) return key.need > key.replicas;
  return weigh_less_than(table.mixed_need, weighted_groups(table, 0.0)) > 0.0;
}

/// What is down although nothing has failed: too few replicas for the load.
void add_capacity(const System& system, const Compiled& compiled, const Numbers& numbers,
                  ServiceId service, Ledger& ledger) {
  std::vector<double> p;
  std::vector<double> value;
  fill_probabilities(compiled, numbers, 0.0, p);
  compiled.diagram.probability(p, 0.0, value);
  for (const Situation& world : compiled.worlds) {
    if (world.before || world.drained != kOut) continue;
    const double down = system.levels[world.level].share * value[world.service_down[service]];
    if (down == 0.0) continue;
    std::vector<std::string> lacking;
    for (const ComponentId c : reach_of(system, service)) {
      const std::size_t t = compiled.table_of[world.level][c];
      if (t != kNone && lacks_replicas(compiled.tables[t], numbers.tables[t]))
        lacking.push_back(system.components[c].name);
    }
    if (lacking.empty())  // terminals that no link could ever connect
      ledger.add(CauseKind::capacity, "network", system.levels[world.level].name, down);
    for (const std::string& name : lacking)
      ledger.add(CauseKind::capacity, name, system.levels[world.level].name,
                 down / static_cast<double>(lacking.size()));
  }
}

}  // namespace

std::vector<Cause> downtime_by_cause(const System& system, const Compiled& compiled,
                                     const Numbers& numbers, const ComponentNumbers& components,
                                     ServiceId service) {
  std::vector<double> share(compiled.variables.size(), 0.0);
  std::vector<std::vector<double>> core;
  std::vector<std::vector<double>> factor;
  for (const TableNumbers& table : numbers.tables) {
    core.emplace_back(std::max<std::size_t>(1, table.mixed.size()), 0.0);
    factor.emplace_back(table.factors.size(), 0.0);
  }
  std::vector<double> drains(compiled.drain_stages.size(), 0.0);
  std::vector<double> p;
  std::vector<double> value;
  static const std::vector<QuadratureNode> kRule = gauss_legendre(kQuadraturePoints);
  for (const QuadratureNode& point : kRule) {
    fill_probabilities(compiled, numbers, point.x, p);
    compiled.diagram.probability(p, 1.0, value);
    const Sensitivity at = sensitivity(system, compiled, numbers, p, value, service, point.x);
    collect(compiled, numbers, at, point.x, point.weight, share, core, factor);
    for (NodeId n = 0; n < drains.size(); ++n)
      drains[n] += point.weight * numbers.drained * at.drained_node[n];
  }

  using Kind = VariableInfo::Kind;
  Ledger ledger;
  for (std::size_t v = 0; v < compiled.variables.size(); ++v) {
    const VariableInfo& info = compiled.variables[v];
    if (info.kind == Kind::domain) {
      const Domain& domain = system.domains[info.subject];
      ledger.add_domain(CauseKind::domain, domain.name, domain.modes, domain.down, share[v]);
    } else if (info.kind == Kind::node) {
      const Node& node = system.nodes[info.subject];
      ledger.add_domain(CauseKind::node, node.name, node.modes, node.down, share[v]);
    } else if (info.kind == Kind::claim) {
      const Claim& claim = system.claims[info.subject];
      ledger.add_domain(CauseKind::claim, claim.name, claim.modes, false, share[v]);
    } else if (info.kind == Kind::vertex) {
      const Vertex& vertex = system.network.vertices[info.subject];
      ledger.add_domain(CauseKind::vertex, vertex.name, vertex.modes, false, share[v]);
    } else if (info.kind == Kind::link) {
      const Link& link = system.network.links[info.subject];
      ledger.add_domain(CauseKind::link, link.name, link.modes, false, share[v]);
    } else if (info.kind == Kind::switchover) {
      ledger.add(CauseKind::switchover, compiled.structure.switchovers[info.subject].gate, "",
                 share[v]);
    }
  }
  for (std::size_t t = 0; t < compiled.tables.size(); ++t) {
    const ComponentId c = compiled.tables[t].component;
    const Component& component = system.components[c];
    const std::vector<MixedReplicas>& mixed = numbers.tables[t].mixed;
    for (std::size_t g = 0; g < mixed.size(); ++g)
      ledger.add_replicas(component.name, components.variants[c][mixed[g].variant], core[t][g],
                          &component.variants[mixed[g].variant]);
    if (component.replicated() && mixed.empty())
      ledger.add_replicas(component.name, components.replicas[c], core[t][0]);
    else if (!component.replicated())
      ledger.add(component.chain ? CauseKind::chain : CauseKind::external, component.name, "",
                 core[t][0]);
    for (std::size_t i = 0; i < factor[t].size(); ++i)
      ledger.add(numbers.tables[t].factors[i].kind, component.name,
                 numbers.tables[t].factors[i].mode, factor[t][i]);
  }
  for (NodeId n = 0; n < drains.size(); ++n)
    ledger.add(CauseKind::drain, system.nodes[n].name, "", drains[n]);
  add_capacity(system, compiled, numbers, service, ledger);
  return ledger.sorted();
}

}  // namespace haplan::model
