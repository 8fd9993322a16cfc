#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/availability/evaluate.hpp"
#include "model/availability/guarantee.hpp"
#include "model/system/deployment.hpp"

namespace haplan::solver {

/// What must hold for a service; absent fields are not asked for.
struct Objective {
  model::ServiceId service = 0;
  std::optional<double> max_unavailability;
  std::optional<double> max_error_ratio;
  std::optional<double> max_recovery_time;  ///< [s]
  std::optional<double> max_response_time;  ///< [s]
  std::optional<double> max_node_loss;      ///< [s]
  std::optional<double> max_zone_loss;      ///< [s]
  std::optional<double> max_replica_loss;   ///< [s]
  std::optional<double> max_primary_loss;   ///< [s]
  std::optional<double> max_data_loss;      ///< [s]
  double window = 30.0 * 86400.0;           ///< [s] in which downtime is counted
  /// P(more downtime in a window than max_unavailability allows on average).
  std::optional<double> max_window_miss;
  /// Least share of draws of the uncertain inputs in which all of these hold. Judged where draws are made, not here.
  std::optional<double> confidence;

  friend bool operator==(const Objective&, const Objective&) = default;
};

/// The limit on losses of a kind, if one is asked for; zones count as domains. [s]
std::optional<double> max_loss(const Objective& objective, model::LossKind kind);

enum class Setting {
  replicas,
  autoscale_min,
  autoscale_max,
  autoscale_target,
  toleration_seconds,
  // of `probe`
  initial_delay,
  period,
  timeout,
  failure_threshold,
  success_threshold,
  grace,
  // of the failover controller
  ttl,
  loop_wait,
  retry_timeout,
  failover_delay,
  lease,
  retry_period,
  down_after,
  node_timeout,
  reconnect_attempts,
  reconnect_interval,
  connect_timeout,
};

enum class ProbeKind { none, liveness, readiness, startup };

/// One setting that the spec leaves open.
struct Decision {
  std::string path;                             ///< under spec, e.g. "components.api.replicas"
  std::optional<model::ComponentId> component;  ///< none: cluster-wide
  Setting setting = Setting::replicas;
  ProbeKind probe = ProbeKind::none;
  std::vector<double> values;  ///< ascending, distinct, at least two
  std::optional<double>
      standard;  ///< Kubernetes, controller or catalogue default; none: the smallest value
  /// Of the component's variants those whose setting it is; empty: it has none, or it is cluster-wide.
  std::vector<std::size_t> variants{};

  friend bool operator==(const Decision&, const Decision&) = default;
};

/// What of a component's variants runs, where the spec leaves it open. How many replicas of a variant there may be, once
/// it is chosen, is a Decision of its own where it is chosen alone.
struct VariantChoice {
  model::ComponentId component = 0;
  std::vector<std::size_t> allowed;  ///< variants, ascending; without mix exactly one of them runs
  /// Mixed only: how many replicas of each variant there may be (0 included unless the variant must run), ascending ...
  std::vector<std::vector<int>> counts;
  std::vector<int> totals;  ///< ... and of all of them together, ascending

  friend bool operator==(const VariantChoice&, const VariantChoice&) = default;
};

/// What may be spent at most: of `cost` in the unit of the prices a month, of cpu in cores, of memory in bytes, of what
/// replicas use in its own unit. What counts is the load level at which most is spent.
struct Budget {
  enum class Kind { replicas, cost, cpu, memory, uses };
  Kind kind = Kind::replicas;
  std::string name;  ///< as written: "replicas", ..., or what is used
  model::Rational limit;

  friend bool operator==(const Budget&, const Budget&) = default;
};

/// What a plan has least of.
enum class Preference { replicas, cost };

struct Problem {
  model::System system;
  /// Every decision at its "before" value: replicas at the low end, the others at the value nearest to
  /// their default; nodes round robin over the allowed nodes, from the first.
  model::Deployment before;
  std::vector<Decision> decisions;         ///< in path order (byte order)
  std::vector<bool> placement_open;        ///< per component: the solver chooses its nodes
  std::vector<Objective> objectives;       ///< in service order
  std::vector<model::CarriedRules> rules;  ///< per component: what the written files carry

  std::vector<VariantChoice> choices;  ///< in component order
  std::vector<Budget> budgets;         ///< in name order (byte order)
  /// A month's price of a core ("cpu"), a GiB ("memory") and of units of other resources that are requested.
  std::map<std::string, model::Rational> prices;
  std::vector<Preference> minimize{Preference::replicas};  ///< most important first, distinct
  /// The least availability of the services with objectives comes first, and `minimize` after it.
  bool maximize_availability = false;

  friend bool operator==(const Problem&, const Problem&) = default;
};

/// Writes one value of a decision into a deployment.
void assign(model::Deployment& deployment, const Decision& decision, double value);

/// Reads it back.
double assigned(const model::Deployment& deployment, const Decision& decision);

/// Round robin over the allowed nodes in their order, starting at the first; `count` entries.
/// Components that share a ReadWriteOnce claim all go to the first node allowed to all of them.
void place_round_robin(const model::System& system, model::Deployment& deployment,
                       model::ComponentId component);

}  // namespace haplan::solver
