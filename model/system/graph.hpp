#pragma once

#include <cstddef>
#include <vector>

#include "model/system/system.hpp"

/// The dependency graph of components.
namespace haplan::model {

struct DependencyOrder {
  /// Every vertex after all that it depends on; deterministic. Meaningless when there is a cycle.
  std::vector<std::size_t> order;
  /// One cycle, if any: each depends on the next and the last on the first. Empty: acyclic.
  std::vector<std::size_t> cycle;
};

/// Depth-first order of a graph given by what each vertex depends on.
///   depends_on  ids below its size; duplicates allowed
///   cost        O(vertices + edges)
DependencyOrder dependency_order(const std::vector<std::vector<std::size_t>>& depends_on);

/// The same for the components of a system, gates' members included.
DependencyOrder dependency_order(const System& system);

/// Components named in a requirement, in order of appearance, duplicates kept.
std::vector<ComponentId> leaves_of(const Requirement& requirement);

}  // namespace haplan::model
