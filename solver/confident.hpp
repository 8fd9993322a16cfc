#pragma once

#include <functional>
#include <vector>

#include "solver/changes.hpp"
#include "solver/solve.hpp"

/// Plans whose objectives hold not only for the inputs' nominal values but in a share of draws of them.
namespace haplan::solver {

/// What a fixed set of draws says of one deployment.
struct DrawnVerdict {
  bool kept = false;  ///< every objective holds in the share of draws that is asked for
  /// Per objective of the problem: limits on nominal figures that would keep it if figures spread as they do for this
  /// deployment. Absent fields, and those that are no tighter, stay as they are; if all do, a step is taken anyway.
  std::vector<Objective> needed;
};

/// The same deployment must get the same verdict.
using Draw = std::function<model::Result<DrawnVerdict>(const model::Deployment&)>;

/// The plan of solve() if its objectives hold in the draws: then it is the best here too, with the same proof, for no
/// other condition makes a better plan possible. Else the best that is found for tighter limits, `feasible`: found by
/// drawing, tightening and solving again, each plan drawn before it is taken. The bound is that of solve(). `undecided`
/// when no plan is found; `infeasible` when solve() proves it of the limits as they are.
///   draw   called for a few plans, whatever the size of the problem
///   near   if given, within so many changes to what runs: solve_near() stands wherever solve() does above, and where no
///          plan is found `unproved` says how many changes another one makes
///   fails  as solve() and draw
///   cost   at most nine searches, eighteen with `near`, which share the limits of work and time
model::Result<Outcome> solve_confident(const Problem& problem, const SolveOptions& options,
                                       const Draw& draw, const Nearness* near = nullptr);

}  // namespace haplan::solver
