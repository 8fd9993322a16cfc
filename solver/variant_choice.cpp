#include "solver/variant_choice.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "model/base/contract.hpp"
#include "model/system/variants.hpp"
#include "solver/preference.hpp"
#include "solver/spending.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr std::size_t kMostWays = 100'000;

/// Every way to pick, the one that is smallest at its least first.
struct Way {
  Picks picks;
  Rank
      least;  ///< with the fewest replicas of everything: no deployment of this way ranks before it
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
      : problem_(problem), options_(options), start_(std::chrono::steady_clock::now()) {}

  Result<Outcome> run() {
    const auto ways = all_ways();
    if (!ways)
      return tl::unexpected(Error{Fault::budget_exhausted,
                                  "there are more than 100000 ways to pick variants",
                                  "components"});
    for (const Way& way : *ways) {
      if (best_ && compare(best_->rank, way.least) < 0 && !problem_.maximize_availability) continue;
      if (ended()) {
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
      Rank least = least_rank(picked_problem(problem_, one));
      ways.push_back({std::move(one), std::move(least)});
    }
    std::ranges::stable_sort(
        ways, [](const Way& a, const Way& b) { return compare(a.least, b.least) < 0; });
    return ways;
  }

  std::optional<Error> look(const Way& way) {
    const Problem plain = picked_problem(problem_, way.picks);
    const Result<Outcome> outcome = solve(plain, rest());
    if (!outcome) return outcome.error();
    add(outcome->work);
    stop_ = outcome->stop;
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

  void add(const SearchWork& work) {
    work_.count_vectors += work.count_vectors;
    work_.evaluations += work.evaluations;
    work_.search_nodes += work.search_nodes;
    work_.units += work.units;
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
    rest.explain = false;  // what binds in one way may be free in another
    if (rest.work_limit > 0) rest.work_limit -= std::min(rest.work_limit - 1, work_.units);
    if (rest.time_limit > 0.0) rest.time_limit = std::max(1e-3, rest.time_limit - seconds());
    return rest;
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
    result.stop = all_proved_ ? Stop::none : stop_;
    result.work = work_;
    return result;
  }

  /// The reason is that of the way with the fewest replicas; that the others fail too is proved.
  Result<Outcome> infeasible() {
    const std::vector<Way> ways = *all_ways();
    const Picks& first = ways.front().picks;
    SolveOptions options = rest();
    options.explain = options_.explain;
    Result<Outcome> outcome = solve(picked_problem(problem_, first), options);
    if (!outcome) return outcome;
    add(outcome->work);
    outcome->work = work_;
    outcome->status = Status::infeasible;
    outcome->deployment = in_variants(problem_, first, outcome->deployment);
    outcome->bound_peak_replicas = least_peak_.value_or(0.0);
    if (outcome->infeasibility && ways.size() > 1) {
      std::string with;
      for (std::size_t i = 0; i < first.size(); ++i) {
        const Component& component = problem_.system.components[problem_.choices[i].component];
        with +=
            (with.empty() ? "" : ", ") + component.name + " " + component.variants[first[i]].name;
      }
      outcome->infeasibility->reason =
          "no choice of variants has a plan; with " + with + ": " + outcome->infeasibility->reason;
      outcome->infeasibility->unavoidable = false;
    }
    return outcome;
  }

  const Problem& problem_;
  const SolveOptions& options_;
  std::chrono::steady_clock::time_point start_;
  std::optional<Found> best_;
  std::optional<double> least_peak_;
  std::optional<double> least_unavailability_;
  bool all_proved_ = true;
  std::string unproved_;
  Stop stop_ = Stop::none;
  SearchWork work_;
};

/// The variant that a component runs, chosen or because there is no other.
std::size_t pick_of(const Problem& problem, const Picks& picks, ComponentId component) {
  for (std::size_t i = 0; i < problem.choices.size(); ++i)
    if (problem.choices[i].component == component) return picks[i];
  const std::vector<std::size_t> used = used_variants(problem.before.components[component]);
  HAPLAN_EXPECTS(used.size() == 1);
  return used.front();
}

}  // namespace

Problem picked_problem(const Problem& problem, const Picks& picks) {
  HAPLAN_EXPECTS(picks.size() == problem.choices.size());
  Problem plain = problem;
  plain.choices.clear();
  for (ComponentId c = 0; c < problem.system.components.size(); ++c) {
    const Component& component = problem.system.components[c];
    if (component.variants.empty()) continue;
    const std::size_t v = pick_of(problem, picks, c);
    plain.system.components[c] = as_variant(component, v);
    ComponentPlan& plan = plain.before.components[c];
    plan = problem.before.components[c].variants[v];
    for (const VariantChoice& choice : problem.choices)
      if (choice.component == c) plan.replicas = choice.counts[v].front();
    std::erase_if(plain.decisions, [&](Decision& decision) {
      if (decision.component != c) return false;
      const bool mine = std::ranges::find(decision.variants, v) != decision.variants.end();
      decision.variants.clear();
      return !mine;
    });
  }
  for (ComponentId c = 0; c < plain.system.components.size(); ++c)
    if (!problem.system.components[c].variants.empty())
      place_round_robin(plain.system, plain.before, c);
  return plain;
}

Deployment in_variants(const Problem& problem, const Picks& picks, const Deployment& plain) {
  Deployment deployment = problem.before;
  deployment.toleration_seconds = plain.toleration_seconds;
  for (ComponentId c = 0; c < problem.system.components.size(); ++c) {
    const Component& component = problem.system.components[c];
    const ComponentPlan& chosen = plain.components[c];
    ComponentPlan& plan = deployment.components[c];
    if (component.variants.empty()) {
      plan = chosen;
      continue;
    }
    const std::size_t v = pick_of(problem, picks, c);
    for (ComponentPlan& variant : plan.variants) variant.replicas = 0;
    plan.variants[v] = chosen;
    plan.variants[v].nodes.clear();
    if (!component.replicated() || chosen.autoscale) plan.variants[v].replicas = 1;
    plan.replicas = chosen.replicas;
    plan.nodes = chosen.nodes;
  }
  return deployment;
}

Result<Outcome> solve_variants(const Problem& problem, const SolveOptions& options) {
  for (const VariantChoice& choice : problem.choices)
    HAPLAN_EXPECTS(!problem.system.components[choice.component].mix);
  return Search(problem, options).run();
}

}  // namespace haplan::solver
