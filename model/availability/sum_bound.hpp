#pragma once

#include <limits>
#include <vector>

#include "model/availability/apart_bound.hpp"
#include "model/availability/numbers.hpp"
#include "model/availability/placement_space.hpp"
#include "model/availability/reaches.hpp"
#include "model/availability/service_functions.hpp"
#include "model/base/stop.hpp"
#include "model/system/load.hpp"

/// Guaranteed figures bounded by components one by one: polynomial in nodes, whatever their number.
namespace haplan::model {

/// One component over all placements that the scheduler may choose for it: upper bounds of P(down).
struct WorstAlone {
  /// Under one condition, at one level.
  struct Given {
    double quiet = 0.0;    ///< and nothing is drained
    double plain = 0.0;    ///< the same, if nothing were rescheduled
    double credit = 0.0;   ///< what rescheduling takes away from that, at least
    double lost = 0.0;     ///< and nothing is drained, and some node is lost
    double drained = 0.0;  ///< and something is drained
  };
  std::vector<double> calm;               ///< per level: given the calm world
  std::vector<std::vector<Given>> given;  ///< per condition and level
  /// Per level, while no domain is down: placements of which none is better.
  std::vector<std::vector<ApartPart::Placed>> apart;
  std::vector<ApartPart::Loss> losses;  ///< per level, or empty: nothing is known of them
  double whole = 0.0;                   ///< and not calm
  double zones = 0.0;  ///< while one domain is down; no more than the sum over domains of `given`
  int nodes = 0;       ///< used at once
  double reschedule =
      std::numeric_limits<double>::infinity();  ///< [s] until it serves again, at least

  /// One placement under one condition, at one level: P(down and ...).
  struct Placed {
    double calm = 0.0;     ///< the calm world
    double quiet = 0.0;    ///< nothing is drained, and the world is not calm
    double plain = 0.0;    ///< the same, if nothing were rescheduled
    double drained = 0.0;  ///< something is drained
  };

  /// Counts one placement among those under conditions.
  ///   used    distinct nodes
  ///   placed  per condition and level
  void include(const System& system, const std::vector<Condition>& conditions,
               const std::vector<std::vector<Placed>>& placed, double rescheduled, int used);

  /// Counts any placement.
  void include_all(const System& system, const std::vector<Condition>& conditions);

 private:
  void include_apart(LevelId level, const ApartPart::Placed& placed);
};

/// What bounds a function's unavailability from above, from its components alone. The one place for it: what a search takes
/// for granted is what an evaluation of its plan finds. While nothing is drained
/// - components are up together at least as often as independent ones with the same figures, whatever they share: each is up
///   less when more nodes are lost or for longer, nodes fail independently, and such events are associated [Har60];
/// - of components on nodes that all fail alike, and suffice for each to have its own, that is the worst placement: a node that two
///   share can be exchanged for one that none has, and what each does with one of the two lost and the other up, or the
///   other way round, makes the sum of products larger when both have the same one;
/// - where they do not suffice, see apart_bound.
/// During drains it is the sum over minimal cuts.
class SumBound {
 public:
  /// All of these must outlive it.
  SumBound(const System& system, const Cluster& cluster, const std::vector<Condition>& given,
           const ServiceFunctions& functions);

  ///   alone    per input of the functions; none null
  ///   returns  an upper bound of P(service down) in every placement that exists; may exceed 1
  [[nodiscard]] double operator()(const ServiceFunction& function,
                                  const std::vector<const WorstAlone*>& alone) const;

 private:
  /// Under one condition, without the components that are out.
  struct Under {
    double down = 0.0;   ///< P(service down), at most
    double least = 0.0;  ///< the same at the level where it is least
  };
  [[nodiscard]] Under under(const ServiceFunction& function,
                            const std::vector<const WorstAlone*>& alone, std::size_t g) const;
  /// P(some input in series down | no domain down, nothing drained) at a level, at most.
  [[nodiscard]] double scattered(const ServiceFunction& function,
                                 const std::vector<const WorstAlone*>& alone, LevelId level) const;
  [[nodiscard]] double all_apart(const ServiceFunction& function,
                                 const std::vector<const WorstAlone*>& alone, LevelId level) const;
  [[nodiscard]] double zones(const ServiceFunction& function,
                             const std::vector<const WorstAlone*>& alone, bool apart) const;

  const System& system_;
  const Cluster& cluster_;
  const std::vector<Condition>& given_;
  const ServiceFunctions& functions_;
  double several_ = 0.0;  ///< P(several domains down at once)
  bool alike_ = false;    ///< all nodes fail alike while no domain is down
  mutable std::vector<double> down_;
  mutable std::vector<double> scratch_;
  mutable std::vector<bool> out_;
  mutable std::vector<std::size_t> order_;
  mutable std::vector<ApartPart> parts_;
};

/// Upper bound on each function's unavailability over all placements of the space: while all nodes are reachable the
/// joint figure; else, given that no domain is down or just one of them, what components that share nothing would be, each in its
/// worst placement.
///   returns  one per function of `functions`
///   cost     per component and placement that is told apart O(domains * nodes^2)
///   stop     then 1
std::vector<double> sum_bounds(const System& system, const Deployment& deployment,
                               const LoadTable& load, const ComponentNumbers& numbers,
                               const PlacementSpace& space, const ServiceFunctions& functions,
                               const Stop& stop = {});

}  // namespace haplan::model
