#include "model/availability/probabilities.hpp"

#include <cmath>
#include <limits>

#include "model/base/contract.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

std::vector<double> stage_probabilities(const Node& node, const NodeStages& stages) {
  std::vector<double> shares;
  double after = 0.0;
  for (const double bound : stages.bounds) {
    shares.push_back(down_between(node.modes, node.down, after, bound));
    after = bound;
  }
  shares.push_back(
      down_between(node.modes, node.down, after, std::numeric_limits<double>::infinity()));
  return shares;
}

double two_state(double rate, double outage) { return rate * outage / (1.0 + rate * outage); }

/// P(exactly i of n replicas serve), each out with probability u.
double exactly(int i, int n, double u) {
  double choose = 1.0;
  for (int j = 0; j < i; ++j) choose = choose * (n - j) / (j + 1);
  return choose * std::pow(1.0 - u, i) * std::pow(u, n - i);
}

/// P(too few replicas before, after the entry), of like ones.
std::array<double, 4> serving_distribution(const TableNumbers& before, const TableNumbers& after,
                                           const std::array<int, 3>& reachable) {
  const auto [only_before, only_after, both] = reachable;
  std::array<double, 4> joint{};
  for (int b = 0; b <= both; ++b)
    for (int i = 0; i <= only_before; ++i)
      for (int j = 0; j <= only_after; ++j) {
        const std::size_t outcome =
            (b + i < before.need ? 1U : 0U) | (b + j < after.need || after.ramp > 0.0 ? 2U : 0U);
        joint[outcome] += exactly(b, both, after.core) * exactly(i, only_before, after.core) *
                          exactly(j, only_after, after.core);
      }
  return joint;
}

/// The same of mixed ones, which are as many at every level.
std::array<double, 4> mixed_distribution(const TableNumbers& before, const TableNumbers& after) {
  WeighedNeed first{before.mixed_need, {}};
  WeighedNeed second{after.mixed_need, {}};
  for (const MixedReplicas& group : before.mixed) first.weight.push_back(group.weight);
  for (const MixedReplicas& group : after.mixed) second.weight.push_back(group.weight);
  return weigh_less_than_both(first, second, weighted_groups(after, 1.0));
}

}  // namespace

Result<Numbers> numbers_for(const System& system, const Deployment& deployment,
                            const ComponentNumbers& components, const Compiled& compiled) {
  Numbers numbers;
  for (const TableKey& key : compiled.tables)
    numbers.tables.push_back(table_numbers(system, deployment, compiled.load, components, key));
  for (const Domain& domain : system.domains)
    numbers.domain_down.push_back(down_probability(domain.modes, domain.down));
  for (NodeId n = 0; n < system.nodes.size(); ++n)
    numbers.node_stages.push_back(stage_probabilities(system.nodes[n], compiled.failure_stages[n]));
  for (const Claim& claim : system.claims)
    numbers.claim_down.push_back(down_probability(claim.modes, false));
  for (const Vertex& vertex : system.network.vertices)
    numbers.vertex_down.push_back(down_probability(vertex.modes, false));
  for (const Link& link : system.network.links)
    numbers.link_down.push_back(down_probability(link.modes, false));
  for (const SwitchoverFactor& factor : compiled.structure.switchovers)
    numbers.switchover.push_back(two_state(factor.rate, factor.outage));
  if (system.drain) {
    numbers.drained = system.drain->per_node / system.drain->every;
    if (numbers.drained * static_cast<double>(system.nodes.size()) >= 1.0)
      return tl::unexpected(Error{Fault::invalid_input,
                                  "the drains of all nodes would take all the time",
                                  "cluster.maintenance.drain"});
    for (const NodeStages& stages : compiled.drain_stages) {
      std::vector<double> fractions;
      double after = 0.0;
      for (const double bound : stages.bounds) {
        fractions.push_back((bound - after) / system.drain->per_node);
        after = bound;
      }
      fractions.push_back((system.drain->per_node - after) / system.drain->per_node);
      numbers.drain_stages.push_back(std::move(fractions));
    }
  }
  return numbers;
}

std::array<double, 4> entry_distribution(const TableNumbers& before, const TableNumbers& after,
                                         const std::array<int, 3>& reachable) {
  std::array<double, 4> joint = before.mixed.empty()
                                    ? serving_distribution(before, after, reachable)
                                    : mixed_distribution(before, after);
  double shared_down = 0.0;  // factors that do not know the level: down before and after
  for (const Factor& factor : after.factors)
    if (factor.kind != CauseKind::ramp) shared_down += factor.unavailability * (1.0 - shared_down);
  for (double& probability : joint) probability *= 1.0 - shared_down;
  joint[3] += shared_down;
  joint[1] += before.ramp * joint[0];
  joint[0] *= 1.0 - before.ramp;
  joint[3] += before.ramp * joint[2];
  joint[2] *= 1.0 - before.ramp;
  return joint;
}

Result<Quantified> quantify(const System& system, const Deployment& deployment, bool entries,
                            const EvaluateOptions& options) {
  HAPLAN_EXPECTS(deployment.components.size() == system.components.size());
  Result<ComponentNumbers> components = component_numbers(system, deployment);
  if (!components) return tl::unexpected(components.error());
  Result<Compiled> compiled = compile(system, deployment, *components, entries, options);
  if (!compiled) return tl::unexpected(compiled.error());
  Result<Numbers> numbers = numbers_for(system, deployment, *components, *compiled);
  if (!numbers) return tl::unexpected(numbers.error());
  return Quantified{std::move(*components), std::move(*compiled), std::move(*numbers)};
}

void fill_probabilities(const Compiled& compiled, const Numbers& numbers, double scale,
                        std::vector<double>& p) {
  using Kind = VariableInfo::Kind;
  p.assign(compiled.diagram.probability_count(), 0.0);
  for (std::size_t v = 0; v < compiled.variables.size(); ++v) {
    const VariableInfo& info = compiled.variables[v];
    double* const at = p.data() + compiled.diagram.first_probability(v);
    double down = 0.0;
    switch (info.kind) {
      case Kind::domain: down = scale * numbers.domain_down[info.subject]; break;
      case Kind::claim: down = scale * numbers.claim_down[info.subject]; break;
      case Kind::switchover: down = scale * numbers.switchover[info.subject]; break;
      case Kind::vertex: down = scale * numbers.vertex_down[info.subject]; break;
      case Kind::link: down = scale * numbers.link_down[info.subject]; break;
      case Kind::component: down = down_given(numbers.tables[info.table], 0, scale); break;
      case Kind::replicas:
        down = down_given(numbers.tables[info.table], info.reachable[0], scale);
        break;
      case Kind::pair: continue;  // always replaced by `entry` variables
      case Kind::entry: {
        const auto joint = entry_distribution(numbers.tables[info.table_before],
                                              numbers.tables[info.table], info.reachable);
        std::copy(joint.begin(), joint.end(), at);
        continue;
      }
      case Kind::node: {
        const std::vector<double>& stages = numbers.node_stages[info.subject];
        for (std::size_t s = 0; s < stages.size(); ++s) {
          at[s + 1] = scale * stages[s];
          down += at[s + 1];
        }
        at[0] = 1.0 - down;
        continue;
      }
    }
    at[0] = 1.0 - down;
    at[1] = down;
  }
}

double drain_weight(const Numbers& numbers, const Situation& world, double scale) {
  if (world.drained == kOut)
    return 1.0 - scale * numbers.drained * static_cast<double>(numbers.drain_stages.size());
  return scale * numbers.drained * numbers.drain_stages[world.drained][world.stage];
}

double unavailability_of(const System& system, const Compiled& compiled, const Numbers& numbers,
                         const std::vector<double>& value, ServiceId service, double scale) {
  double u = 0.0;
  for (const Situation& world : compiled.worlds)
    if (!world.before)
      u += system.levels[world.level].share * drain_weight(numbers, world, scale) *
           value[world.service_down[service]];
  return u;
}

}  // namespace haplan::model
