#pragma once

#include <memory>
#include <vector>

#include "solver/workbench.hpp"

/// Replica counts of all components at once, in the order of criteria 1 and 2.
namespace haplan::solver {

struct CountVector {
  std::vector<std::size_t> option;  ///< per component: index into its ComponentSpace::options
  int peak = 0;                     ///< most replicas at a level
  model::LevelId level = 0;         ///< the first such level
  double mean = 0.0;                ///< time-weighted
  std::int64_t cpu = 0;             ///< at that level
  std::int64_t memory = 0;
};

/// The vector of these options, one per component, with its sums.
CountVector count_vector(const Workbench& bench, std::vector<std::size_t> option);

/// By criteria 1 and 2: -1, 0 or 1.
int compare_rank(const CountVector& a, const CountVector& b);

/// Equal by criteria 1 and 2.
bool same_rank(const CountVector& a, const CountVector& b);

/// These options keep every budget.
bool affordable(const Workbench& bench, const std::vector<std::size_t>& option);

/// Fewest and most replicas at the busiest level that the decisions can give.
int least_peak(const Workbench& bench);
int largest_peak(const Workbench& bench);

/// The vectors with one peak that bounds do not exclude, in order of criteria 1 and 2, some at a time.
class CountSearch {
 public:
  CountSearch(Workbench& bench, int peak);
  ~CountSearch();
  CountSearch(const CountSearch&) = delete;
  CountSearch& operator=(const CountSearch&) = delete;

  /// The next ones in order; of equal rank all. Empty: there are no more, or the search was stopped.
  std::vector<CountVector> next();

  /// The vector with the least sum of what choices add to the objective that is hardest to keep: a plan if any has so few
  /// replicas, more or less. None when bounds exclude all, say nothing, or the budgets exclude that one.
  std::optional<CountVector> most_available();

 private:
  class Enumeration;
  std::unique_ptr<Enumeration> enumeration_;
};

/// All of them; empty when stopped.
std::vector<CountVector> vectors_with_peak(Workbench& bench, int peak);

}  // namespace haplan::solver
