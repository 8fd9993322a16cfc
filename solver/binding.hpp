#pragma once

#include <string>
#include <vector>

#include "solver/workbench.hpp"

namespace haplan::solver {

struct Binding {
  std::vector<std::string> sentences;
  /// Of the plan, by `guaranteed_unavailability`, if an objective needed them; else empty.
  std::vector<model::Estimate> guaranteed;
};

/// One sentence per component whose next smaller count would break something (what keeps a plan from being smaller), with
/// the downtime that it would cost; which of these plans comes nearest; and objectives that are kept with nothing to spare.
Binding binding_counts(Workbench& bench, const model::Deployment& plan);

/// The same of a plan for any goal, its variants being kept, and the budgets that are all but used up.
///   plan  of the problem, whose replicas do not mix
Binding binding_of(const Problem& problem, const model::Deployment& plan,
                   const SolveOptions& options);

/// "chat availability 99.97 %, asked for 99.99 %": a check that is missed.
std::string missed_sentence(const Problem& problem, const ObjectiveCheck& check);

}  // namespace haplan::solver
