#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/availability/cut_sets.hpp"
#include "model/availability/importance.hpp"
#include "model/availability/window.hpp"
#include "planner/lower.hpp"
#include "planner/uncertainty.hpp"
#include "solver/certificate.hpp"
#include "solver/solve.hpp"

namespace haplan::planner {

/// Figures of one deployment, everything a report shows.
struct Assessment {
  model::Deployment deployment;
  model::Evaluation evaluation;
  std::vector<model::Estimate>
      guaranteed;  ///< per service, rules of all written files (values and patch)
  std::vector<model::Estimate> values_only;  ///< per service, only what Helm values carry
  std::vector<solver::ObjectiveCheck> checks;
  std::vector<model::WindowFigures> windows;               ///< per service
  std::vector<std::vector<model::Importance>> importance;  ///< per service; empty: not asked for
  std::vector<model::CutSets> cut_sets;                    ///< per service; empty: not asked for
  /// With headroom: whether it is there whatever the order in which pods arrive; absent: not known.
  std::optional<bool> headroom_in_every_order{};
  std::string stranded{};  ///< if not: "api after the loss of worker-1"
  /// A component of which a pod finds no node in some order in which all pods start; empty: none is known.
  std::string stranded_at_start{};
  /// Components that make every order of the start succeed when they are pinned; empty: none are known.
  std::vector<std::string> pins_for_start{};
  /// Components that count as movable, but are deployed as a StatefulSet or by an operator.
  std::vector<std::string> sets_that_move{};
};

/// What became of the certificate that was asked for.
struct CertificateSummary {
  std::size_t bytes = 0;  ///< of all lines
  solver::Claim claim;
  solver::Proved proved;
  bool limited = false;  ///< a limit left boxes open
  bool checked = false;  ///< every line was read back and held against the model
};

/// What was searched, where that is not the problem of the plan any more: variants were open.
struct Searched {
  solver::Problem problem;
  model::Deployment deployment;  ///< of it
};

/// An outcome with provenance, ready to render. Renders are pure functions of it.
struct Plan {
  Lowered lowered;
  solver::Outcome outcome;           ///< status `evaluated` for the verb evaluate
  std::optional<Assessment> before;  ///< the problem's `before` deployment (solve only)
  std::optional<Lowered> start;      ///< what `before` is a deployment of, where variants differ
  /// The plan, or the closest attempt of an infeasible problem; absent when undecided without a plan.
  std::optional<Assessment> after;
  std::optional<UncertaintyReport> uncertainty;  ///< of the inputs, when it was asked for
  std::vector<std::vector<Provenance>>
      provenance;                     ///< per service; empty: the spec names no source
  std::vector<std::string> warnings;  ///< sentences, most important first
  std::optional<int>
      most_changes{};  ///< to the running plan that `before` is of, when they were limited
  std::vector<std::string> changes{};               ///< that it takes
  std::optional<CertificateSummary> certificate{};  ///< when it was asked for
  std::optional<Searched> searched{};               ///< by solve, of a spec with variants
};

/// Whose figures are shown: of the plan or the attempt, else of the starting point; null without any.
inline const Assessment* shown_assessment(const Plan& plan) {
  if (plan.after) return &*plan.after;
  return plan.before ? &*plan.before : nullptr;
}

}  // namespace haplan::planner
