#pragma once

#include <optional>
#include <string>
#include <vector>

#include "solver/certificate.hpp"
#include "solver/verify/sieve.hpp"

namespace haplan::solver {

/// Whether some choice of ways keeps all bars; a certificate shows that none does.
struct Question {
  std::string
      criterion;  ///< in which it would be better: "availability", "replicas", ...; "limits" where there is no plan
  Bars bars;
};

/// What a plan of ways has.
struct PlanFigures {
  std::vector<std::int64_t> amounts;   ///< per measure
  std::vector<double> unavailability;  ///< per objective
};

/// Whether anything keeps the limits; or, with a plan, whether anything is better: in its first criterion, then in the second
/// with the first as good, and so on. Better in availability is by more than 1e-11 of the unavailability, in amounts by one
/// unit; figures within 1e-12 of a limit keep it.
std::vector<Question> questions_of(const Problem& problem, const Ways& ways,
                                   const std::optional<PlanFigures>& plan);

}  // namespace haplan::solver
