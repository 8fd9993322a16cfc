#pragma once

#include <map>
#include <optional>
#include <vector>

#include "tests/support/oracle.hpp"

/// Minimal cut sets by their definition, on every joint state of a small system: the witness of importance and cut
/// sets. Shares no code with the engine.
namespace haplan::test {

struct BruteCuts {
  long double unavailability = 0;
  std::map<CauseKey, long double>
      with;  ///< P(some minimal cut set that contains the element holds)
  /// Per order (1, 2, ...): sum of the probabilities of minimal cut sets, each in the situations where it is one.
  std::vector<long double> order_sum;
};

/// None when the service has more than `most_states` joint states in some situation.
std::optional<BruteCuts> brute_cut_sets(const model::System& system,
                                        const model::Deployment& deployment,
                                        model::ServiceId service, std::size_t most_states);

}  // namespace haplan::test
