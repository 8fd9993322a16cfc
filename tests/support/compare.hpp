#pragma once

#include <string>
#include <vector>

#include "model/availability/evaluate.hpp"
#include "tests/support/oracle.hpp"

namespace haplan::test {

/// One figure on which two evaluations do not agree.
struct Disagreement {
  std::string figure;  ///< "s0: unavailability"
  double engine = 0.0;
  double oracle = 0.0;
};

/// Every figure of every service that differs by more than `tolerance`, relative; shares of causes
/// and rates of outages also by more than `tolerance` * 1e-3 of their sum, below which they are
/// rounding.
std::vector<Disagreement> disagreements(const model::System& system,
                                        const model::Evaluation& engine,
                                        const std::vector<OracleService>& oracle, double tolerance);

/// The same between two evaluations of one engine: what a change of the input has changed.
std::vector<Disagreement> changes(const model::Evaluation& before, const model::Evaluation& after,
                                  double tolerance);

/// Spelling of a kind of cause.
std::string cause_name(model::CauseKind kind);

/// All disagreements on one line each, for a test's message.
std::string describe(const std::vector<Disagreement>& found);

}  // namespace haplan::test
