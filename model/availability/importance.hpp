#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/availability/cut_sets.hpp"

/// How much each elementary unavailability matters to a service. MODEL 5, importance.
namespace haplan::model {

/// One element: the replicas of a component (which share one u), a failure domain, a claim, a vertex or link of the network, an external service, a
/// chain, a factor beside the replicas, or the drain of a node.
struct Importance {
  CauseKind kind = CauseKind::replica;
  std::string subject;
  std::string mode;                ///< of a factor; else empty
  double unavailability = 0.0;     ///< u_i
  double birnbaum = 0.0;           ///< dU/du_i; a node's stages keep their proportions
  double criticality = 0.0;        ///< u_i dU/du_i / U
  double achievement_worth = 0.0;  ///< U(u_i = 1) / U
  double reduction_worth = 0.0;    ///< U / U(u_i = 0); infinite when nothing else takes it down
  /// P(union of the minimal cut sets that contain i) / U; none: not asked for. Where the diagram of all elementary
  /// events is too large, `bounded`: between what the listed cut sets that contain i cover, or the states in which i
  /// decides, and P(i has failed and the service is down). The interval is about as wide as u_i.
  std::optional<Estimate> fussell_vesely;
};

struct ImportanceOptions {
  /// Diagram nodes spent on Fussell-Vesely over all elementary events; 0: leave it out.
  std::size_t node_limit = 200'000;
  /// What is listed for the lower ends where that does not suffice.
  CutSetOptions cut_sets;
};

/// All elements that can take the service down, per service, in descending criticality (ties by kind, subject, mode).
/// Empty for a service that is never down.
///   fails   as evaluate
///   cost    two evaluations of the compiled system per element
///   source  [Bir69], [RC03]; MODEL 5
Result<std::vector<std::vector<Importance>>> importance(const System& system,
                                                        const Deployment& deployment,
                                                        const ImportanceOptions& options = {});

}  // namespace haplan::model
