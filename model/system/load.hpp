#pragma once

#include <optional>
#include <vector>

#include "model/system/deployment.hpp"

/// Load levels: who is on a service's path, what rate each component sees, how many replicas it
/// needs and has.
namespace haplan::model {

/// Components on the request path of a service: what it requires and all these depend on, each
/// once; of an `any` gate only the first member. Ascending ids; gates themselves included.
std::vector<ComponentId> path_of(const System& system, ServiceId service);

/// All components a service can depend on, every member of gates included. Ascending.
std::vector<ComponentId> reach_of(const System& system, ServiceId service);

/// Rates, needs and counts that do not depend on probes or placement.
struct LoadTable {
  std::vector<std::vector<double>> rate;  ///< [level][component], 1/s (exact value rounded once)
  std::vector<std::vector<int>> need;     ///< [level][component] replicas needed to serve
  /// [level][service], 1/s: the level's rate as this service sees it, before its `load` share.
  std::vector<std::vector<double>> service_rate;
  /// [level][component]: `rate` exactly, where the fraction fits 64 bits.
  std::vector<std::vector<std::optional<Rational>>> exact_rate;
};

/// Rates and needs by exact rational arithmetic; MODEL section "load levels".
/// Needs of a primary-replica are 1, or 1 + standbys with strict sync; of a quorum and of whatever
/// does not run as replicas 1 (a majority depends on the number of instances).
LoadTable load_table(const System& system);

/// Replicas of a component at a level: `replicas`, or clamp(ceil(rate / (throughput * target)),
/// min, max).
int replicas_at(const System& system, const ComponentPlan& plan, ComponentId component,
                LevelId level);

/// The same with a table computed before: what loops over deployments should call. Exact as well.
int replicas_at(const System& system, const LoadTable& table, const ComponentPlan& plan,
                ComponentId component, LevelId level);

/// Replicas at the level with most of them: the length of ComponentPlan::nodes.
int largest_replicas(const System& system, const ComponentPlan& plan, ComponentId component);
int largest_replicas(const System& system, const LoadTable& table, const ComponentPlan& plan,
                     ComponentId component);

}  // namespace haplan::model
