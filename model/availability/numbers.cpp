#include "model/availability/numbers.hpp"

#include <algorithm>
#include <cmath>

#include "model/markov/steady_state.hpp"
#include "model/numerics/k_of_n.hpp"
#include "model/system/capacity.hpp"
#include "model/system/variants.hpp"

namespace haplan::model {

namespace {

Factor two_state(CauseKind kind, std::string mode, double rate, double outage) {
  const double load = rate * outage;
  return {kind, std::move(mode), load / (1.0 + load), rate / (1.0 + load)};
}

/// Mean outage assumed for frequencies where only an availability is known, as for external services.
constexpr double kAssumedOutage = 3600.0;

Result<void> solve_chain(const Component& component, double& unavailability, double& flow) {
  std::vector<RatedEdge> edges;
  for (const ChainTransition& t : component.chain->transitions)
    edges.push_back({t.from, t.to, t.rate});
  Result<std::vector<double>> pi = steady_state(component.chain->states.size(), edges);
  if (!pi) {
    Error error = pi.error();
    error.where = "components." + component.name;
    return tl::unexpected(error);
  }
  for (std::size_t s = 0; s < pi->size(); ++s)
    if (!component.chain->serves[s]) unavailability += (*pi)[s];
  for (const RatedEdge& edge : edges)
    if (component.chain->serves[edge.from] && !component.chain->serves[edge.to])
      flow += (*pi)[edge.from] * edge.rate;
  return {};
}

/// Models of all variants that run, and the average replica of them.
Result<void> solve_variants(const Component& component, const ComponentPlan& plan,
                            ReplicaModel& average, std::vector<ReplicaModel>& variants) {
  variants.resize(component.variants.size());
  average = ReplicaModel{};
  int total = 0;
  for (const ComponentPlan& one : plan.variants) total += one.replicas;
  for (std::size_t v = 0; v < variants.size(); ++v) {
    if (plan.variants[v].replicas == 0) continue;
    Result<ReplicaModel> model = replica_model(component.variants[v], plan.variants[v].probes);
    if (!model) return tl::unexpected(model.error());
    variants[v] = std::move(*model);
    const double share = static_cast<double>(plan.variants[v].replicas) / total;
    for (ModeOutage mode : variants[v].modes) {
      mode.name = mixed_mode(component.variants[v], mode.name);
      mode.rate *= share;
      average.modes.push_back(std::move(mode));
    }
    average.unavailability += share * variants[v].unavailability;
    average.start = std::max(average.start, variants[v].start);
    average.ready_mean = std::max(average.ready_mean, variants[v].ready_mean);
    average.ready_worst = std::max(average.ready_worst, variants[v].ready_worst);
  }
  return {};
}

/// [1/s] up-to-down events of one replica.
double flow_of(const Component& component, const ReplicaModel& replica) {
  double rate = 0.0;
  for (const ModeOutage& mode : replica.modes) rate += mode.rate;
  return component.replica_unavailability ? replica.unavailability / kAssumedOutage
                                          : rate * (1.0 - replica.unavailability);
}

}  // namespace

bool is_mixed(const Component& component, const ComponentPlan& plan) {
  return !component.variants.empty() && used_variants(plan).size() > 1;
}

std::string mixed_mode(const Component& variant, const std::string& mode) {
  return mode.empty() ? variant.name : variant.name + "/" + mode;
}

std::vector<WeightedGroup> weighted_groups(const TableNumbers& table, double scale) {
  std::vector<WeightedGroup> groups;
  for (const MixedReplicas& group : table.mixed)
    groups.push_back({group.count, group.weight, scale * group.core});
  return groups;
}

Result<ComponentNumbers> component_numbers(const System& system, const Deployment& deployment) {
  ComponentNumbers numbers;
  const std::size_t count = system.components.size();
  numbers.replicas.resize(count);
  numbers.variants.resize(count);
  numbers.chain_unavailability.assign(count, 0.0);
  numbers.chain_flow.assign(count, 0.0);
  for (ComponentId c = 0; c < count; ++c) {
    const Component& component = system.components[c];
    if (is_mixed(component, deployment.components[c])) {
      const Result<void> solved = solve_variants(component, deployment.components[c],
                                                 numbers.replicas[c], numbers.variants[c]);
      if (!solved) return tl::unexpected(solved.error());
    } else if (component.replicated()) {
      Result<ReplicaModel> replica = replica_model(component, deployment.components[c].probes);
      if (!replica) return tl::unexpected(replica.error());
      numbers.replicas[c] = std::move(*replica);
    }
    if (component.chain) {
      const Result<void> solved =
          solve_chain(component, numbers.chain_unavailability[c], numbers.chain_flow[c]);
      if (!solved) return tl::unexpected(solved.error());
    }
  }
  return numbers;
}

int needed(const System& system, const LoadTable& load, ComponentId component, LevelId level,
           int n) {
  const Component& what = system.components[component];
  if (what.type == ComponentType::quorum) return n / 2 + 1;
  if (what.type == ComponentType::primary_replica) {
    const bool strict = what.replication && what.replication->mode == Replication::Mode::sync &&
                        what.replication->strict;
    return strict ? 1 + what.replication->standbys : 1;
  }
  return load.need[level][component];
}

std::optional<LevelId> next_lower(const std::vector<double>& rate, LevelId level) {
  std::optional<LevelId> lower;
  for (LevelId l = 0; l < rate.size(); ++l)
    if (rate[l] < rate[level] && (!lower || rate[l] > rate[*lower])) lower = l;
  return lower;
}

double ramp_unavailability(const System& system, const Deployment& deployment,
                           const LoadTable& load, const ReplicaModel& replica,
                           ComponentId component, LevelId level) {
  const ComponentPlan& plan = deployment.components[component];
  if (!plan.autoscale) return 0.0;
  std::vector<double> rate;
  for (const auto& rates : load.rate) rate.push_back(rates[component]);
  const std::optional<LevelId> lower = next_lower(rate, level);
  if (!lower) return 0.0;
  const int n_lower = replicas_at(system, load, plan, component, *lower);
  if (n_lower >=
      needed(system, load, component, level, replicas_at(system, load, plan, component, level)))
    return 0.0;
  const Component& what = system.components[component];
  const Level& upper = system.levels[level];
  const double lag = what.autoscale_lag + replica.start + replica.ready_mean;
  const double excess = what.max_utilization.value() / (plan.autoscale->target / 100.0);
  const double slope = (rate[level] - rate[*lower]) / upper.ramp;
  double shortage = upper.ramp + lag;
  if (excess > 1.0 && upper.ramp > 0.0)
    shortage =
        std::min(shortage, std::max(0.0, excess * (lag / (excess - 1.0) - rate[*lower] / slope)));
  return std::min(1.0, shortage / (upper.share * upper.every));
}

TableNumbers table_numbers(const System& system, const Deployment& deployment,
                           const LoadTable& load, const ComponentNumbers& numbers,
                           const TableKey& key) {
  const Component& component = system.components[key.component];
  const ComponentPlan& plan = deployment.components[key.component];
  const ReplicaModel& replica = numbers.replicas[key.component];
  TableNumbers table;
  table.replicated = component.replicated();
  table.need = key.need;
  if (is_mixed(component, plan)) {
    const MixedCapacity capacity = mixed_capacity(system, key.component, key.level);
    table.mixed_need = capacity.need;
    for (const std::size_t v : used_variants(plan)) {
      const ReplicaModel& one = numbers.variants[key.component][v];
      table.mixed.push_back({v, plan.variants[v].replicas, capacity.weight[v], one.unavailability,
                             flow_of(component.variants[v], one)});
    }
  } else if (table.replicated) {
    table.core = replica.unavailability;
    table.core_flow = flow_of(component, replica);
    const std::vector<NodeId> nodes(
        plan.nodes.begin(),
        plan.nodes.begin() + std::min<std::ptrdiff_t>(std::ssize(plan.nodes), key.replicas));
    std::vector<FailoverLoss> losses;
    if (component.failover && component.type != ComponentType::stateless)
      losses = failover_losses(system, component, replica, plan.failover, nodes, key.replicas);
    if (!losses.empty()) {
      double rate_sum = 0.0;
      for (const FailoverLoss& loss : losses) rate_sum += loss.rate;
      const double u = failover_unavailability(losses);
      table.factors.push_back({CauseKind::failover, "", u, rate_sum * (1.0 - u)});
    }
  } else if (component.external) {
    table.core = component.external->unavailability;
    table.core_flow = component.external->rate * (1.0 - table.core);
  } else if (component.chain) {
    table.core = numbers.chain_unavailability[key.component];
    table.core_flow = numbers.chain_flow[key.component];
  }
  for (const CommonCause& cause : component.common_causes)
    table.factors.push_back(
        two_state(CauseKind::common_cause, cause.name, cause.rate, cause.outage));
  table.ramp = ramp_unavailability(system, deployment, load, replica, key.component, key.level);
  if (table.ramp > 0.0)
    table.factors.push_back({CauseKind::ramp, system.levels[key.level].name, table.ramp, 0.0});
  return table;
}

double core_down(const TableNumbers& table, int k, double scale) {
  if (!table.mixed.empty()) return weigh_less_than(table.mixed_need, weighted_groups(table, scale));
  return table.replicated ? fewer_than(table.need, k, scale * table.core) : scale * table.core;
}

double down_given(const TableNumbers& table, int k, double scale) {
  double down = core_down(table, k, scale);
  for (const Factor& factor : table.factors) down += scale * factor.unavailability * (1.0 - down);
  return down;
}

}  // namespace haplan::model
