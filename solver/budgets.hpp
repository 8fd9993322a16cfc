#pragma once

#include <vector>

#include "solver/solve.hpp"
#include "solver/spending.hpp"

/// Budgets as hard limits of a search over replicas.
namespace haplan::solver {

/// Names that no spec can give: the same amounts on average over levels instead of the largest; for searches of our own.
inline constexpr const char* kMeanCost = "mean of cost";
inline constexpr const char* kMeanReplicas = "mean of replicas";

/// Whether it is one of those.
bool is_mean(const Budget& budget);

/// What replicas of each component may spend together.
class Purse {
 public:
  ///   problem  without variants; must outlive this
  explicit Purse(const Problem& problem);

  /// Every budget kept, exactly.
  ///   replicas  [component][level]; of what has no replicas anything
  [[nodiscard]] bool affords(const std::vector<const std::vector<int>*>& replicas) const;

  [[nodiscard]] bool unlimited() const { return problem_.budgets.empty(); }

 private:
  const Problem& problem_;
  std::vector<std::vector<Amount>> each_;  ///< [budget][component]
};

/// The best deployment within the budgets; of problems without a plan it tells whether that is for want of them.
///   problem  has budgets, no variants and no goal but few replicas
///   search   solves a problem of the kind, which has some of its budgets
model::Result<Outcome> solve_within_budgets(
    const Problem& problem, const SolveOptions& options,
    const std::function<model::Result<Outcome>(const Problem&, const SolveOptions&)>& search);

}  // namespace haplan::solver
