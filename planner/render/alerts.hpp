#pragma once

#include <string>
#include <vector>

#include "planner/plan.hpp"
#include "planner/profile/profile.hpp"
#include "planner/render/values.hpp"

namespace haplan::planner {

/// One row of a multi-window burn-rate alert: it fires when both windows burn the budget `factor`
/// times as fast as the objective's window allows.
struct BurnRow {
  std::string severity;      ///< page or ticket
  double share = 0.0;        ///< of the budget that is gone when the long window trips
  std::string long_window;   ///< as Prometheus writes durations
  std::string short_window;  ///< a twelfth of it
  double long_seconds = 0.0;
  double factor = 0.0;  ///< share * window / long window
};

/// The rows that make sense for a window and a budget: those that burn at least about as fast as the
/// budget lasts, and that a total outage can reach.
///   window  [s] of the objective
///   budget  share that may fail, > 0
///   source  [SRE18] chapter 5: 2 % in 1 h, 5 % in 6 h, 10 % in 1 d and in 3 d
std::vector<BurnRow> burn_rows(double window, double budget);

/// Alerts for the objectives of a plan's spec: "rules.yaml" (Prometheus rules), "prometheus-rule.yaml"
/// (the same as a PrometheusRule for the Prometheus operator) and "openslo.yaml". Availability is
/// measured by probes (probe_success of the Blackbox exporter with a label haplan_service),
/// requests by the metrics of ingress-nginx for the service's host, replicas by kube-state-metrics.
/// `unsupported` names objectives that no rule can watch.
RenderedFiles render_alerts(const Plan& plan, const Profiles& profiles);

/// A text as a PromQL string, in double quotes.
std::string promql_string(const std::string& text);

}  // namespace haplan::planner
