#pragma once

#include <vector>

#include "model/availability/numbers.hpp"
#include "model/availability/placement_space.hpp"
#include "model/availability/reach.hpp"
#include "model/availability/service_functions.hpp"
#include "model/base/stop.hpp"
#include "model/system/load.hpp"

/// Guaranteed figures bounded by components one by one: polynomial in nodes, whatever their number.
namespace haplan::model {

/// One component over all placements that the scheduler may choose for it: upper bounds of P(down).
struct WorstAlone {
  std::vector<double> calm;   ///< per level: given the calm world
  std::vector<double> given;  ///< per condition: and not calm, given the condition
  double whole = 0.0;         ///< and not calm
  double zones = 0.0;   ///< while one domain is down; no more than the sum over domains of `given`
  bool single = false;  ///< one replica at every level
};

/// The sum over minimal cuts that bounds a function from above, from its components alone. The one place for it: what a search takes
/// for granted is what an evaluation of its plan finds.
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
  [[nodiscard]] double zones(const ServiceFunction& function,
                             const std::vector<const WorstAlone*>& alone, bool apart) const;

  const System& system_;
  const Cluster& cluster_;
  const std::vector<Condition>& given_;
  const ServiceFunctions& functions_;
  double several_ = 0.0;  ///< P(several domains down at once)
  mutable std::vector<double> down_;
  mutable std::vector<double> scratch_;
  mutable std::vector<bool> out_;
};

/// Upper bound on each function's unavailability over all placements of the space: while all nodes are reachable the
/// joint figure; else, given that no domain is down or just one of them, the sum over minimal cuts of what each component is down in its
/// worst placement.
///   returns  one per function of `functions`
///   cost     per component and placement that is told apart O(domains * nodes^2)
///   stop     then 1
std::vector<double> sum_bounds(const System& system, const Deployment& deployment,
                               const LoadTable& load, const ComponentNumbers& numbers,
                               const PlacementSpace& space, const ServiceFunctions& functions,
                               const Stop& stop = {});

}  // namespace haplan::model
