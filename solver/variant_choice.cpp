#include "solver/variant_choice.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "model/base/contract.hpp"
#include "solver/picks.hpp"
#include "solver/preference.hpp"
#include "solver/succession.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr std::size_t kMostWays = 100'000;
constexpr std::size_t kMostExplained = 16;  ///< ways whose reasons are looked at

/// Every way to pick, the one that is smallest at its least first.
struct Way {
  Picks picks;
  Rank
      least;  ///< with the fewest replicas of everything: no deployment of this way ranks before it
  bool placeable = true;
};

Rank least_rank(const Problem& plain) {
  Deployment least = plain.before;
  for (const Decision& decision : plain.decisions)
    if (decision.setting == Setting::replicas || decision.setting == Setting::autoscale_min ||
        decision.setting == Setting::autoscale_max)
      assign(least, decision, decision.values.front());
    else if (decision.setting == Setting::autoscale_target)
      assign(least, decision, decision.values.back());
  return rank_of(plain, least);
}

class Search {
 public:
  Search(const Problem& problem, const SolveOptions& options)
      : problem_(problem), explain_(options.explain), searches_(options) {}

  Result<Outcome> run() {
    const auto ways = all_ways();
    if (!ways)
      return tl::unexpected(Error{Fault::budget_exhausted,
                                  "there are more than 100000 ways to pick variants",
                                  "components"});
    for (const Way& way : *ways) {
      if (best_ && compare(best_->rank, way.least) < 0 && !problem_.maximize_availability) continue;
      if (searches_.ended()) {
        all_proved_ = false;
        least_peak_.reset();  // nothing is known of the ways that are left
        least_unavailability_.reset();
        break;
      }
      if (const auto error = look(way)) return tl::unexpected(*error);
    }
    return answer();
  }

 private:
  struct Found {
    Outcome outcome;
    Picks picks;
    Rank rank;
  };

  [[nodiscard]] std::optional<std::vector<Way>> all_ways() const {
    std::vector<Picks> picks{{}};
    for (const VariantChoice& choice : problem_.choices) {
      std::vector<Picks> longer;
      for (const Picks& before : picks)
        for (const std::size_t variant : choice.allowed) {
          longer.push_back(before);
          longer.back().push_back(variant);
        }
      if (longer.size() > kMostWays) return std::nullopt;
      picks = std::move(longer);
    }
    std::vector<Way> ways;
    for (Picks& one : picks) {
      const Problem plain = picked_problem(problem_, one);
      Rank least = least_rank(plain);
      ways.push_back({std::move(one), std::move(least), claims_agree(plain.system)});
    }
    // Others cannot be placed.
    if (std::ranges::any_of(ways, &Way::placeable))
      std::erase_if(ways, [](const Way& way) { return !way.placeable; });
    std::ranges::stable_sort(
        ways, [](const Way& a, const Way& b) { return compare(a.least, b.least) < 0; });
    return ways;
  }

  std::optional<Error> look(const Way& way) {
    const Problem plain = picked_problem(problem_, way.picks);
    // What binds in one way may be free in another: nothing is explained.
    const Result<Outcome> outcome = searches_.search(plain, false);
    if (!outcome) return outcome.error();
    least_peak_ =
        std::min(least_peak_.value_or(outcome->bound_peak_replicas), outcome->bound_peak_replicas);
    if (outcome->bound_unavailability)
      least_unavailability_ =
          std::min(least_unavailability_.value_or(1.0), *outcome->bound_unavailability);
    const bool proved = outcome->status == Status::optimal || outcome->status == Status::infeasible;
    if (!proved) {
      all_proved_ = false;
      unproved_ = outcome->unproved;
    }
    if (!outcome->has_plan) return std::nullopt;
    Rank rank = rank_of(plain, outcome->deployment);
    if (best_ && !better(*outcome, rank)) return std::nullopt;
    best_ = Found{*outcome, way.picks, std::move(rank)};
    best_->outcome.deployment = in_variants(problem_, way.picks, outcome->deployment);
    return std::nullopt;
  }

  /// By the goal, then criteria 1 to 4 as far as they mean the same for different variants; of equal ones the first.
  [[nodiscard]] bool better(const Outcome& outcome, const Rank& rank) const {
    const Criteria& now = outcome.criteria;
    const Criteria& best = best_->outcome.criteria;
    if (problem_.maximize_availability)
      if (const int c = compare_figures(*now.worst_unavailability, *best.worst_unavailability);
          c != 0)
        return c < 0;
    if (const int c = compare(rank, best_->rank); c != 0) return c < 0;
    if (const int c = compare_figures(now.probe_rate, best.probe_rate); c != 0) return c < 0;
    return compare_figures(now.unavailability, best.unavailability) < 0;
  }

  Result<Outcome> answer() {
    if (!best_ && all_proved_) return infeasible();
    Outcome result;
    if (best_) {
      result = std::move(best_->outcome);
      const bool optimal = result.status == Status::optimal && all_proved_;
      result.status = optimal ? Status::optimal : Status::feasible;
      if (!optimal && result.unproved.empty())
        result.unproved =
            unproved_.empty() ? "not every choice of variants was searched to its end" : unproved_;
      if (optimal) result.unproved.clear();
    } else {
      result.status = Status::undecided;
      result.deployment = problem_.before;
      result.unproved = unproved_;
    }
    result.bound_peak_replicas = least_peak_.value_or(0.0);
    result.bound_unavailability = least_unavailability_;
    result.stop = all_proved_ ? Stop::none : searches_.stop();
    result.work = searches_.work();
    return result;
  }

  /// The reason is that of the way that comes nearest, and the best figures are those of all ways; that the others fail
  /// too is proved.
  Result<Outcome> infeasible() {
    std::vector<Way> ways = *all_ways();
    const std::size_t all = ways.size();
    if (ways.size() > kMostExplained) ways.resize(kMostExplained);
    std::optional<Outcome> nearest;
    Picks picks;
    std::vector<Achievable> best;
    for (const Way& way : ways) {
      Result<Outcome> outcome = searches_.search(picked_problem(problem_, way.picks), explain_);
      if (!outcome) return outcome;
      if (outcome->infeasibility) keep_best(best, outcome->infeasibility->best);
      if (nearest && distance(*nearest) <= distance(*outcome)) continue;
      nearest = std::move(*outcome);
      picks = way.picks;
      if (!explain_) break;
    }
    Outcome outcome = std::move(*nearest);
    outcome.work = searches_.work();
    outcome.status = Status::infeasible;
    outcome.deployment = in_variants(problem_, picks, outcome.deployment);
    outcome.bound_peak_replicas = least_peak_.value_or(0.0);
    if (outcome.infeasibility && all > 1) {
      std::string with;
      for (std::size_t i = 0; i < picks.size(); ++i) {
        const Component& component = problem_.system.components[problem_.choices[i].component];
        with +=
            (with.empty() ? "" : ", ") + component.name + " " + component.variants[picks[i]].name;
      }
      Infeasibility& why = *outcome.infeasibility;
      why.reason = "no choice of variants has a plan; with " + with + ": " + why.reason;
      why.unavoidable = false;
      if (why.best.size() == best.size()) why.best = std::move(best);
    }
    return outcome;
  }

  /// Limits that nothing keeps, then by how much they are missed; what cannot even be placed is last.
  static std::pair<std::size_t, double> distance(const Outcome& outcome) {
    constexpr double kNever = std::numeric_limits<double>::infinity();
    if (!outcome.infeasibility || outcome.infeasibility->best.empty())
      return {std::numeric_limits<std::size_t>::max(), kNever};
    std::pair<std::size_t, double> result{0, 0.0};
    for (const Achievable& one : outcome.infeasibility->best) {
      if (!one.out_of_reach) continue;
      ++result.first;
      result.second = std::max(
          result.second, one.check.target > 0.0 ? one.check.actual / one.check.target : kNever);
    }
    return result;
  }

  /// Of the same limits in another way.
  static void keep_best(std::vector<Achievable>& best, const std::vector<Achievable>& other) {
    if (best.empty()) best = other;
    if (best.size() != other.size()) return;
    for (std::size_t i = 0; i < best.size(); ++i) {
      const bool out_of_reach = best[i].out_of_reach && other[i].out_of_reach;
      const double bound = std::min(best[i].bound, other[i].bound);
      if (other[i].check.actual < best[i].check.actual) best[i] = other[i];
      best[i].exact = best[i].exact && best[i].bound == bound;
      best[i].bound = bound;
      best[i].out_of_reach = out_of_reach;
    }
  }

  const Problem& problem_;
  bool explain_;
  Succession searches_;
  std::optional<Found> best_;
  std::optional<double> least_peak_;
  std::optional<double> least_unavailability_;
  bool all_proved_ = true;
  std::string unproved_;
};

}  // namespace

Result<Outcome> solve_variants(const Problem& problem, const SolveOptions& options) {
  for (const VariantChoice& choice : problem.choices)
    HAPLAN_EXPECTS(!problem.system.components[choice.component].mix);
  return Search(problem, options).run();
}

}  // namespace haplan::solver
