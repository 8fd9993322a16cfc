#pragma once

#include <string>

#include "planner/calibrate/calibrate.hpp"

namespace haplan::test {

/// A spec in which everything can fail.
inline const std::string kSpec = R"(apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: shop}
spec:
  cluster:
    domains:
      zone: {level: zone, failures: {power: {mtbf: 2y, repair: 1h}}}
    nodes:
      worker:
        count: 3
        in: zone
        failures: {reboot: {mtbf: 90d, repair: 5m}, hardware: {rate: 1/3y, repair: 4h}}
      twin: {}
  components:
    api:
      type: stateless
      replicas: 4
      failures: {crash: {mtbf: 30d}, hang: {mtbf: 90d, detection: manual, repair: 20m}}
      commonCause: {bad-config: {mtbf: 1y, repair: 20m}}
    elastic: {type: stateless, replicas: 1..5, failures: {crash: {mtbf: 30d}}}
    disk: {type: stateless, storage: {kind: local, claim: data, failures: {head: {mtbf: 5y, repair: 1d}}}}
    twin: {type: stateless, failures: {crash: {mtbf: 30d}}}
    vendor: {type: external, availability: 99.9%}
  services:
    site: {requires: [api, elastic, disk, twin, vendor]}
)";

/// A table with the usual columns, as "incidents.csv".
inline planner::Source table(const std::string& rows) {
  return {"incidents.csv", "start,end,component,cause\n" + rows};
}

inline planner::CalibrationInputs inputs(const std::string& rows, bool with_spec = true) {
  planner::CalibrationInputs result;
  if (with_spec) result.spec = {{"shop.yaml", kSpec}};
  result.table = table(rows);
  result.options.from = 1704067200.0;  // 2024-01-01
  result.options.to = 1735689600.0;    // 2025-01-01, 366 days later
  return result;
}

}  // namespace haplan::test
