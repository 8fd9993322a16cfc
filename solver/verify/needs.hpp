#pragma once

#include "model/system/system.hpp"

namespace haplan::solver {

/// Whether a service is down whenever the component is, everything else being up.
bool cannot_do_without(const model::System& system, model::ServiceId service,
                       model::ComponentId component);

}  // namespace haplan::solver
