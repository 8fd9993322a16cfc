#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "planner/lower.hpp"

/// A deployment as the leaves of `spec.plan`.
namespace haplan::planner {

struct PlanLeaf {
  std::string path;  ///< under `plan`, keys joined by dots
  std::variant<std::int64_t, std::string, std::vector<std::string>> value;
};

/// Every setting that can be a decision, at its effective value, whether the spec fixes it or the
/// solver chose it, and the node of every replica: a function of the deployment alone, so that
/// reading it back and writing it again gives the same bytes. Durations are the shortest decimal
/// that reads back, in seconds or milliseconds.
std::vector<PlanLeaf> plan_leaves(const model::System& system, const model::Deployment& deployment);

}  // namespace haplan::planner
