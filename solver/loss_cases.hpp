#pragma once

#include <array>
#include <set>
#include <vector>

#include "model/availability/losses.hpp"
#include "solver/problem.hpp"

/// When one component at one count serves again after a single loss, bounded over its placements.
namespace haplan::solver {

/// Both ends of a figure.
struct Ends {
  double low = 0.0;
  double high = 0.0;
};

/// The kinds of losses that objectives limit: node, zone, replica, primary, by their place in LossKind.
inline constexpr std::size_t kLimitedLosses = 4;

/// Most losses and most placements are alike in what they take: they are told apart once, for all settings.
class LossCases {
 public:
  /// Both must outlive it.
  LossCases(const Problem& problem, model::ComponentId component);

  /// No objective limits such a loss, or none can happen.
  [[nodiscard]] bool empty(std::size_t kind) const { return losses_[kind].empty(); }

  /// What such a loss takes depends on where the replicas are.
  [[nodiscard]] bool placed(std::size_t kind) const;

  /// One more placement that the plan may choose.
  ///   replicas  per level
  ///   nodes     one per replica; empty without a cluster
  void add(const model::LoadTable& load, const std::vector<int>& replicas,
           const std::vector<model::NodeId>& nodes);

  /// [s] until it is back after any loss of a kind: the least and the most over the placements, MODEL 5.
  ///   replica   of the component, with the settings of the deployment
  ///   headroom  every placement has it; without, rescheduling may take place or not
  [[nodiscard]] Ends after(std::size_t kind, const model::Deployment& deployment,
                           const model::ReplicaModel& replica, bool headroom) const;

 private:
  struct Case {
    std::size_t loss = 0;  ///< one of those that are alike
    model::Toll toll;
    bool headroom = false;
  };
  /// Of one kind of losses.
  struct Table {
    std::vector<Case> cases;
    /// Indices into cases, ascending and distinct: what a placement has to stand, in order of headroom none and given.
    std::array<std::set<std::vector<std::size_t>>, 2> placements;
  };

  std::size_t case_of(std::size_t kind, const Case& what);

  const model::System& system_;
  model::ComponentId component_;
  std::array<std::vector<model::Loss>, kLimitedLosses> losses_;  ///< that an objective asks about
  std::array<Table, kLimitedLosses> tables_;
};

}  // namespace haplan::solver
