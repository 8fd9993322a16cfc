#include "solver/most_available.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "model/base/contract.hpp"
#include "model/system/variants.hpp"
#include "solver/picks.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Figures nearer to each other than this are not told apart.
constexpr double kNearest = 1e-11;

/// Once the best found and the best excluded are this near, the next search asks for anything better.
constexpr double kNear = 1.5;

/// While nothing is excluded limits fall by this.
constexpr double kFall = 0.1;

class Search {
 public:
  Search(const Problem& problem, const SolveOptions& options, const Searcher& search)
      : problem_(problem), explain_(options.explain), searches_(options, search) {}

  Result<Outcome> run() {
    Result<Outcome> first = look(1.0, explain_);
    if (!first || !first->has_plan) return first;
    while (!proved_ && !searches_.ended() && worst_ > 0.0) {
      const double limit = next_limit();
      const Result<Outcome> outcome = look(limit, false);
      if (!outcome) return outcome;
      if (outcome->has_plan) continue;
      if (outcome->status != Status::infeasible) break;
      excluded_ = limit;
      proved_ = last_;
    }
    return answer();
  }

 private:
  /// Better than the best by the least that counts, or halfway to what is excluded.
  double next_limit() {
    const double better = worst_ * (1.0 - kNearest);
    last_ = excluded_ > 0.0 && worst_ < excluded_ * kNear;
    if (last_) return better;
    if (excluded_ == 0.0) return worst_ * kFall;
    return std::min(better, std::sqrt(excluded_) * std::sqrt(worst_));
  }

  /// A search for a plan all of whose availabilities keep the limit, beside their own.
  Result<Outcome> look(double limit, bool explain) {
    Problem limited = problem_;
    limited.maximize_availability = false;
    for (Objective& objective : limited.objectives)
      objective.max_unavailability = std::min(limit, objective.max_unavailability.value_or(1.0));
    Result<Outcome> outcome = searches_.search(limited, explain);
    if (!outcome || !outcome->has_plan) return outcome;
    const auto worst = worst_of(limited, outcome->deployment);
    if (!worst) return tl::unexpected(worst.error());
    worst_ = *worst;
    best_ = *outcome;
    return outcome;
  }

  /// The largest judged unavailability of the services with objectives.
  static Result<double> worst_of(const Problem& limited, const Deployment& deployment) {
    if (has_variants(limited.system))
      return worst_of(picked_problem(limited, picks_of(limited, deployment)),
                      without_variants(limited, deployment));
    const Result<Evaluation> evaluation = evaluate(limited.system, deployment);
    if (!evaluation) return tl::unexpected(evaluation.error());
    const auto checks = check_objectives(limited, deployment, *evaluation);
    if (!checks) return tl::unexpected(checks.error());
    double worst = 0.0;
    for (const ObjectiveCheck& check : *checks)
      if (check.field == "availability") worst = std::max(worst, check.actual);
    return worst;
  }

  Outcome answer() {
    HAPLAN_EXPECTS(best_.has_value());
    Outcome result = std::move(*best_);
    const bool nothing_better = proved_ || worst_ == 0.0;
    const bool optimal = nothing_better && result.status == Status::optimal;
    result.status = optimal ? Status::optimal : Status::feasible;
    if (!nothing_better)
      result.unproved = "whether a plan is more available was not searched to its end";
    result.binding.clear();  // of a limit that nobody asked for
    result.criteria.worst_unavailability = worst_;
    result.bound_unavailability = nothing_better ? worst_ : excluded_;
    result.stop = nothing_better ? Stop::none : searches_.stop();
    result.work = searches_.work();
    return result;
  }

  const Problem& problem_;
  bool explain_;
  Succession searches_;
  std::optional<Outcome> best_;
  double worst_ = 1.0;     ///< of the best
  double excluded_ = 0.0;  ///< no plan keeps this limit
  bool last_ = false;      ///< the limit asks for anything better
  bool proved_ = false;
};

}  // namespace

Result<Outcome> most_available(const Problem& problem, const SolveOptions& options,
                               const Searcher& search) {
  HAPLAN_EXPECTS(problem.maximize_availability && !problem.objectives.empty());
  return Search(problem, options, search).run();
}

}  // namespace haplan::solver
