#include "model/availability/aged.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/markov/chain.hpp"
#include "model/markov/first_passage.hpp"
#include "model/markov/steady_state.hpp"
#include "model/numerics/excess.hpp"
#include "model/recovery/domain.hpp"
#include "model/recovery/laws.hpp"
#include "model/system/variants.hpp"

namespace haplan::model {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// What is left of an outage of fixed length that begins at any time.
double fixed_left(double length, double age) {
  return length > 0.0 ? std::max(0.0, 1.0 - age / length) : 0.0;
}

double exponential_left(double mean, double age) {
  return mean > 0.0 ? std::exp(-age / mean) : 0.0;
}

double down_beyond(const std::vector<DomainMode>& modes, bool down, double age) {
  if (age == kInfinity) return down ? 1.0 : 0.0;
  return down_between(modes, down, age, kInfinity);
}

/// Stages of a node's outage, each cut off below the age.
void cut_stages(const Node& node, const NodeStages& stages, double age,
                std::vector<double>& shares) {
  if (age == kInfinity) {
    std::ranges::fill(shares, 0.0);
    shares.back() = node.down ? 1.0 : 0.0;
    return;
  }
  double after = 0.0;
  for (std::size_t s = 0; s < shares.size(); ++s) {
    const double until = s < stages.bounds.size() ? stages.bounds[s] : kInfinity;
    const double from = std::max(after, age);
    shares[s] = from < until ? down_between(node.modes, node.down, from, until) : 0.0;
    after = until;
  }
}

std::size_t resting_states(const StateChain& chain) {
  return static_cast<std::size_t>(std::ranges::count(chain.serves, false));
}

}  // namespace

AgedNumbers::AgedNumbers(const ServiceContext& context)
    : context_(context),
      replicas_(context.system.components.size()),
      failovers_(context.compiled.tables.size()) {
  const System& system = context.system;
  for (ComponentId c = 0; c < system.components.size(); ++c) add_replicas(c);
  for (std::size_t t = 0; t < context.compiled.tables.size(); ++t) add_table(t);
  for (const Domain& domain : system.domains) add_modes(domain.modes);
  for (const Node& node : system.nodes) add_modes(node.modes);
  for (const Claim& claim : system.claims) add_modes(claim.modes);
  for (const Vertex& vertex : system.network.vertices) add_modes(vertex.modes);
  for (const Link& link : system.network.links) add_modes(link.modes);
  for (const SwitchoverFactor& factor : context.compiled.structure.switchovers)
    add_length(factor.outage);
  for (const NodeStages& stages : context.compiled.failure_stages)
    for (const double bound : stages.bounds) add_length(bound);
  std::ranges::sort(lengths_);
  const auto rest = std::ranges::unique(lengths_);
  lengths_.erase(rest.begin(), rest.end());
}

void AgedNumbers::add_mean(double mean) {
  if (mean <= 0.0) return;
  shortest_ = shortest_ == 0.0 ? mean : std::min(shortest_, mean);
  longest_ = std::max(longest_, mean);
}

void AgedNumbers::add_length(double length) {
  if (length > 0.0) lengths_.push_back(length);
  add_mean(length);
}

void AgedNumbers::add_modes(const std::vector<DomainMode>& modes) {
  for (const DomainMode& mode : modes) {
    const bool fixed = mode.law == RepairLaw::fixed || mode.sigma == 0.0;
    if (mode.rate <= 0.0) continue;
    if (fixed && mode.law != RepairLaw::exponential)
      add_length(mode.repair);
    else
      add_mean(mode.repair);
  }
}

void AgedNumbers::add_replicas(ComponentId c) {
  const Component& component = context_.system.components[c];
  const ComponentPlan& plan = context_.deployment.components[c];
  if (!component.replicated()) return;
  if (!is_mixed(component, plan)) {
    replicas_[c].push_back(replica_of(component, plan.probes, context_.components.replicas[c]));
    return;
  }
  replicas_[c].resize(component.variants.size());
  for (const std::size_t v : used_variants(plan))
    replicas_[c][v] = replica_of(component.variants[v], plan.variants[v].probes,
                                 context_.components.variants[c][v]);
}

AgedNumbers::Replica AgedNumbers::replica_of(const Component& component, const Probes& probes,
                                             const ReplicaModel& model) {
  Replica replica;
  double load = 0.0;
  for (std::size_t m = 0; m < model.modes.size(); ++m) {
    const ModeOutage& mode = model.modes[m];
    load += mode.rate * mode.mean;
    replica.loads.push_back(mode.rate * mode.mean);
    replica.means.push_back(mode.mean);
    replica.laws.push_back(mode_law(component, probes, model, m).law);
    for (const DelayMixture::Part& part : replica.laws.back().parts())
      if (part.delay.least() == part.delay.worst()) lengths_.push_back(part.delay.worst());
    add_mean(mode.mean);
  }
  for (double& share : replica.loads) share = load > 0.0 ? share / load : 0.0;
  return replica;
}

void AgedNumbers::add_table(std::size_t t) {
  const TableKey& key = context_.compiled.tables[t];
  const TableNumbers& table = context_.numbers.tables[t];
  const Component& component = context_.system.components[key.component];
  const auto add_core = [&](double core, double flow) {
    if (flow > 0.0) add_mean(core / flow);
  };
  const std::vector<Replica>& replicas = replicas_[key.component];
  for (const MixedReplicas& group : table.mixed)
    if (replicas[group.variant].laws.empty()) add_core(group.core, group.core_flow);
  if (table.mixed.empty() && (replicas.empty() || replicas.front().laws.empty()))
    add_core(table.core, table.core_flow);
  for (const Factor& factor : table.factors) {
    if (factor.kind == CauseKind::ramp) {
      const Level& level = context_.system.levels[key.level];
      add_length(table.ramp * level.share * level.every);
    } else if (factor.kind == CauseKind::failover) {
      const ComponentPlan& plan = context_.deployment.components[key.component];
      std::vector<NodeId> nodes = plan.nodes;
      if (!nodes.empty()) nodes.resize(static_cast<std::size_t>(key.replicas));
      Failover& failover = failovers_[t];
      failover.replicas = key.replicas;
      failover.losses =
          failover_losses(context_.system, component, context_.components.replicas[key.component],
                          plan.failover, nodes, key.replicas);
      for (const FailoverLoss& loss : failover.losses) {
        failover.load += loss.rate * loss.outage;
        if (loss.rate > 0.0) add_mean(loss.outage);
        if (loss.kind == FailoverLoss::Kind::mode)
          lengths_.push_back(context_.components.replicas[key.component].modes[loss.index].mean);
      }
      lengths_.push_back(failover_time(component.failover->controller, plan.failover,
                                       context_.system.node_detection)
                             .mean);
      lengths_.push_back(component.failover->manual);
      if (context_.system.drain) lengths_.push_back(component.failover->switchover);
    } else if (factor.flow > 0.0) {
      add_mean(factor.unavailability / factor.flow);
    }
  }
}

double AgedNumbers::chain_left(ComponentId c, double age) const {
  const StateChain& chain = *context_.system.components[c].chain;
  std::vector<RatedEdge> edges;
  for (const ChainTransition& t : chain.transitions) edges.push_back({t.from, t.to, t.rate});
  const auto whole = chain_of(chain.states.size(), edges);
  auto start = steady_state(chain.states.size(), edges);
  if (!whole || !start) return 0.0;
  double down = 0.0;
  for (std::size_t s = 0; s < start->size(); ++s)
    (chain.serves[s] ? (*start)[s] : down) = chain.serves[s] ? 0.0 : down + (*start)[s];
  if (down <= 0.0) return 0.0;
  for (double& p : *start) p /= down;
  UniformisationOptions options;
  options.relative_tolerance = 1e-6;
  options.absolute_tolerance = 1e-12;
  const auto beyond = not_reached_within(*whole, *start, chain.serves, age, options);
  return beyond ? beyond->value.value : 0.0;
}

double AgedNumbers::Replica::left(double core, double flow, double age) const {
  if (age == kInfinity || core >= 1.0) return core >= 1.0 ? 1.0 : 0.0;
  if (laws.empty()) return flow > 0.0 ? exponential_left(core / flow, age) : 0.0;
  double left = 0.0;
  for (std::size_t m = 0; m < laws.size(); ++m)
    if (loads[m] > 0.0) left += loads[m] * expected_excess(laws[m], age) / means[m];
  return std::min(1.0, left);
}

/// Of a replica's, an external service's or a chain's unavailability.
double AgedNumbers::core_left(std::size_t t, double age) const {
  const TableNumbers& table = context_.numbers.tables[t];
  const ComponentId c = context_.compiled.tables[t].component;
  const Component& component = context_.system.components[c];
  if (age == kInfinity) return table.core >= 1.0 ? 1.0 : 0.0;
  if (component.replicated()) return replicas_[c].front().left(table.core, table.core_flow, age);
  if (component.chain && resting_states(*component.chain) > 1) return chain_left(c, age);
  if (table.core >= 1.0) return 1.0;
  return table.core_flow > 0.0 ? exponential_left(table.core / table.core_flow, age) : 0.0;
}

double AgedNumbers::factor_left(std::size_t t, std::size_t f, double age) const {
  const TableNumbers& table = context_.numbers.tables[t];
  const TableKey& key = context_.compiled.tables[t];
  const Factor& factor = table.factors[f];
  if (age == kInfinity) return 0.0;
  if (factor.kind == CauseKind::ramp) {
    const Level& level = context_.system.levels[key.level];
    return fixed_left(table.ramp * level.share * level.every, age);
  }
  if (factor.kind != CauseKind::failover)
    return factor.flow > 0.0 ? exponential_left(factor.unavailability / factor.flow, age) : 0.0;
  const Failover& failover = failovers_[t];
  double left = 0.0;
  for (const FailoverLoss& loss : failover.losses)
    left += loss.rate * failover_excess(context_.system, context_.system.components[key.component],
                                        context_.components.replicas[key.component],
                                        context_.deployment.components[key.component].failover,
                                        failover.replicas, loss, age);
  return failover.load > 0.0 ? left / failover.load : 0.0;
}

Numbers AgedNumbers::at(double age) const {
  const auto& [system, deployment, compiled, now, components] = context_;
  Numbers aged = now;
  for (std::size_t t = 0; t < aged.tables.size(); ++t) {
    TableNumbers& table = aged.tables[t];
    for (MixedReplicas& group : table.mixed)
      group.core *= replicas_[compiled.tables[t].component][group.variant].left(
          group.core, group.core_flow, age);
    if (table.mixed.empty() && table.core > 0.0) table.core *= core_left(t, age);
    for (std::size_t f = 0; f < table.factors.size(); ++f) {
      Factor& factor = table.factors[f];
      const double left = factor_left(t, f, age);
      factor.unavailability *= left;
      if (factor.kind == CauseKind::ramp) table.ramp *= left;
    }
  }
  for (DomainId d = 0; d < system.domains.size(); ++d)
    aged.domain_down[d] = down_beyond(system.domains[d].modes, system.domains[d].down, age);
  for (NodeId n = 0; n < system.nodes.size(); ++n)
    cut_stages(system.nodes[n], compiled.failure_stages[n], age, aged.node_stages[n]);
  for (ClaimId c = 0; c < system.claims.size(); ++c)
    aged.claim_down[c] = down_beyond(system.claims[c].modes, false, age);
  for (VertexId v = 0; v < system.network.vertices.size(); ++v)
    aged.vertex_down[v] = down_beyond(system.network.vertices[v].modes, false, age);
  for (std::size_t l = 0; l < system.network.links.size(); ++l)
    aged.link_down[l] = down_beyond(system.network.links[l].modes, false, age);
  for (std::size_t s = 0; s < compiled.structure.switchovers.size(); ++s)
    aged.switchover[s] *= fixed_left(compiled.structure.switchovers[s].outage, age);
  return aged;
}

std::vector<double> AgedNumbers::lengths() const { return lengths_; }

}  // namespace haplan::model
