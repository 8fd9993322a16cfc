#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "solver/problem.hpp"

/// Ways to run one component where nothing but replicas and variants is open.
namespace haplan::solver {

/// One way: replicas of one variant, or of several that mix.
struct Equipment {
  model::ComponentPlan plan;
  /// Bodies that run, each with its replicas; 1 for what has none. Index of the variant, or 0 of a component without.
  std::vector<std::pair<std::size_t, int>> running;
  std::vector<double> down;  ///< per level: P(the component itself is down)
};

/// The component that runs: a variant, or the component itself.
const model::Component& body_of(const model::Component& component, std::size_t index);

/// What replicas of a body use of something that is limited.
struct Allotment {
  std::vector<std::vector<std::int64_t>> each;  ///< [body][limit]
  std::vector<std::int64_t> most;               ///< per limit: what the others leave, or none
};

/// Every way, or of mixed ones those that no other is as good as, the preferred first: fewer replicas, then more of the
/// first variants.
///   allotment  ways that use more are left out
///   all        of mixed ones, too, whatever others are as good as
///   plain      problem.system with one variant of every component; what it leaves open is not asked
///   none       more ways than could be listed
///   fails      invalid_input as component_numbers
///   cost       O(ways^2) at most; O(levels * replicas^2) each
model::Result<std::optional<std::vector<Equipment>>> equipment(const Problem& problem,
                                                               model::ComponentId component,
                                                               const Allotment& allotment,
                                                               bool all = false);

/// The deployment in which every component runs in one of its ways, in its first variant where several could.
model::Deployment one_variant_each(const Problem& problem);

}  // namespace haplan::solver
