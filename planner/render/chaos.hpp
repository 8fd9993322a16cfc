#pragma once

#include <string>

#include "planner/drill.hpp"
#include "planner/profile/profile.hpp"
#include "planner/render/values.hpp"

namespace haplan::planner {

/// One Chaos Mesh experiment for every loss of a drill, "<kind>-<subject>.yaml", each with what haplan
/// expects of every service in annotations. Replicas and primaries are killed as containers, nodes
/// and domains lose their network (PhysicalMachineChaos: chaosd must run on them, and be registered
/// under the nodes' names in the namespace of the experiment). `unsupported` names losses that no experiment
/// can bring about from what the spec says.
///   name_space  of the pods and of the experiments
RenderedFiles render_chaos(const DrillReport& report, const Profiles& profiles,
                           const std::string& name_space);

}  // namespace haplan::planner
