#include "model/simulate/demand.hpp"

#include <algorithm>

#include "model/base/contract.hpp"
#include "model/simulate/exact.hpp"

namespace haplan::model {

namespace {

using Seen = std::vector<bool>;

void follow(const System& system, const Requirement& from, bool all_members, Seen& seen) {
  if (from.kind == Requirement::Kind::component) {
    const ComponentId id = from.component;
    HAPLAN_EXPECTS(id < seen.size());
    if (seen[id]) return;
    seen[id] = true;
    follow(system, system.components[id].depends_on, all_members, seen);
    follow(system, system.components[id].gate, all_members, seen);
    return;
  }
  const std::size_t most = from.kind == Requirement::Kind::any && !all_members ? 1 : from.of.size();
  for (std::size_t i = 0; i < std::min(most, from.of.size()); ++i)
    follow(system, from.of[i], all_members, seen);
}

Exact service_load(const System& system, const Level& level, const std::vector<ComponentId>& path) {
  if (level.rate) return Exact(*level.rate);
  if (!level.users) return {};
  Exact round_trip(level.think_time);
  for (const ComponentId id : path)
    round_trip = round_trip + Exact(system.components[id].service_time);
  return Exact(*level.users) / round_trip;
}

int need_for(const Component& component, LevelId level, const Exact& rate, int replicas) {
  switch (component.type) {
    case ComponentType::quorum: return replicas / 2 + 1;
    case ComponentType::primary_replica: {
      const bool strict = component.replication && component.replication->strict &&
                          component.replication->mode == Replication::Mode::sync;
      return strict ? component.replication->standbys + 1 : 1;
    }
    default: break;
  }
  if (level < component.need.size() && component.need[level]) return *component.need[level];
  if (!component.throughput) return 1;
  return std::max(
      1, ceiling(rate / (Exact(*component.throughput) * Exact(component.max_utilization))));
}

int replicas_for(const Component& component, const ComponentPlan& plan, const Exact& rate) {
  if (!plan.autoscale) return plan.replicas;
  int wanted = 0;
  if (component.throughput)
    wanted = ceiling(rate /
                     (Exact(*component.throughput) * Exact(Rational{plan.autoscale->target, 100})));
  return std::min(std::max(wanted, plan.autoscale->min), plan.autoscale->max);
}

}  // namespace

int Demand::largest(ComponentId component) const {
  int most = 0;
  for (const auto& level : replicas) most = std::max(most, level[component]);
  return most;
}

LevelId Demand::busiest() const {
  LevelId busiest = 0;
  std::int64_t most = -1;
  for (LevelId level = 0; level < replicas.size(); ++level) {
    std::int64_t sum = 0;
    for (const int count : replicas[level]) sum += count;
    if (sum > most) busiest = level;
    most = std::max(most, sum);
  }
  return busiest;
}

Demand demand_of(const System& system, const Deployment& deployment) {
  Demand demand;
  for (const Service& service : system.services) {
    Seen path(system.components.size(), false);
    Seen reached(system.components.size(), false);
    follow(system, service.requires_, false, path);
    follow(system, service.requires_, true, reached);
    std::vector<ComponentId> ids;
    for (ComponentId id = 0; id < path.size(); ++id)
      if (path[id]) ids.push_back(id);
    demand.path.push_back(std::move(ids));
    demand.reached.push_back(std::move(reached));
  }
  for (LevelId level = 0; level < system.levels.size(); ++level) {
    std::vector<Exact> rate(system.components.size());
    std::vector<double> of_service;
    for (ServiceId s = 0; s < system.services.size(); ++s) {
      const Exact load = service_load(system, system.levels[level], demand.path[s]);
      of_service.push_back(load.value());
      for (const ComponentId id : demand.path[s]) {
        if (const auto& share = system.services[s].load)
          rate[id] = rate[id] + Exact(*share) * load;
        else if (rate[id] < load)
          rate[id] = load;
      }
    }
    demand.service_rate.push_back(std::move(of_service));
    std::vector<double>& rates = demand.component_rate.emplace_back();
    std::vector<int>& needs = demand.need.emplace_back();
    std::vector<int>& counts = demand.replicas.emplace_back();
    for (ComponentId id = 0; id < rate.size(); ++id) {
      const Component& component = system.components[id];
      const bool runs = component.replicated();
      counts.push_back(runs ? replicas_for(component, deployment.components[id], rate[id]) : 0);
      needs.push_back(runs ? need_for(component, level, rate[id], counts.back()) : 0);
      rates.push_back(rate[id].value());
    }
  }
  return demand;
}

std::optional<LevelId> next_lower_level(const std::vector<double>& rate, LevelId level) {
  std::optional<LevelId> found;
  for (LevelId other = 0; other < rate.size(); ++other)
    if (rate[other] < rate[level] && (!found || rate[*found] < rate[other])) found = other;
  return found;
}

}  // namespace haplan::model
