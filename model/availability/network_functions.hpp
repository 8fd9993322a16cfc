#pragma once

#include <map>
#include <vector>

#include "model/base/result.hpp"
#include "model/diagram/diagram.hpp"
#include "model/network/frontier.hpp"
#include "model/system/system.hpp"

/// Connectivity of network vertices as functions of a shared diagram: gates over the same network share its links
/// and vertices, so that they are exact together with each other and with everything else.
namespace haplan::model {

inline constexpr std::size_t kNoVariable = static_cast<std::size_t>(-1);

/// No limit to the failures that are followed at once.
inline constexpr int kAllFailures = 1 << 20;

/// The next smaller number of simultaneous failures to follow when a function is too large; negative after none.
inline int fewer_failures(int failures) {
  return failures > 8 ? 8 : failures > 6 ? 6 : failures - 1;
}

struct NetworkFunctions {
  std::vector<std::size_t>
      vertex;  ///< per vertex: its variable, kNoVariable when nothing depends on it
  std::vector<std::size_t> link;             ///< per link
  std::size_t first_variable = kNoVariable;  ///< no function outside has one behind it
  /// Per set of terminals: "some are down or apart".
  std::map<std::vector<VertexId>, Diagram::Ref> apart;
};

/// Adds two-valued variables (0: up) for what fails and has influence on a gate, in one order for all gates that keeps
/// the frontier of what they depend on together small, and every gate's function. MODEL 4.
///   gates   sets of terminals, ascending; repetitions are allowed
///   limits  of each gate's frontier; with fewer failures than elements the functions contain kUnknown
///   fails   budget_exhausted beyond limits.nodes, together or each
Result<NetworkFunctions> network_functions(const Network& network,
                                           const std::vector<std::vector<VertexId>>& gates,
                                           Diagram& diagram, const FrontierLimits& limits);

}  // namespace haplan::model
