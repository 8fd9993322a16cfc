#include "solver/confident.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "model/base/contract.hpp"
#include "solver/near.hpp"
#include "solver/phrases.hpp"
#include "solver/preference.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr int kMostSearches = 8;  ///< after the first

/// Limits are at least this much tighter after a plan that did not hold in the draws.
constexpr double kStep = 0.95;

constexpr std::array kLimits{&Objective::max_unavailability, &Objective::max_error_ratio,
                             &Objective::max_recovery_time,  &Objective::max_response_time,
                             &Objective::max_node_loss,      &Objective::max_zone_loss,
                             &Objective::max_replica_loss,   &Objective::max_primary_loss,
                             &Objective::max_data_loss,      &Objective::max_window_miss};

using Limits = std::vector<Objective>;

/// What is asked for, with every limit replaced by combine(a's, b's) where both have one.
template <class Combine>
Limits combined(const Limits& a, const Limits& b, Combine&& combine) {
  HAPLAN_EXPECTS(a.size() == b.size());
  Limits result = a;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (const auto limit : kLimits)
      if (a[i].*limit && b[i].*limit) result[i].*limit = combine(*(a[i].*limit), *(b[i].*limit));
  return result;
}

/// Between two limits, on the scale on which figures spread.
Limits between(const Limits& a, const Limits& b) {
  return combined(a, b, [](double x, double y) { return std::sqrt(x) * std::sqrt(y); });
}

bool same(const Limits& a, const Limits& b) {
  bool equal = true;
  combined(a, b, [&](double x, double y) {
    equal = equal && x == y;
    return x;
  });
  return equal;
}

/// Tighter where it is needed, and a step further where that was not enough before. Where each figure by itself would
/// keep its limit and only all together do not, those that every replica improves give way.
Limits tighter(const Limits& now, const Limits& needed) {
  Limits result =
      combined(now, needed, [](double x, double y) { return y < x ? std::min(y, x * kStep) : x; });
  if (!same(result, now)) return result;
  for (Objective& objective : result)
    for (const auto limit : {&Objective::max_unavailability, &Objective::max_error_ratio})
      if (objective.*limit) *(objective.*limit) *= kStep;
  return result;
}

/// Whether a plan comes before another one: by availability where that is maximised, what is minimised, resources, changes to
/// what runs, checks.
bool comes_before(const Problem& problem, const Nearness* near, const Outcome& a,
                  const Outcome& b) {
  if (problem.maximize_availability)
    if (const int c = compare_figures(a.criteria.worst_unavailability.value_or(1.0),
                                      b.criteria.worst_unavailability.value_or(1.0));
        c != 0)
      return c < 0;
  if (const int c = compare(rank_of(problem, a.deployment), rank_of(problem, b.deployment)); c != 0)
    return c < 0;
  if (near != nullptr) {
    const auto made = [&](const Outcome& outcome) {
      return changes_between(problem, near->running, outcome.deployment).size();
    };
    if (made(a) != made(b)) return made(a) < made(b);
  }
  return compare_figures(a.criteria.probe_rate, b.criteria.probe_rate) < 0;
}

class Search {
 public:
  Search(const Problem& problem, const SolveOptions& options, const Draw& draw,
         const Nearness* near)
      : problem_(problem),
        options_(options),
        draw_(draw),
        near_(near),
        start_(std::chrono::steady_clock::now()),
        loose_(problem.objectives) {}

  Result<Outcome> run() {
    Result<Outcome> first = plan_for(problem_, options_);
    if (!first || !first->has_plan) return first;
    const Result<DrawnVerdict> verdict = draw_(first->deployment);
    if (!verdict) return tl::unexpected(verdict.error());
    if (verdict->kept) return first;
    work_ = first->work;
    first_ = std::move(*first);
    tight_ = tighter(loose_, verdict->needed);
    Limits next = tight_;
    for (int i = 0; i < kMostSearches && !same(next, loose_) && !ended(); ++i) {
      if (const auto error = look(next)) return tl::unexpected(*error);
      if (best_ && least_replicas()) break;
      next = closed_ ? between(loose_, tight_) : tight_;
    }
    return answer();
  }

 private:
  [[nodiscard]] Result<Outcome> plan_for(const Problem& problem,
                                         const SolveOptions& options) const {
    return near_ == nullptr ? solve(problem, options)
                            : solve_near(problem, near_->running, near_->most_changes, options);
  }

  /// Searches with these limits and narrows what is known: plans for loose_ do not hold, tight_ is the next to be
  /// tried, or holds or has no plan once closed_.
  std::optional<Error> look(const Limits& limits) {
    Problem problem = problem_;
    problem.objectives = limits;
    const Result<Outcome> outcome = plan_for(problem, rest());
    if (!outcome) return outcome.error();
    work_.count_vectors += outcome->work.count_vectors;
    work_.evaluations += outcome->work.evaluations;
    work_.search_nodes += outcome->work.search_nodes;
    work_.units += outcome->work.units;
    stop_ = outcome->stop;
    if (!outcome->has_plan) {
      tight_ = limits;
      closed_ = true;
      return std::nullopt;
    }
    const Result<DrawnVerdict> verdict = draw_(outcome->deployment);
    if (!verdict) return verdict.error();
    if (verdict->kept) {
      if (!best_ || comes_before(problem_, near_, *outcome, *best_)) best_ = *outcome;
      tight_ = limits;
      closed_ = true;
      return std::nullopt;
    }
    loose_ = limits;
    if (!closed_) tight_ = tighter(limits, verdict->needed);
    return std::nullopt;
  }

  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  [[nodiscard]] bool ended() const {
    return stop_ == Stop::interrupted || stop_ == Stop::time_limit ||
           (options_.interrupted && options_.interrupted()) ||
           (options_.work_limit > 0 && work_.units >= options_.work_limit) ||
           (options_.time_limit > 0.0 && seconds() >= options_.time_limit);
  }

  [[nodiscard]] SolveOptions rest() const {
    SolveOptions rest = options_;
    rest.explain = false;  // what binds or excludes a plan would be limits that nobody asked for
    if (rest.work_limit > 0) rest.work_limit -= work_.units;
    if (rest.time_limit > 0.0) rest.time_limit = std::max(1e-3, rest.time_limit - seconds());
    return rest;
  }

  [[nodiscard]] std::string within_changes() const {
    if (near_ == nullptr) return "";
    const auto most = static_cast<std::size_t>(std::max(0, near_->most_changes));
    return "within " + count_text(most, "change") + " ";
  }

  /// How many changes a plan makes that holds in the draws, if more may be made: a clause.
  [[nodiscard]] std::string with_more_changes() const {
    if (near_ == nullptr || ended()) return "";
    const auto other = solve_confident(problem_, rest(), draw_);
    if (!other || !other->has_plan) return "";
    const auto changes = changes_between(problem_, near_->running, other->deployment);
    return "; with " + count_text(changes.size(), "change") + " there is one";
  }

  /// No plan has fewer.
  [[nodiscard]] bool least_replicas() const {
    return first_.status == Status::optimal && !problem_.maximize_availability &&
           problem_.minimize.front() == Preference::replicas &&
           best_->criteria.peak_replicas == first_.criteria.peak_replicas &&
           best_->criteria.mean_replicas == first_.criteria.mean_replicas;
  }

  Outcome answer() {
    Outcome result = best_ ? std::move(*best_) : std::move(first_);
    if (best_) {
      result.status = Status::feasible;
      result.unproved =
          least_replicas()
              ? "the number of replicas is proved least; settings and placement are the best for "
                "limits tightened until every objective holds in the share of draws asked for"
              : "the best for limits tightened until every objective holds in the share of draws "
                "asked for; a smaller plan may hold in it too";
    } else {
      result.status = Status::undecided;
      result.has_plan = false;
      result.binding.clear();
      result.unproved = "no plan was found " + within_changes() +
                        "whose objectives hold in the share of draws asked for, with limits "
                        "as they are or tightened" +
                        with_more_changes();
    }
    result.bound_peak_replicas = first_.bound_peak_replicas;
    result.bound_unavailability = first_.bound_unavailability;
    result.stop = stop_;
    result.work = work_;
    return result;
  }

  const Problem& problem_;
  const SolveOptions& options_;
  const Draw& draw_;
  const Nearness* near_;
  std::chrono::steady_clock::time_point start_;
  Outcome first_;
  std::optional<Outcome> best_;
  Limits loose_;
  Limits tight_;
  bool closed_ = false;
  Stop stop_ = Stop::none;
  SearchWork work_;
};

}  // namespace

Result<Outcome> solve_confident(const Problem& problem, const SolveOptions& options,
                                const Draw& draw, const Nearness* near) {
  return Search(problem, options, draw, near).run();
}

}  // namespace haplan::solver
