#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/availability/evaluate.hpp"

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
  /// P(union of the minimal cut sets that contain i) / U; none where it was too large to compute.
  std::optional<double> fussell_vesely;
};

struct ImportanceOptions {
  /// Diagram nodes spent on Fussell-Vesely over all elementary events; 0: leave it out.
  std::size_t node_limit = 200'000;
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
