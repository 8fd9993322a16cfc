#pragma once

#include <optional>
#include <string>
#include <vector>

#include "solver/picks.hpp"

/// What somebody edits to get from a deployment that runs to a plan: another variant, another value of a setting that the
/// spec leaves open, a replica on another node. What a variant fixes comes with it.
namespace haplan::solver {

/// What runs, and how many changes there may be to it at most; see changes_between.
struct Nearness {
  const model::Deployment& running;
  int most_changes = 0;
};

/// One sentence per change. Replicas that are added or taken away because of their count's change do not move.
///   running, plan  of the problem
std::vector<std::string> changes_between(const Problem& problem, const model::Deployment& running,
                                         const model::Deployment& plan);

/// Replicas of which another node has to be written.
std::size_t moved(const model::ComponentPlan& before, const model::ComponentPlan& after);

/// Changes of one component of which nothing but variants and replicas is open.
///   plan  runs as one of the ways that the problem allows
std::size_t count_changes(const Problem& problem, model::ComponentId component,
                          const model::ComponentPlan& running, const model::ComponentPlan& plan);

/// A running deployment, seen by a problem in which the choice of variants is made.
struct Standing {
  model::Deployment deployment;  ///< as near to it as the ranges allow, replicas where they run
  /// Per decision the value that runs; absent where nothing that runs has the setting: it comes with the variant.
  std::vector<std::optional<double>> values;
  std::vector<bool> stays;   ///< per component: `deployment` has the nodes on which it runs
  std::size_t variants = 0;  ///< components that run another variant
};

///   problem  plain is picked_problem(problem, picks)
Standing standing_of(const Problem& problem, const Picks& picks, const Problem& plain,
                     const model::Deployment& running);

}  // namespace haplan::solver
