#include "solver/allocation/improve.hpp"

#include <algorithm>
#include <cmath>

namespace haplan::solver::allocation {

namespace {

constexpr std::size_t kSteps = 32;  ///< per subsystem

class Climb {
 public:
  Climb(const Problem& problem, const std::vector<std::int64_t>& amounts,
        const std::vector<double>& goals)
      : problem_(problem), amounts_(amounts), goals_(goals), n_(problem.subsystems.size()) {
    for (const std::int64_t limit : amounts)
      weight_.push_back(
          limit == kNoLimit ? 0.0 : 1.0 / static_cast<double>(std::max<std::int64_t>(limit, 1)));
  }

  std::optional<Choice> run() {
    start();
    for (std::size_t r = 0; r < sums_.size(); ++r)
      if (sums_[r] > amounts_[r]) return std::nullopt;
    // A step may help one goal and harm another, so their number is limited.
    for (std::size_t left = kSteps * n_; left > 0 && step(); --left) {
    }
    return choice_;
  }

 private:
  [[nodiscard]] double use(const Column& column) const {
    double sum = 0.0;
    for (std::size_t r = 0; r < weight_.size(); ++r)
      sum += weight_[r] * static_cast<double>(column.amounts[r]);
    return sum;
  }

  void start() {
    choice_.assign(n_, 0);
    for (std::size_t j = 0; j < n_; ++j) {
      const auto& columns = problem_.subsystems[j];
      for (std::uint32_t c = 1; c < columns.size(); ++c)
        if (use(columns[c]) < use(columns[choice_[j]])) choice_[j] = c;
    }
    sums_ = amounts_of(problem_, choice_);
  }

  [[nodiscard]] bool fits(const Column& now, const Column& then) const {
    for (std::size_t r = 0; r < sums_.size(); ++r)
      if (sums_[r] - now.amounts[r] + then.amounts[r] > amounts_[r]) return false;
    return true;
  }

  /// The goal that is furthest from its limit.
  [[nodiscard]] std::size_t worst() const {
    std::size_t worst = 0;
    double largest = -1.0;
    for (std::size_t s = 0; s < problem_.goals.size(); ++s) {
      const double value = unavailability_of(problem_, problem_.goals[s], choice_) /
                           (std::isinf(goals_[s]) ? 1.0 : std::max(goals_[s], kLeastFigure));
      if (value > largest) {
        largest = value;
        worst = s;
      }
    }
    return worst;
  }

  /// Derivative of a goal by the unavailability of one subsystem in each world.
  [[nodiscard]] std::vector<double> slopes(const Goal& goal, std::size_t subsystem) {
    std::vector<double> slopes(problem_.worlds, 0.0);
    for (const Term& term : goal.terms) {
      for (std::size_t j = 0; j < n_; ++j)
        down_[j] = problem_.subsystems[j][choice_[j]].down[term.world];
      const Questions& questions = problem_.structures[term.structure].whole;
      down_[subsystem] = 1.0;
      const double without = questions.unavailability(down_, value_);
      down_[subsystem] = 0.0;
      slopes[term.world] += term.weight * (without - questions.unavailability(down_, value_));
    }
    return slopes;
  }

  bool step() {
    if (problem_.goals.empty()) return false;
    const Goal& goal = problem_.goals[worst()];
    down_.resize(n_);
    double best = 0.0;
    std::size_t subsystem = n_;
    std::uint32_t column = 0;
    for (std::size_t j = 0; j < n_; ++j) {
      const std::vector<double> slope = slopes(goal, j);
      const auto& columns = problem_.subsystems[j];
      const Column& now = columns[choice_[j]];
      const double used = use(now);
      for (std::uint32_t c = 0; c < columns.size(); ++c) {
        double gain = 0.0;
        for (std::size_t w = 0; w < slope.size(); ++w)
          gain += slope[w] * (now.down[w] - columns[c].down[w]);
        if (!(gain > 0.0) || !fits(now, columns[c])) continue;
        const double rate = gain / std::max(use(columns[c]) - used, 1e-9);
        if (rate <= best) continue;
        best = rate;
        subsystem = j;
        column = c;
      }
    }
    if (subsystem == n_) return false;
    const auto& columns = problem_.subsystems[subsystem];
    for (std::size_t r = 0; r < sums_.size(); ++r)
      sums_[r] += columns[column].amounts[r] - columns[choice_[subsystem]].amounts[r];
    choice_[subsystem] = column;
    return true;
  }

  const Problem& problem_;
  const std::vector<std::int64_t>& amounts_;
  const std::vector<double>& goals_;
  std::size_t n_;
  std::vector<double> weight_;  ///< per unit of amount
  Choice choice_;
  std::vector<std::int64_t> sums_;
  std::vector<double> down_, value_;
};

}  // namespace

std::optional<Choice> improve(const Problem& problem, const std::vector<std::int64_t>& amounts,
                              const std::vector<double>& goals) {
  return Climb(problem, amounts, goals).run();
}

}  // namespace haplan::solver::allocation
