#pragma once

#include <string>
#include <vector>

#include "planner/explain/explanation.hpp"

/// How one explanation is filled: one function per figure. Each expects `path` and `figure` to be there already.
namespace haplan::planner::explaining {

/// One service of the evidence.
struct ServiceScope {
  const Evidence& evidence;
  model::ServiceId service = 0;
  std::string kind;  ///< of losses: "node", "zone", "replica", ...; or empty

  [[nodiscard]] const model::System& system() const { return evidence.plan.lowered.problem.system; }
  [[nodiscard]] const Assessment& shown() const { return *shown_assessment(evidence.plan); }
  [[nodiscard]] const model::ServiceFigures& figures() const {
    return shown().evaluation.services[service];
  }
  [[nodiscard]] const model::Breakdown& parts() const { return evidence.parts[service]; }
  [[nodiscard]] const std::string& name() const { return system().services[service].name; }
  /// "services.chat." and what follows.
  [[nodiscard]] std::string path(const std::string& rest) const {
    return "services." + name() + "." + rest;
  }
};

/// One component of the evidence.
struct ComponentScope {
  const Evidence& evidence;
  model::ComponentId id = 0;
  std::string detail;  ///< what follows in the path: a mode, a cause; or empty

  [[nodiscard]] const model::System& system() const { return evidence.plan.lowered.problem.system; }
  [[nodiscard]] const model::Deployment& deployment() const {
    return shown_assessment(evidence.plan)->deployment;
  }
  [[nodiscard]] const model::Component& component() const { return system().components[id]; }
  [[nodiscard]] const model::ComponentPlan& plan() const { return deployment().components[id]; }
  [[nodiscard]] std::string path(const std::string& rest) const {
    return "components." + component().name + "." + rest;
  }
};

/// "1.23457e-06": six significant digits.
std::string number_text(double value);

/// "36.5 s": a time with its digits.
std::string seconds_text(double value);

// service_downtime.cpp
void fill_unavailability(const ServiceScope& scope, Explanation& out);
void fill_availability(const ServiceScope& scope, Explanation& out);
void fill_downtime(const ServiceScope& scope, Explanation& out);
void fill_textbook(const ServiceScope& scope, Explanation& out);
void fill_guaranteed(const ServiceScope& scope, Explanation& out);
void fill_values_only(const ServiceScope& scope, Explanation& out);
void fill_outage_frequency(const ServiceScope& scope, Explanation& out);
void fill_mean_outage(const ServiceScope& scope, Explanation& out);
void fill_causes(const ServiceScope& scope, Explanation& out);
void fill_importance(const ServiceScope& scope, Explanation& out);
void fill_cut_sets(const ServiceScope& scope, Explanation& out);

// service_requests.cpp
void fill_recovery_time(const ServiceScope& scope, Explanation& out);
void fill_losses(const ServiceScope& scope, Explanation& out);
void fill_error_ratio(const ServiceScope& scope, Explanation& out);
void fill_response_time(const ServiceScope& scope, Explanation& out);
void fill_data_loss(const ServiceScope& scope, Explanation& out);
void fill_window(const ServiceScope& scope, Explanation& out);
void fill_objective(const ServiceScope& scope, Explanation& out);

// component_parts.cpp
void fill_component(const ComponentScope& scope, Explanation& out);
void fill_replica(const ComponentScope& scope, Explanation& out);
void fill_recovery(const ComponentScope& scope, Explanation& out);
void fill_spurious_kill(const ComponentScope& scope, Explanation& out);
void fill_common_cause(const ComponentScope& scope, Explanation& out);
void fill_rescheduling(const ComponentScope& scope, Explanation& out);

// component_failover.cpp
void fill_failover(const ComponentScope& scope, Explanation& out);
void fill_failover_time(const ComponentScope& scope, Explanation& out);

// component_load.cpp
void fill_need(const ComponentScope& scope, Explanation& out);
void fill_load(const ComponentScope& scope, Explanation& out);
void fill_ramp(const ComponentScope& scope, Explanation& out);

// cluster_parts.cpp
/// "cluster..." and "headroom".
std::optional<Explanation> explain_cluster(const Evidence& evidence,
                                           const std::vector<std::string>& segments);
std::vector<std::string> cluster_paths(const Evidence& evidence);

// decisions.cpp
/// A setting of the plan: its value, its choices and default, what binds it, and what one step either way would do.
///   path  as plan_leaves gives it, e.g. "components.api.replicas"
void fill_decision(const Evidence& evidence, const std::string& path, Explanation& out);

/// The setting's working: what it is used in.
void fill_setting_use(const ComponentScope& scope, const std::string& setting, Explanation& out);

}  // namespace haplan::planner::explaining
