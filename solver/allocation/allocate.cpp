#include "solver/allocation/allocate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "model/base/contract.hpp"
#include "solver/allocation/improve.hpp"

namespace haplan::solver::allocation {

namespace {

class Allocation {
 public:
  Allocation(const Problem& problem, const AllocateOptions& options)
      : problem_(problem), options_(options), meter_(options.stop) {
    request_.amounts = problem.limits;
    for (const Goal& goal : problem.goals) request_.goals.push_back(goal.limit);
  }

  Answer run() {
    if (!begin()) return std::move(answer_);
    bool complete = true;
    bool first = true;
    for (const Stage& stage : problem_.stages) {
      const Found found = improve_by(stage, first ? options_.sink : Sink{});
      best_ = found.best;
      if (first) answer_.bound = found.bound;
      first = false;
      complete = found.complete;
      if (!complete) break;
      fix(stage);
    }
    if (complete) complete = prefer_first_columns();
    answer_.verdict = complete ? Verdict::optimal : Verdict::feasible;
    answer_.choice = *best_;
    return std::move(answer_);
  }

 private:
  /// A choice that keeps all limits; false when the answer is known without.
  bool begin() {
    best_ = improve(problem_, request_.amounts, request_.goals);
    if (best_ && keeps_limits(problem_, *best_)) return true;
    if (best_) answer_.choice = *best_;
    best_.reset();
    Request request = request_;
    request.objective.kind = Objective::Kind::goals;
    for (std::size_t s = 0; s < request.goals.size(); ++s) {
      if (!std::isinf(request.goals[s])) {
        request.objective.goals.push_back(s);
        // A limit of zero is kept by zero only, and no figure lies between.
        request.objective.scales.push_back(std::max(request.goals[s], kLeastFigure));
      }
      request.goals[s] = std::numeric_limits<double>::infinity();
    }
    request.objective.enough = 1.0;
    if (request.objective.goals.empty()) request.objective.kind = Objective::Kind::any;
    request.candidates = efficient(problem_, request.amounts);
    const Found found = search(problem_, request, meter_, answer_.work, options_.sink);
    best_ = found.best;
    if (best_ && keeps_limits(problem_, *best_)) return true;
    if (best_) answer_.choice = *best_;
    answer_.verdict = found.complete ? Verdict::infeasible : Verdict::undecided;
    return false;
  }

  Found improve_by(const Stage& stage, const Sink& sink) {
    Request request = request_;
    std::vector<std::int64_t> counted = request.amounts;
    if (stage.kind == Stage::Kind::goals) {
      request.objective.kind = Objective::Kind::goals;
      request.objective.goals = stage.goals;
      request.objective.scales.assign(stage.goals.size(), 1.0);
    } else {
      request.objective.kind = Objective::Kind::amount;
      request.objective.amount = stage.amount;
      counted[stage.amount] = std::min(counted[stage.amount], kNoLimit - 1);
    }
    request.candidates = efficient(problem_, counted);
    request.start = best_;
    return search(problem_, request, meter_, answer_.work, sink);
  }

  /// The result of a stage is a limit from now on.
  void fix(const Stage& stage) {
    if (stage.kind == Stage::Kind::amount) {
      request_.amounts[stage.amount] = amounts_of(problem_, *best_)[stage.amount];
      return;
    }
    double largest = 0.0;
    for (const std::size_t s : stage.goals)
      largest = std::max(largest, unavailability_of(problem_, problem_.goals[s], *best_));
    for (const std::size_t s : stage.goals)
      request_.goals[s] = std::min(request_.goals[s], largest);
  }

  /// Of what is left the first in the order of columns, subsystem by subsystem.
  bool prefer_first_columns() {
    Request request = request_;
    request.candidates = efficient(problem_, request.amounts);
    for (std::size_t j = 0; j < request.candidates.size(); ++j) {
      while ((*best_)[j] > 0) {
        std::vector<std::uint32_t> earlier((*best_)[j]);
        std::iota(earlier.begin(), earlier.end(), 0U);
        request.candidates[j] = efficient(problem_.subsystems[j], earlier, request.amounts);
        const Found found = search(problem_, request, meter_, answer_.work);
        if (found.best)
          best_ = found.best;
        else if (found.complete)
          break;
        else
          return false;
      }
      request.candidates[j] = {(*best_)[j]};
    }
    return true;
  }

  const Problem& problem_;
  const AllocateOptions& options_;
  model::StopMeter meter_;
  Request request_;  ///< with the limits so far
  std::optional<Choice> best_;
  Answer answer_;
};

}  // namespace

Answer allocate(const Problem& problem, const AllocateOptions& options) {
  constexpr std::int64_t kLargest = std::int64_t{1} << 52;
  const std::int64_t limit = kLargest / static_cast<std::int64_t>(problem.subsystems.size() + 1);
  for (const auto& columns : problem.subsystems) {
    HAPLAN_EXPECTS(!columns.empty());
    for (const Column& column : columns) {
      HAPLAN_EXPECTS(column.amounts.size() == problem.limits.size());
      HAPLAN_EXPECTS(column.down.size() == problem.worlds);
      for (const std::int64_t amount : column.amounts)
        HAPLAN_EXPECTS(amount >= 0 && amount < limit);
    }
  }
  return Allocation(problem, options).run();
}

}  // namespace haplan::solver::allocation
