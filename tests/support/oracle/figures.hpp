#pragma once

#include "tests/support/oracle.hpp"
#include "tests/support/oracle/parts.hpp"

namespace haplan::test::oracle {

/// Probability that the structure function is down when its variables fail independently with `u`.
Real structure_unavailability(const model::System& system, model::ServiceId service,
                              const std::vector<Variable>& vars, const std::vector<Real>& u);

/// Rate of entries of `level`, from the level at which the service's rate is the next lower, that
/// take it down: domains, replicas and factors stay as they are, counts and needs change, and every
/// ramp that falls short begins. [1/s]
Real entry_frequency(const World& world, model::LevelId level, model::ServiceId service);

/// Textbook figure, recovery time, drills, error ratio, response times and data loss; needs the
/// levels' unavailability already in `out`.
void add_figures(const World& world, model::ServiceId service, OracleService& out);

/// Every single loss.
void add_losses(const World& world, model::ServiceId service, OracleService& out);

}  // namespace haplan::test::oracle
