#pragma once

#include <vector>

#include "model/system/deployment.hpp"

/// From a system that may run in several ways to the one that a deployment has chosen.
namespace haplan::model {

/// Variants that run, ascending.
std::vector<std::size_t> used_variants(const ComponentPlan& plan);

/// Any component may run in several ways.
bool has_variants(const System& system);

/// The component when all its replicas are of one variant: name, type and dependencies its own, everything else the
/// variant's.
Component as_variant(const Component& component, std::size_t variant);

struct Resolved {
  System system;
  Deployment deployment;
};

/// Every component of which one variant runs as that variant, with its settings; ids stay. Components of which several
/// run keep their variants.
///   deployment  uses at least one variant of every component that has some
///   cost        a copy of both
Resolved resolve(const System& system, const Deployment& deployment);

}  // namespace haplan::model
