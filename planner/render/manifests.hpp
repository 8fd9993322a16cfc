#pragma once

#include "planner/plan.hpp"
#include "planner/profile/profile.hpp"
#include "planner/render/values.hpp"

namespace haplan::planner {

/// The objects that stand beside a workload and that its chart has no template for, one file each
/// ("<Kind>-<name>.yaml"): disruption budgets and autoscalers. They select what the charts, or the
/// patch, label, and have no namespace: they go into that of the workload. An autoscaler of a workload that
/// the values give a number of replicas goes with the patch that takes the number away.
RenderedFiles render_manifests(const Plan& plan, const Profiles& profiles);
RenderedFiles render_manifests(const Plan& plan);  ///< with the profiles of the spec

}  // namespace haplan::planner
