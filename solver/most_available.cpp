#include "solver/most_available.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "model/base/contract.hpp"
#include "model/system/variants.hpp"
#include "solver/phrases.hpp"
#include "solver/picks.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Figures nearer to each other than this are not told apart.
constexpr double kNearest = 1e-11;

/// Once the best found and the best excluded are this near, the next search asks for anything better ...
constexpr double kNear = 1.5;

/// ... when so many limits in turn had no plan, and as many more after each time that there was a better one: figures that
/// are known as intervals end where the limit is, so that plans would follow each other that are hardly better.
constexpr int kInTurn = 3;

/// Where nothing can be proved, the best is known well enough when no plan is found for limits as near as this.
constexpr double kFine = 1e-6;

/// While nothing is excluded limits fall by this.
constexpr double kFall = 0.1;

class Search {
 public:
  Search(const Problem& problem, const SolveOptions& options, const Searcher& search)
      : problem_(problem), explain_(options.explain), searches_(options, search) {}

  Result<Outcome> run() {
    Result<Outcome> first = search(1.0, explain_);
    if (!first || !first->has_plan) return first;
    while (!proved_ && !over_ && !searches_.ended() && worst_ > 0.0 && !fine())
      if (const auto error = narrow(next_limit())) return tl::unexpected(*error);
    if (const auto error = raise_bound()) return tl::unexpected(*error);
    // The preference decides between plans that are as available.
    if (!preferred_ && !searches_.ended())
      if (const auto last = search(worst_, false); !last) return last;
    return answer();
  }

 private:
  struct Limit {
    double value = 0.0;
    bool any_better = false;  ///< asks for anything better than the best
  };

  [[nodiscard]] bool fine() const { return unknown_ < worst_ && worst_ < in_vain_ * (1.0 + kFine); }

  /// Better than the best by the least that counts, or halfway to what has no plan, as far as is known.
  [[nodiscard]] Limit next_limit() const {
    const double better = worst_ * (1.0 - kNearest);
    if (in_vain_ == 0.0) return {worst_ * kFall};
    const double halfway = std::sqrt(in_vain_) * std::sqrt(worst_);
    if (halfway >= better || (worst_ < in_vain_ * kNear && in_turn_ >= patience_))
      return {better, true};
    return {halfway};
  }

  /// One question more, and what follows from its answer.
  std::optional<Error> narrow(const Limit& limit) {
    const Result<Outcome> outcome = ask(limit.value);
    if (!outcome) return outcome.error();
    if (outcome->has_plan) {
      in_turn_ = 0;
      if (limit.any_better) patience_ += kInTurn;
      return std::nullopt;
    }
    ++in_turn_;
    in_vain_ = limit.value;
    if (outcome->status == Status::infeasible) {
      excluded_ = limit.value;
      proved_ = limit.any_better;
    } else {
      unknown_ = std::min(unknown_, limit.value);
      over_ = outcome->stop != Stop::none || limit.any_better;
      if (outcome->stop != Stop::none) stop_ = outcome->stop;
    }
    return std::nullopt;
  }

  /// Limits near the figures of many plans may be kept or not, for all that is known of these. Below them there is a limit
  /// that surely no plan keeps; where it is matters as long as it is far from them.
  std::optional<Error> raise_bound() {
    constexpr double kShare = 0.25;
    constexpr int kQuestions = 12;
    for (int i = 0; i < kQuestions && unknown_ < worst_ && excluded_ > 0.0; ++i) {
      if (unknown_ - excluded_ < kShare * (worst_ - unknown_)) break;
      if (searches_.ended() || stop_ != Stop::none) break;
      const double limit = std::sqrt(excluded_) * std::sqrt(unknown_);
      const Result<Outcome> outcome = ask(limit);
      if (!outcome) return outcome.error();
      stop_ = outcome->stop;
      if (outcome->has_plan || stop_ != Stop::none) break;
      (outcome->status == Status::infeasible ? excluded_ : unknown_) = limit;
    }
    return std::nullopt;
  }

  [[nodiscard]] Problem limited(double limit) const {
    Problem limited = problem_;
    limited.maximize_availability = false;
    for (Objective& objective : limited.objectives)
      objective.max_unavailability = std::min(limit, objective.max_unavailability.value_or(1.0));
    return limited;
  }

  /// Whether any plan has availabilities that all keep the limit, beside their own.
  Result<Outcome> ask(double limit) {
    Problem question = limited(limit);
    question.minimize = {Preference::replicas};
    Result<Outcome> outcome = searches_.ask(question, true, 0);
    if (const auto error = take(question, outcome, false)) return tl::unexpected(*error);
    return outcome;
  }

  /// The plan of these that is preferred.
  Result<Outcome> search(double limit, bool explain) {
    const Problem question = limited(limit);
    Result<Outcome> outcome = searches_.search(question, explain);
    if (const auto error = take(question, outcome, true)) return tl::unexpected(*error);
    return outcome;
  }

  /// Any plan of an answer is the best so far.
  std::optional<Error> take(const Problem& question, const Result<Outcome>& outcome,
                            bool preferred) {
    if (!outcome || !outcome->has_plan) return std::nullopt;
    const auto worst = worst_of(question, outcome->deployment);
    if (!worst) return worst.error();
    worst_ = *worst;
    best_ = *outcome;
    preferred_ = preferred;
    return std::nullopt;
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
    if (!nothing_better) result.unproved = why_unproved();
    result.binding.clear();  // of a limit that nobody asked for
    result.criteria.worst_unavailability = worst_;
    result.bound_unavailability = nothing_better ? worst_ : excluded_;
    result.stop = nothing_better ? Stop::none : stop_ != Stop::none ? stop_ : searches_.stop();
    result.work = searches_.work();
    return result;
  }

  [[nodiscard]] std::string why_unproved() const {
    const bool cut_short = stop_ != Stop::none || searches_.ended();
    if (cut_short || unknown_ >= worst_ || excluded_ == 0.0)
      return "whether a plan is more available was not searched to its end";
    return "no plan takes more than " + percent_text((worst_ - excluded_) / worst_) +
           " off its downtime; whether one takes less cannot be told, since guaranteed figures of "
           "plans so near are known as intervals only";
  }

  const Problem& problem_;
  bool explain_;
  Succession searches_;
  std::optional<Outcome> best_;
  bool preferred_ = false;  ///< of all that are as available
  double worst_ = 1.0;      ///< of the best
  double excluded_ = 0.0;   ///< no plan keeps this limit
  double in_vain_ = 0.0;    ///< the largest limit for which none was found
  double unknown_ = 1.0;    ///< the least for which there may be one all the same
  int in_turn_ = 0;         ///< questions without a plan since one was found
  int patience_ = kInTurn;  ///< so many of them before anything better is asked for
  bool proved_ = false;
  bool over_ = false;  ///< a question was not answered
  Stop stop_ = Stop::none;
};

}  // namespace

Result<Outcome> most_available(const Problem& problem, const SolveOptions& options,
                               const Searcher& search) {
  HAPLAN_EXPECTS(problem.maximize_availability && !problem.objectives.empty());
  return Search(problem, options, search).run();
}

}  // namespace haplan::solver
