#pragma once

#include <span>

namespace haplan::model {

/// What MODEL takes for granted and Kubernetes does not do so; each can be switched alone. All false: what Kubernetes
/// does. Outages are counted as MODEL 5 lists them while `memoryless_calendar` holds, and all of them otherwise.
struct Assumptions {
  bool one_lost_node = false;
  bool instant_rebalancing = false;
  bool independent_failover = false;
  bool undisturbed_replicas = false;
  bool memoryless_calendar = false;
  bool mean_back_off = false;
  bool mean_detection = false;
  bool ideal_ramp = false;
  bool drains_ignore_failures = false;
  bool independent_probes = false;

  friend bool operator==(const Assumptions&, const Assumptions&) = default;
};

/// All of them: exactly the process that MODEL describes.
Assumptions model_semantics();

/// One line of the list from which the command line, JSON and benchmarks are made.
struct AssumptionEntry {
  const char* name;  ///< kebab-case
  bool Assumptions::* member;
  const char* help;  ///< what holds with it, and what without
};
std::span<const AssumptionEntry> assumption_entries();

}  // namespace haplan::model
