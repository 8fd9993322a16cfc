#pragma once

#include "model/availability/alone.hpp"

/// Which causes alone are more than a budget of downtime allows.
namespace haplan::solver {

/// Drains of all nodes as one cause: they are one fact of the cluster.
std::vector<model::Cause> with_joint_drains(const std::vector<model::Cause>& causes);

bool same_cause(const model::Cause& a, const model::Cause& b);

/// Causes that exceed the budget when nothing else ever fails, none of which can be left out. One or two where that
/// many suffice (of several such sets the one that comes first), else the largest shares as far as they are needed.
///   causes   of the deployment that `alone` was made of, descending shares
///   returns  empty: all of them together keep the budget
std::vector<model::Cause> breaking_causes(const model::CausesAlone& alone, model::ServiceId service,
                                          const std::vector<model::Cause>& causes, double budget);

/// The largest share of its present rate that a cause may keep so that the service stays within the budget; nothing:
/// not even without it. To 1e-6.
std::optional<double> rate_allowed(const model::CausesAlone& alone, model::ServiceId service,
                                   const model::Cause& cause, double budget);

}  // namespace haplan::solver
