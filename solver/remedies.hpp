#pragma once

#include <string>
#include <vector>

#include "model/availability/alone.hpp"
#include "solver/solve.hpp"

/// What would have to change outside the ranges of a spec, in numbers where they are known.
namespace haplan::solver {

/// Nothing that a plan decides changes how often such a cause strikes and how long it lasts.
bool decided_by_spec(const model::Cause& cause);

/// How much rarer each cause would have to be for the service to keep its target.
///   check   the availability that is missed, as judged
///   actual  unavailability of the same deployment in its own placement
std::vector<std::string> cause_remedies(const model::System& system,
                                        const model::CausesAlone& alone,
                                        const ObjectiveCheck& check, double actual,
                                        const std::vector<model::Cause>& causes);

/// "chat availability of 99.89 % instead of 99.95 %": a target that is reachable.
std::string smaller_ask(const Problem& problem, const ObjectiveCheck& best);

}  // namespace haplan::solver
