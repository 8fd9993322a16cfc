#pragma once

#include "planner/session/session.hpp"

namespace haplan::planner {

/// A spec as a deployment runs it: every component of which one variant runs is that variant, in the system, in the
/// document, and in what renders need. Settings are open as before.
///   deployment  of lowered's system
///   returns     `before`: the deployment. The same when no component has variants
Lowered settled(Lowered lowered, const model::Deployment& deployment);

}  // namespace haplan::planner
