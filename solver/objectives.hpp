#pragma once

#include <vector>

#include "model/availability/window.hpp"
#include "solver/solve.hpp"

namespace haplan::solver {

/// `check_objectives` with guaranteed figures computed before: one per service, read where an
/// availability is asked for.
std::vector<ObjectiveCheck> checks_of(const Problem& problem, const model::Evaluation& evaluation,
                                      const std::vector<model::Estimate>& guaranteed);

/// The figures that checks_of compares with limits; who decides them is not among these.
model::WantedFigures judged_figures(const Problem& problem);

/// Whether some objective asks for an availability, so that guaranteed figures count.
bool judges_availability(const Problem& problem);

/// Downtime of a service within the window of its objective (30 d without one), against the budget of its
/// availability (none without one).
///   evaluation  of the deployment, with all figures
model::WindowFigures window_of(const Problem& problem, const model::Evaluation& evaluation,
                               model::ServiceId service);

}  // namespace haplan::solver
