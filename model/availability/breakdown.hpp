#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/availability/evaluate.hpp"

/// The parts that the figures of a service are sums of: what an explanation shows beside them. MODEL 4, 5.
namespace haplan::model {

/// One situation in which a service is looked at: a load level, without or during a drain.
struct SituationPart {
  LevelId level = 0;
  std::optional<NodeId> drained;
  double from = 0.0;    ///< [s] age of the drain at which this stage of it begins
  double weight = 0.0;  ///< share of all time
  double down = 0.0;    ///< P(service down) in this situation; of a `bounded` system the upper end
};

/// Requests of one level and what fails of them.
struct ErrorLevel {
  double weight = 0.0;  ///< share of all requests
  double down = 0.0;    ///< P(service down) at the level
};

/// Requests that meet what has just failed, at one level: rate * share * window * (1 - retry).
struct ErrorTerm {
  LevelId level = 0;
  ComponentId component = 0;
  CauseKind kind = CauseKind::replica;  ///< replica, node or domain
  std::string subject;                  ///< component, node or domain
  std::string mode;
  double rate = 0.0;    ///< [1/s] of all replicas together, or of the node or domain
  double share = 0.0;   ///< of the component's replicas that is hit
  double window = 0.0;  ///< [s] until traffic avoids them, at most the outage
  double failed = 0.0;  ///< share of the level's requests
};

/// One station on the request path at one level.
struct StationPart {
  LevelId level = 0;
  ComponentId component = 0;
  double service = 0.0;        ///< [s] of one visit
  std::optional<int> servers;  ///< none: a pure delay
  double rate = 0.0;           ///< [1/s]
};

/// One component at one level, by itself.
struct ComponentPart {
  LevelId level = 0;
  ComponentId component = 0;
  int replicas = 0;  ///< of what runs as replicas
  int need = 0;
  double rate = 0.0;         ///< [1/s] of requests
  double independent = 0.0;  ///< P(down) of the textbook figure: no sharing, no rescheduling
};

struct Breakdown {
  /// sum(weight * down) is ServiceFigures::unavailability; in order of levels, no drain first.
  std::vector<SituationPart> situations;
  /// sum over levels of weight * (down + sum of its terms' failed) is ServiceFigures::error_ratio.
  std::vector<ErrorLevel> error_levels;  ///< per level
  std::vector<ErrorTerm> error_terms;
  std::vector<StationPart> stations;      ///< whose response_times is ServiceFigures::response_time
  std::vector<ComponentPart> components;  ///< whatever the service can depend on; gates left out
};

/// One breakdown per service.
///   fails  as evaluate
///   cost   one evaluation
///   error  sums of parts agree with the figures to 1e-12 relative
Result<std::vector<Breakdown>> breakdown(const System& system, const Deployment& deployment);

}  // namespace haplan::model
