#pragma once

#include <string>

#include "planner/yaml/tree.hpp"

namespace haplan::planner {

/// Lays one tree over another: maps by key, later wins, lists and scalars replace, null deletes.
/// Under spec.output.releases.R.map a null means "not in the chart" and is kept.
///
///   path  of both from the document root
void merge(yaml::Node& base, const yaml::Node& over, const std::string& path = {});

}  // namespace haplan::planner
