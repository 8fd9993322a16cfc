#include "model/availability/service_levels.hpp"

#include <algorithm>
#include <cmath>

#include "model/system/variants.hpp"

namespace haplan::model {

namespace {

__extension__ using Wide = __int128;  // holds the product of two 64-bit numbers

/// ceil(a * b) in exact arithmetic.
int ceiling_of_product(const Rational& a, const Rational& b) {
  const Wide num = static_cast<Wide>(a.num) * b.num;
  const Wide den = static_cast<Wide>(a.den) * b.den;
  return static_cast<int>((num + den - 1) / den);
}

/// Sum over domain modes of rate * window, the window being node detection, at most the outage.
double domain_exposure(const System& system, const std::vector<DomainMode>& modes, bool down) {
  double exposure = 0.0;
  for (const DomainMode& mode : modes)
    if (!down)
      exposure +=
          mode.rate * std::min(system.node_detection.mean + system.propagation, mode.repair);
  return exposure;
}

/// Sum over a replica's modes of rate * window: of n replicas each gets 1/n of the requests.
double modes_exposure(const System& system, const ReplicaModel& replica, const Probes& probes) {
  double exposure = 0.0;
  for (const ModeOutage& mode : replica.modes)
    exposure += mode.rate * window_of_mode(system, mode, probes);
  return exposure;
}

/// Servers of a component whose variants mix; those that a loss takes are the largest.
int mixed_servers(const Component& component, const ComponentPlan& plan, int replicas) {
  int servers = 0;
  int largest = 1;
  for (const std::size_t v : used_variants(plan)) {
    const Component& variant = component.variants[v];
    const int each = std::max(1, ceiling_of_product(*variant.throughput, component.service_time));
    servers += plan.variants[v].replicas * each;
    largest = std::max(largest, each);
  }
  return std::max(1, servers - (plan.replicas - replicas) * largest);
}

/// Share of requests that meet a dead replica of the component.
double misrouted(const ServiceContext& context, ComponentId id, LevelId level) {
  const System& system = context.system;
  const Component& component = system.components[id];
  const ComponentPlan& plan = context.deployment.components[id];
  const int n = context.compiled.tables[context.compiled.table_of[level][id]].replicas;
  double exposure = 0.0;
  if (is_mixed(component, plan)) {
    for (const std::size_t v : used_variants(plan))
      exposure +=
          static_cast<double>(plan.variants[v].replicas) / n *
          modes_exposure(system, context.components.variants[id][v], plan.variants[v].probes) *
          (1.0 - component.variants[v].retry);
    return exposure;
  }
  exposure += modes_exposure(system, context.components.replicas[id], plan.probes);
  for (std::size_t i = 0; !system.nodes.empty() && i < static_cast<std::size_t>(n); ++i) {
    exposure += node_exposure(system, plan.nodes[i]) / n;
  }
  return exposure * (1.0 - component.retry);
}

}  // namespace

// A spurious kill ends the process like an exit.
double window_of_mode(const System& system, const ModeOutage& mode, const Probes& probes) {
  constexpr double kExitWindow = 1.0;
  if (mode.detection != Detection::exit && !mode.spurious && !probes.readiness) return mode.mean;
  double window = kExitWindow;
  if (mode.detection != Detection::exit && !mode.spurious) {
    const Probe& r = *probes.readiness;
    window =
        r.period / 2.0 + (r.failure_threshold - 1.0) * std::max(r.period, r.timeout) + r.timeout;
  }
  return std::min(window + system.propagation, mode.mean);
}

double node_exposure(const System& system, NodeId node) {
  const Node& what = system.nodes[node];
  double exposure = domain_exposure(system, what.modes, what.down);
  for (auto parent = what.parent; parent; parent = system.domains[*parent].parent)
    exposure +=
        domain_exposure(system, system.domains[*parent].modes, system.domains[*parent].down);
  return exposure;
}

double error_ratio(const ServiceContext& context, ServiceId service,
                   const std::vector<double>& level_unavailability) {
  const System& system = context.system;
  double total = 0.0;
  for (LevelId l = 0; l < system.levels.size(); ++l)
    total += system.levels[l].share * context.compiled.load.service_rate[l][service];
  double ratio = 0.0;
  for (LevelId l = 0; l < system.levels.size(); ++l) {
    const double rate = context.compiled.load.service_rate[l][service];
    const double weight = system.levels[l].share * (total > 0.0 ? rate / total : 1.0);
    double failed = level_unavailability[l];
    for (const ComponentId c : path_of(system, service))
      if (system.components[c].replicated()) failed += misrouted(context, c, l);
    ratio += weight * failed;
  }
  return ratio;
}

std::vector<PathStation> stations_of(const ServiceContext& context, ServiceId service,
                                     LevelId level) {
  std::vector<PathStation> stations;
  for (const ComponentId c : path_of(context.system, service)) {
    const Component& component = context.system.components[c];
    if (component.type == ComponentType::gate || component.service_time.num == 0) continue;
    Station station{component.service_time.value(), std::nullopt};
    const ComponentPlan& plan = context.deployment.components[c];
    const int replicas = context.compiled.tables[context.compiled.table_of[level][c]].replicas;
    if (is_mixed(component, plan)) {
      if (component.variants.front().throughput)
        station.servers = mixed_servers(component, plan, replicas);
    } else if (component.replicated() && component.throughput) {
      const int each =
          std::max(1, ceiling_of_product(*component.throughput, component.service_time));
      station.servers = component.type == ComponentType::primary_replica ? each : replicas * each;
    }
    stations.push_back({c, station, context.compiled.load.rate[level][c]});
  }
  return stations;
}

std::vector<std::optional<double>> response_times(const ServiceContext& context, ServiceId service,
                                                  const ClosedNetwork& closed) {
  const System& system = context.system;
  std::vector<std::optional<double>> times;
  for (LevelId l = 0; l < system.levels.size(); ++l) {
    const Level& level = system.levels[l];
    std::vector<Station> stations;
    std::vector<double> rates;
    for (const PathStation& one : stations_of(context, service, l)) {
      stations.push_back(one.station);
      rates.push_back(one.rate);
    }
    if (level.users) {
      const Rational load = system.services[service].load.value_or(Rational{1, 1});
      // Rounded once, by the division: where half a user is left, the last bit decides on a whole one.
      const double customers =
          (static_cast<double>(level.users->num) * static_cast<double>(load.num)) /
          (static_cast<double>(level.users->den) * static_cast<double>(load.den));
      times.push_back(closed(stations, std::max(1.0, customers), level.think_time.value()));
      continue;
    }
    std::optional<double> sum = 0.0;
    for (std::size_t s = 0; s < stations.size() && sum; ++s) {
      const auto one = open_response_time({stations[s]}, rates[s]);
      sum = one ? std::optional(*sum + *one) : std::nullopt;
    }
    times.push_back(sum);
  }
  return times;
}

std::optional<RecoveryTime> recovery_time(const ServiceContext& context, ServiceId service) {
  std::optional<RecoveryTime> worst;
  for (const ComponentId c : reach_of(context.system, service))
    for (const ModeOutage& mode : context.components.replicas[c].modes)
      if (mode.worst && !mode.spurious && (!worst || *mode.worst > worst->worst))
        worst = RecoveryTime{*mode.worst, c, mode.name};
  return worst;
}

double data_loss(const ServiceContext& context, ServiceId service) {
  double worst = 0.0;
  for (const ComponentId c : reach_of(context.system, service)) {
    const Component& component = context.system.components[c];
    if (component.type != ComponentType::primary_replica || !component.replication) continue;
    const bool fails_over = largest_replicas(context.system, context.compiled.load,
                                             context.deployment.components[c], c) > 1;
    if (fails_over && component.replication->mode == Replication::Mode::async)
      worst = std::max(worst, component.replication->lag);
  }
  return worst;
}

}  // namespace haplan::model
