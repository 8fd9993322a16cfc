#pragma once

#include <vector>

#include "planner/spec/fields.hpp"

/// The rows of the field table, in parts; `fields` joins them.
namespace haplan::planner::table {

std::vector<Field>
system_rows();  ///< objectives, preference, cluster, workload, parameters, components itself
std::vector<Field> component_rows();  ///< what stands in a component
std::vector<Field> probes_rows();     ///< of these, the probes
std::vector<Field> other_rows();      ///< services, network, scenarios, plan, output

}  // namespace haplan::planner::table
