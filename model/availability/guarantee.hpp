#pragma once

#include <vector>

#include "model/base/estimate.hpp"
#include "model/base/result.hpp"
#include "model/base/stop.hpp"
#include "model/system/deployment.hpp"

namespace haplan::model {

/// Which placement rules the written files carry for a component; what is not carried does not count.
struct CarriedRules {
  bool spread = true;   ///< the spread constraint
  bool allowed = true;  ///< restriction to Component::allowed (pin / forbid)
  bool pinned = true;   ///< node affinity of a pinned plan (only read when Component::pinned)

  friend bool operator==(const CarriedRules&, const CarriedRules&) = default;
};

struct GuaranteeOptions {
  std::size_t work_limit = 2'000'000;  ///< placements visited; beyond it the figure is bounded
  /// Nodes told apart, with groups of others: of larger clusters only as many of each kind as can be in use.
  std::size_t most_nodes = 64;
  /// Of guaranteed_unavailability: intervals no wider than this, relative to their upper ends, are narrow enough to be left so.
  /// Small clusters, where exact figures cost no more, have these all the same.
  double tolerance = 0.0;
  Stop stop;  ///< the figures are bounded by what is proved then, at worst [0, 1]
  unsigned threads =
      1;  ///< for several services; the answer and what the stop is asked never depend on it
};

/// Largest unavailability of each service over all placements that the carried rules allow
/// (kube-scheduler breaks ties at random, so a spread rule fixes counts, not nodes).
///   rules    one per component
///   returns  one Estimate per service; `bounded` when the search was cut or more than most_nodes nodes can be in use: upper is the safe end
Result<std::vector<Estimate>> guaranteed_unavailability(const System& system,
                                                        const Deployment& deployment,
                                                        const std::vector<CarriedRules>& rules,
                                                        const GuaranteeOptions& options = {});

enum class Kept {
  yes,      ///< every safe end is within its limit
  no,       ///< some figure is proved to exceed its limit
  unknown,  ///< neither: some limit lies within the interval that is known
};

/// Whether every service's guaranteed figure is within its limit; cheaper than the figures.
///   limits  one per service; infinite where nothing is asked for
Result<Kept> guaranteed_kept(const System& system, const Deployment& deployment,
                             const std::vector<CarriedRules>& rules,
                             const std::vector<double>& limits,
                             const GuaranteeOptions& options = {});

/// Whether the safe end of every service's guaranteed figure is within its limit: guaranteed_kept says yes.
///   returns false too when the search was cut before it knew
Result<bool> guaranteed_within(const System& system, const Deployment& deployment,
                               const std::vector<CarriedRules>& rules,
                               const std::vector<double>& limits,
                               const GuaranteeOptions& options = {});

}  // namespace haplan::model
