#pragma once

#include "planner/session/session.hpp"
#include "solver/confident.hpp"

namespace haplan::planner {

/// The solver's question of a deployment: do the objectives hold in the share of draws that each service's confidence
/// asks for, and which limits on the figures as written would make them. The draws are those of draw_inputs with
/// the same options, so that the plan's report says the same.
///   lowered  with its document; must outlive what is returned
solver::Draw confidence_of(const Lowered& lowered, const UncertaintyOptions& options);

/// Whether the search has to ask: a confidence is asked for, and some input is uncertain.
bool needs_draws(const Lowered& lowered);

}  // namespace haplan::planner
