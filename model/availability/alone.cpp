#include "model/availability/alone.hpp"

#include <algorithm>

#include "model/availability/probabilities.hpp"

namespace haplan::model {

struct CausesAlone::State {
  const System& system;
  const Deployment& deployment;
  Quantified all;
};

namespace {

/// Unavailability of a two-state element that fails `weight` times as often.
double weighted(double unavailability, double weight) {
  if (unavailability >= 1.0) return weight > 0.0 ? 1.0 : 0.0;
  const double odds = weight * unavailability / (1.0 - unavailability);
  return odds / (1.0 + odds);
}

std::vector<DomainMode> weighted_modes(const std::vector<DomainMode>& modes, CauseKind kind,
                                       const std::string& subject, const CauseWeight& weight) {
  std::vector<DomainMode> result = modes;
  for (DomainMode& mode : result) mode.rate *= weight({kind, subject, mode.name, 0.0});
  return result;
}

/// The system with domains that fail as often as their weights say.
System weighted_domains(const System& system, const CauseWeight& weight) {
  System result = system;
  for (Domain& domain : result.domains)
    domain.modes = weighted_modes(domain.modes, CauseKind::domain, domain.name, weight);
  for (Node& node : result.nodes)
    node.modes = weighted_modes(node.modes, CauseKind::node, node.name, weight);
  for (Claim& claim : result.claims)
    claim.modes = weighted_modes(claim.modes, CauseKind::claim, claim.name, weight);
  for (Vertex& vertex : result.network.vertices)
    vertex.modes = weighted_modes(vertex.modes, CauseKind::vertex, vertex.name, weight);
  for (Link& link : result.network.links)
    link.modes = weighted_modes(link.modes, CauseKind::link, link.name, weight);
  return result;
}

/// Weight of a replica: its modes', each as heavy as the outage that it causes.
double replica_weight(const std::string& subject, const ReplicaModel& replica,
                      const CauseWeight& weight) {
  double total = 0.0;
  double sum = 0.0;
  for (const ModeOutage& mode : replica.modes) {
    total += mode.rate * mode.mean;
    sum += mode.rate * mode.mean * weight({CauseKind::replica, subject, mode.name, 0.0});
  }
  return total > 0.0 ? sum / total : weight({CauseKind::replica, subject, "", 0.0});
}

void weigh_table(const System& system, const ComponentNumbers& numbers, ComponentId id,
                 const CauseWeight& weight, TableNumbers& table) {
  const Component& component = system.components[id];
  const CauseKind kind = component.chain ? CauseKind::chain : CauseKind::external;
  table.core =
      weighted(table.core, component.replicated()
                               ? replica_weight(component.name, numbers.replicas[id], weight)
                               : weight({kind, component.name, "", 0.0}));
  for (Factor& factor : table.factors)
    factor.unavailability =
        weighted(factor.unavailability, weight({factor.kind, component.name, factor.mode, 0.0}));
}

}  // namespace

CausesAlone::CausesAlone(std::unique_ptr<State> state) : state_(std::move(state)) {}
CausesAlone::CausesAlone(CausesAlone&& other) noexcept = default;
CausesAlone::~CausesAlone() = default;

Result<CausesAlone> CausesAlone::make(const System& system, const Deployment& deployment) {
  Result<Quantified> all = quantify(system, deployment);
  if (!all) return tl::unexpected(all.error());
  return CausesAlone(std::make_unique<State>(State{system, deployment, std::move(*all)}));
}

double CausesAlone::unavailability(ServiceId service, const CauseWeight& weight) const {
  const System& system = state_->system;
  const auto& [components, compiled, usual] = state_->all;
  const System quieter = weighted_domains(system, weight);
  // Rates of domains matter for the domains themselves here; failovers keep theirs.
  const auto domains = numbers_for(quieter, state_->deployment, components, compiled);
  Numbers numbers = domains ? *domains : usual;
  numbers.tables = usual.tables;
  for (std::size_t t = 0; t < numbers.tables.size(); ++t)
    weigh_table(system, components, compiled.tables[t].component, weight, numbers.tables[t]);
  for (std::size_t i = 0; i < numbers.switchover.size(); ++i)
    numbers.switchover[i] =
        weighted(usual.switchover[i],
                 weight({CauseKind::switchover, compiled.structure.switchovers[i].gate, "", 0.0}));
  numbers.drained *= weight({CauseKind::drain, "", "", 0.0});
  std::vector<double> p;
  std::vector<double> value;
  fill_probabilities(compiled, numbers, 1.0, p);
  compiled.diagram.probability(p, compiled.truncated ? 0.0 : 1.0, value);
  return unavailability_of(system, compiled, numbers, value, service, 1.0);
}

}  // namespace haplan::model
