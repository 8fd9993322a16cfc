#pragma once

#include <string>

#include "planner/plan.hpp"

/// A plan made by hand: what the renders are tested with, independent of reader, engine and solver.
namespace haplan::test {

/// Two replicas of an ingress before an autoscaled api (largest 5), a Patroni database of 2, a
/// Sentinel cache of 3, a plugin of 2, two language model vendors behind a gate; four nodes;
/// releases of all three built-in charts.
planner::Plan sample_plan();

/// {httpGet: {path, port}} as the reader would give it.
planner::Value http_handler(const std::string& path, int port);

/// Compares with tests/planner/golden/<name>; with HAPLAN_APPROVE=1 in the environment writes it
/// instead.
bool matches_golden(const std::string& name, const std::string& text);

}  // namespace haplan::test
