#pragma once

#include <vector>

#include "solver/problem.hpp"

namespace haplan::solver {

/// A part of the decision space: an interval of values of every decision.
class Box {
 public:
  /// All values of every decision.
  explicit Box(const Problem& problem);

  struct Interval {
    std::size_t first = 0;  ///< index into Decision::values
    std::size_t last = 0;   ///< the same, included

    friend auto operator<=>(const Interval&, const Interval&) = default;
  };

  [[nodiscard]] const Interval& of(std::size_t decision) const { return intervals_[decision]; }
  [[nodiscard]] bool single(std::size_t decision) const {
    return intervals_[decision].first == intervals_[decision].last;
  }

  /// Keeps values of a decision up to an index, or those after it.
  void keep_up_to(std::size_t decision, std::size_t index) { intervals_[decision].last = index; }
  void keep_after(std::size_t decision, std::size_t index) {
    intervals_[decision].first = index + 1;
  }

  /// Intervals of some decisions, as a key.
  [[nodiscard]] std::vector<std::size_t> key(const std::vector<std::size_t>& decisions) const;

 private:
  std::vector<Interval> intervals_;
};

/// Calls `visit` for every combination of values of some decisions within a box, written into `scratch`.
template <class Visit>
void for_each_choice(const Problem& problem, const Box& box,
                     const std::vector<std::size_t>& decisions, model::Deployment& scratch,
                     const Visit& visit, std::size_t depth = 0) {
  if (depth == decisions.size()) {
    visit();
    return;
  }
  const std::size_t d = decisions[depth];
  for (std::size_t i = box.of(d).first; i <= box.of(d).last; ++i) {
    assign(scratch, problem.decisions[d], problem.decisions[d].values[i]);
    for_each_choice(problem, box, decisions, scratch, visit, depth + 1);
  }
}

}  // namespace haplan::solver
