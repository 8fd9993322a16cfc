#pragma once

#include <set>

#include "planner/render/workload.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner {

/// Makes text in a value that the chart expands safe: `{{` of the user must stay `{{`.
void protect(YamlNode& node);

/// Writes what a target is asked for into the values of its release.
///   carried  the parts that the values can carry
///   own      the user's values, where they are known; else null
///   root     of the values; what other targets wrote stays
void write_values(const Lowered& lowered, const model::Deployment& deployment, const Target& target,
                  const Ask& ask, const std::set<Part>& carried, const yaml::Node* own,
                  YamlNode& root);

}  // namespace haplan::planner
