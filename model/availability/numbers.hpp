#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/availability/evaluate.hpp"
#include "model/availability/stages.hpp"
#include "model/numerics/weighted.hpp"
#include "model/recovery/failover.hpp"
#include "model/recovery/replica.hpp"
#include "model/system/load.hpp"

/// Every elementary unavailability of a system under a deployment: the numbers that fill a compiled structure.
namespace haplan::model {

/// An independent two-state element beside a component's replicas: u = rate * outage / (1 + rate * outage).
struct Factor {
  CauseKind kind = CauseKind::common_cause;
  std::string mode;
  double unavailability = 0.0;
  double flow = 0.0;  ///< [1/s] up-to-down events per unit time: rate * (1 - u)
};

/// Like replicas among those of a component whose variants mix.
struct MixedReplicas {
  std::size_t variant = 0;
  int count = 0;
  std::int64_t weight = 1;  ///< of a serving one, see MixedCapacity
  double core = 0.0;        ///< unavailability of one
  double core_flow = 0.0;   ///< [1/s] its up-to-down events
};

/// How a component serves at a level: its structure (what is compiled) ...
struct TableKey {
  ComponentId component = 0;
  int replicas = 0;
  int need = 0;
  LevelId level =
      0;  ///< distinguishes levels only for autoscaled components (their ramp) and mixed ones

  friend auto operator<=>(const TableKey&, const TableKey&) = default;
};

/// ... and its numbers. P(down | k replicas reachable) = 1 - P(need of k serve) * prod(1 - factor).
struct TableNumbers {
  bool replicated = false;
  int need = 0;
  double core = 0.0;       ///< unavailability of one replica, the external service or the chain
  double core_flow = 0.0;  ///< [1/s] its up-to-down events
  std::vector<MixedReplicas> mixed;  ///< of a component whose variants mix; then core means nothing
  std::int64_t mixed_need = 0;       ///< what those that serve must weigh
  std::vector<Factor> factors;
  double ramp =
      0.0;  ///< probability of the ramp's shortage within the level (the last factor if > 0)
};

/// Everything that depends on settings only, per component.
struct ComponentNumbers {
  /// Per component (empty model when not replicated). Of mixed variants one of the average replica: modes are called
  /// "variant/mode" and have their share of the rate.
  std::vector<ReplicaModel> replicas;
  std::vector<std::vector<ReplicaModel>> variants;  ///< [component][variant]; empty unless mixed
  std::vector<double> chain_unavailability;         ///< per component
  std::vector<double> chain_flow;                   ///< [1/s] per component
};

///   fails   invalid_input as replica_model and steady_state (a chain whose answer depends on its start)
///   cost    O(modes), and O(states^3) per chain
///   source  MODEL 1 and 3
Result<ComponentNumbers> component_numbers(const System& system, const Deployment& deployment);

/// Replicas a component needs to serve with n replicas in total: from load, a majority, or 1 (+ standbys).
int needed(const System& system, const LoadTable& load, ComponentId component, LevelId level,
           int n);

/// The level with the next lower rate, or nullopt; `rate[level]` for one component or service.
std::optional<LevelId> next_lower(const std::vector<double>& rate, LevelId level);

/// Probability within the level that an autoscaled component is short of replicas after the level was entered.
/// MODEL 3, ramp.
double ramp_unavailability(const System& system, const Deployment& deployment,
                           const LoadTable& load, const ReplicaModel& replica,
                           ComponentId component, LevelId level);

TableNumbers table_numbers(const System& system, const Deployment& deployment,
                           const LoadTable& load, const ComponentNumbers& numbers,
                           const TableKey& key);

/// The groups of a table as weights and unavailabilities scaled by `scale`.
std::vector<WeightedGroup> weighted_groups(const TableNumbers& table, double scale);

/// Several variants of it run.
bool is_mixed(const Component& component, const ComponentPlan& plan);

/// "variant/mode", or the variant alone where it has no modes: what causes of mixed replicas are called.
std::string mixed_mode(const Component& variant, const std::string& mode);

/// P(too few replicas serve | k reachable), without the factors.
double core_down(const TableNumbers& table, int k, double scale);

/// P(down | k reachable) with every elementary unavailability multiplied by `scale`.
///   error   only non-negative terms; relative accuracy however small
///   cost    O(k + factors)
double down_given(const TableNumbers& table, int k, double scale);

}  // namespace haplan::model
