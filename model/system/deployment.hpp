#pragma once

#include <optional>
#include <vector>

#include "model/system/system.hpp"

/// A choice for every decision: replicas, probes, controller settings, placement.
namespace haplan::model {

/// Kubernetes probe settings, in seconds and counts.
struct Probe {
  int initial_delay = 0;
  int period = 10;
  int timeout = 1;
  int failure_threshold = 3;
  int success_threshold = 1;
  std::optional<int> grace;  ///< probe-level terminationGracePeriodSeconds (liveness)

  friend bool operator==(const Probe&, const Probe&) = default;
};

struct Probes {
  std::optional<Probe> liveness;
  std::optional<Probe> readiness;
  std::optional<Probe> startup;

  friend bool operator==(const Probes&, const Probes&) = default;
};

struct Autoscale {
  int min = 1;
  int max = 1;
  int target = 80;  ///< targetCPUUtilizationPercentage

  friend bool operator==(const Autoscale&, const Autoscale&) = default;
};

/// Settings of all controllers, in seconds; only those of the component's controller are read.
/// Defaults are those of the model's table of controllers.
struct FailoverSettings {
  double ttl = 30, loop_wait = 10, retry_timeout = 10;                         // patroni
  double failover_delay = 0, lease = 15, retry_period = 2;                     // cloudnative-pg
  double down_after = 30;                                                      // redis-sentinel
  double node_timeout = 15;                                                    // redis-cluster
  double reconnect_attempts = 2, reconnect_interval = 3, connect_timeout = 5;  // repmgr
  double detect_mean = 0, detect_worst = 0;                                    // none
  double promote_mean = 0, promote_worst = 0;                                  // none

  friend bool operator==(const FailoverSettings&, const FailoverSettings&) = default;
};

struct ComponentPlan {
  int replicas = 1;  ///< ignored when autoscale is set
  std::optional<Autoscale> autoscale;
  Probes probes;
  FailoverSettings failover;
  /// Node of each replica at the largest level; n_l replicas use the first n_l. Empty without a
  /// cluster.
  std::vector<NodeId> nodes;
  /// One per Component::variants: its settings, and in `replicas` how many replicas are of it (1 where replicas are not
  /// counted or scaled, 0: it is not used); nodes empty. Above, `replicas` is their sum, `nodes` goes through the
  /// variants in their order, and the settings mean nothing.
  std::vector<ComponentPlan> variants;

  friend bool operator==(const ComponentPlan&, const ComponentPlan&) = default;
};

struct Deployment {
  int toleration_seconds = 300;
  std::vector<ComponentPlan> components;  ///< one per System::components

  friend bool operator==(const Deployment&, const Deployment&) = default;
};

}  // namespace haplan::model
