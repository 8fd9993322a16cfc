#pragma once

#include "planner/plan.hpp"
#include "planner/profile/profile.hpp"
#include "planner/render/values.hpp"

namespace haplan::planner {

/// A Kustomize directory: kustomization.yaml and one strategic-merge patch per workload
/// ("<Kind>-<name>.yaml"), for every decision that the charts' values cannot carry and for
/// components that are in no release. `unsupported` is what neither values nor patch can carry,
/// with the setting to make by hand; nothing is dropped. A plan whose values carry everything gives
/// a kustomization without patches.
RenderedFiles render_patch(const Plan& plan, const Profiles& profiles);
RenderedFiles render_patch(const Plan& plan);  ///< with the built-in profiles

}  // namespace haplan::planner
