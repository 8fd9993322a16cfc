#pragma once

#include <optional>
#include <vector>

#include "solver/spending.hpp"
#include "solver/verify/choices.hpp"
#include "solver/verify/knapsack.hpp"

namespace haplan::solver {

/// What of a plan's rank, or of a budget, adds up over components, in whole numbers that are compared like words: every deployment of
/// a box that ranks before the plan, or keeps the budget, has a sum before `before`.
class Sizes {
 public:
  /// Refers to the choices.
  ///   plan    its rank, where the budget is not what counts
  ///   budget  index into Problem::budgets; without either nothing is told apart
  Sizes(Choices& choices, const std::optional<CountRank>& plan, std::optional<std::size_t> budget);

  /// Of this box from now on, in which every component has counts.
  void look_at(const Box& box);

  [[nodiscard]] const Knapsack::Size& before() const { return before_; }

  /// Per count of Choices::counts, of the box that is looked at.
  std::vector<Knapsack::Size> of(const Box& box, model::ComponentId c);

 private:
  /// What one replica of each component counts, times a scale at which all are whole numbers, or rounded down to them.
  struct Measure {
    std::vector<std::int64_t> one;
    double standing = 0.0;  ///< of what has no replicas, before scaling
    double scale = 1.0;
    bool whole = true;
  };
  /// One number of a size: the measure of each level's replicas, weighed.
  struct Word {
    const Measure* measure = nullptr;
    std::vector<std::int64_t> weights;
  };

  [[nodiscard]] Measure measured(const std::vector<Amount>& each) const;
  [[nodiscard]] Measure requested(const char* resource) const;
  void find_busiest(const Box& box);
  [[nodiscard]] std::vector<std::int64_t> at_busiest() const;
  void add_plan();
  void add_budget(const Box& box);
  bool add(const Measure& measure, std::vector<std::int64_t> weights, double value, double step);
  bool add_peak(const Measure& measure, double peak);
  bool add_mean(const Measure& measure, double peak, double mean);

  Choices& choices_;
  std::optional<CountRank> plan_;
  std::optional<std::size_t> budget_;
  Measure replicas_;
  Measure cost_;
  Measure cpu_;
  Measure memory_;
  Measure budgeted_;
  std::vector<std::int64_t> shares_;  ///< of the levels, whole numbers; empty: no small ones are
  // Of the box at hand.
  model::LevelId busiest_ = 0;
  bool everywhere_ = false;  ///< every component has its most replicas at that level
  std::vector<Word> words_;
  Knapsack::Size before_{};
};

}  // namespace haplan::solver
