#include "solver/cheapest.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "solver/budgets.hpp"
#include "solver/least_amount.hpp"
#include "solver/spending.hpp"
#include "solver/succession.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Costs nearer to each other than this are not told apart.
constexpr double kNearest = 1e-12;

/// An amount of a deployment and the budget by which searches limit it.
struct Aim {
  Budget budget;
  double (*amount)(const Problem&, const Deployment&);
};

double peak_cost(const Problem& problem, const Deployment& deployment) {
  return cost_of(problem, deployment).peak.value();
}
double mean_cost(const Problem& problem, const Deployment& deployment) {
  return cost_of(problem, deployment).mean.value();
}
double peak_replicas(const Problem& problem, const Deployment& deployment) {
  return replicas_of(problem, deployment).peak.value();
}
double mean_replicas(const Problem& problem, const Deployment& deployment) {
  return replicas_of(problem, deployment).mean.value();
}

class Search {
 public:
  Search(const Problem& problem, const SolveOptions& options)
      : original_(problem), problem_(problem), explain_(options.explain), searches_(options) {
    problem_.minimize = {Preference::replicas};
  }

  Result<Outcome> run() {
    Result<Outcome> first = look(problem_, explain_);
    if (!first || !first->has_plan) return first;
    bound_ = first->bound_peak_replicas;
    const bool replicas_first = original_.minimize.front() == Preference::replicas;
    if (replicas_first) {
      // The search's own order has found them.
      limit({Budget::Kind::replicas, "replicas", {}}, peak_replicas);
      limit({Budget::Kind::replicas, kMeanReplicas, {}}, mean_replicas);
    }
    for (const Aim& aim : {Aim{{Budget::Kind::cost, "cost", {}}, peak_cost},
                           Aim{{Budget::Kind::cost, kMeanCost, {}}, mean_cost}}) {
      if (const auto error = descend(aim)) return tl::unexpected(*error);
      limit(aim.budget, aim.amount);
    }
    // Of all that cost as little the best by the rest of the preference.
    if (!searches_.ended())
      if (const Result<Outcome> last = look(problem_, false); !last) return last;
    return answer();
  }

 private:
  std::optional<Error> descend(const Aim& aim) {
    double best = aim.amount(original_, best_->deployment);
    const auto least = least_amount(
        0.0, best,
        [&](double most) {
          Problem limited = problem_;
          Budget budget = aim.budget;
          budget.limit = at_most(most);
          limited.budgets.push_back(budget);
          Result<Outcome> outcome = searches_.ask(limited, true, 0);
          if (outcome && outcome->has_plan) best_ = *outcome;
          if (outcome) stop_ = outcome->stop;
          return outcome;
        },
        [&](const Deployment& deployment) { return aim.amount(original_, deployment); },
        [&] { return searches_.ended(); });
    if (!least) return least.error();
    proved_ = proved_ && *least;
    return std::nullopt;
  }

  /// From here on no more than the best plan takes.
  void limit(Budget budget, double (*amount)(const Problem&, const Deployment&)) {
    const double found = amount(original_, best_->deployment);
    budget.limit = at_most(found * (1.0 + kNearest));
    problem_.budgets.push_back(std::move(budget));
  }

  Result<Outcome> look(const Problem& problem, bool explain) {
    Result<Outcome> outcome = searches_.search(problem, explain);
    if (outcome && outcome->has_plan) best_ = *outcome;
    if (outcome) stop_ = outcome->stop;
    return outcome;
  }

  Outcome answer() {
    Outcome result = std::move(*best_);
    const bool optimal = proved_ && result.status == Status::optimal;
    result.status = optimal ? Status::optimal : Status::feasible;
    if (!proved_) result.unproved = "whether a plan is cheaper was not searched to its end";
    result.binding.clear();  // of budgets that nobody gave
    result.bound_peak_replicas = bound_;
    result.stop = proved_ ? Stop::none : stop_;
    result.work = searches_.work();
    return result;
  }

  const Problem& original_;
  Problem problem_;  ///< with the limits so far
  bool explain_;
  Succession searches_;
  std::optional<Outcome> best_;
  double bound_ = 0.0;
  bool proved_ = true;
  Stop stop_ = Stop::none;  ///< what ended the last search
};

}  // namespace

Result<Outcome> cheapest(const Problem& problem, const SolveOptions& options) {
  return Search(problem, options).run();
}

}  // namespace haplan::solver
