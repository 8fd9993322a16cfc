#pragma once

#include <optional>

#include "planner/diagnostic.hpp"
#include "planner/lower.hpp"
#include "planner/spec/value.hpp"

/// Variants of components, as texts and as problems.
namespace haplan::planner::lowering {

/// Of a component that over_component made: its variant's name. Names of variants have no dots.
inline constexpr const char* kVariant = "variant";

/// The component with a variant's fields over its own; what excludes a field of the variant is gone, and so are
/// `variants` and `mix`.
///   moved  values of the variant get the paths that they would have in the component
Value over_component(const Value& component, const Value& variant, bool moved);

/// The document in which every component of which the plan runs one variant is that variant, and the plan says replicas
/// instead. Nothing without such a plan.
///   diagnostics  out: variants that do not exist, that are not one, and numbers that cannot be
std::optional<Value> with_planned_variants(const Value& document, Diagnostics& diagnostics);

}  // namespace haplan::planner::lowering

namespace haplan::planner {

/// Nodes for every replica of `before`, round robin.
void place_before(solver::Problem& problem);

}  // namespace haplan::planner
