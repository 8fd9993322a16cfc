#include "solver/wishes.hpp"

#include <algorithm>
#include <limits>

#include "model/recovery/failover.hpp"
#include "solver/kind.hpp"
#include "solver/objectives.hpp"
#include "solver/placement.hpp"
#include "solver/run.hpp"
#include "solver/spending.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Limits in the order of `check_objectives`.
constexpr std::optional<double> Objective::* kLimits[] = {
    &Objective::max_unavailability, &Objective::max_error_ratio,  &Objective::max_recovery_time,
    &Objective::max_response_time,  &Objective::max_node_loss,    &Objective::max_zone_loss,
    &Objective::max_replica_loss,   &Objective::max_primary_loss, &Objective::max_data_loss,
    &Objective::max_window_miss};

/// The kind of losses that a wish limits.
std::optional<std::size_t> limited_loss(const Objective& wish) {
  for (std::size_t kind = 0; kind < kLimitedLosses; ++kind)
    if (max_loss(wish, static_cast<LossKind>(kind))) return kind;
  return std::nullopt;
}

constexpr double kWorst = 1e18;
constexpr std::size_t kWorkOfQuestion = 1'000'000;

/// The wish of a bench whose options are not filtered by any limit.
class Descent {
 public:
  Descent(Workbench& bench, const Deployment& start, const Objective& wish)
      : bench_(bench), wish_(wish), allowed_(all_values(bench.problem)), deployment_(start) {
    deployment_.toleration_seconds = bench.toleration(allowed_);
    within_reach_ = reach_of(bench.problem.system, wish.service);
  }

  std::optional<Attempt> run() {
    if (!ideals()) return std::nullopt;
    const double bound = floor();
    for (const ComponentId c : bench_.replicated)
      if (std::ranges::binary_search(within_reach_, c)) improve(c);
    const auto placed = any_placement(bench_.problem, bench_.load, deployment_);
    if (placed) deployment_ = *placed;
    return Attempt{deployment_, first_choices_ ? std::max(bound, counts_floor()) : bound};
  }

 private:
  struct Candidate {
    const OptionSet* set = nullptr;
    const OptionFigures* figures = nullptr;
    std::vector<int> replicas;
    std::vector<double> strain;  ///< smaller is better, entry by entry
  };

  bool ideals() {
    chosen_.resize(bench_.functions.inputs.size());
    selection_.assign(chosen_.size(), nullptr);
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      const ComponentId c = bench_.functions.inputs[i];
      std::vector<OptionFigures> all;
      for (std::size_t o = 0; o < bench_.space.components[c].options.size(); ++o) {
        const OptionSet& set = bench_.options(c, o, allowed_, false);
        if (!set.figures.empty()) all.push_back(set.ideal);
        // Headroom shortens losses and outages; what is proved may count on it.
        const OptionSet& roomy = bench_.options(c, o, allowed_, true);
        if (!roomy.figures.empty()) all.push_back(roomy.ideal);
      }
      if (all.empty()) return false;
      chosen_[i] = ideal_of(all);
      selection_[i] = &chosen_[i];
    }
    return true;
  }

  /// No deployment has a smaller figure.
  [[nodiscard]] double floor() {
    if (wish_.max_window_miss) return 0.0;
    if (wish_.max_unavailability) return bench_.bounds.availability(wish_, selection_, false).low;
    if (wish_.max_error_ratio) return bench_.bounds.error_ratio(wish_, selection_).low;
    if (const auto kind = limited_loss(wish_))
      return bench_.bounds.loss(wish_, selection_, *kind).low;
    if (!wish_.max_recovery_time) return 0.0;
    double worst = 0.0;
    for (const ComponentId c : bench_.replicated) {
      if (!std::ranges::binary_search(within_reach_, c)) continue;
      double best = kWorst;
      for (std::size_t o = 0; o < bench_.space.components[c].options.size(); ++o) {
        const OptionSet& set = bench_.options(c, o, allowed_, false);
        if (!set.settings) continue;
        for (const ProbeOption& option : set.settings->probes)
          best = std::min(best, option.recovery);
      }
      if (best < kWorst) worst = std::max(worst, best);
    }
    return worst;
  }

  /// Of wishes that counts alone decide, and all the more surely the further they go in one direction.
  [[nodiscard]] double counts_floor() const {
    if (!wish_.max_response_time && !wish_.max_data_loss) return 0.0;
    Problem alone = bench_.problem;
    alone.objectives = {wish_};
    const auto evaluation = evaluate(alone.system, deployment_, {.wanted = judged_figures(alone)});
    if (!evaluation) return 0.0;
    const auto checks = check_objectives(alone, deployment_, *evaluation);
    return checks && checks->size() == 1 ? checks->front().actual : 0.0;
  }

  [[nodiscard]] std::vector<double> strain(const Candidate& candidate, ComponentId c) {
    const std::size_t input = bench_.input_of(c);
    const OptionFigures* before = input < selection_.size() ? selection_[input] : nullptr;
    if (before) selection_[input] = candidate.figures;
    const ProbeOption& probe = candidate.set->settings->probes[candidate.figures->probe];
    Objective available = wish_;
    available.max_unavailability = 1.0;
    std::vector<double> result;
    if (wish_.max_error_ratio) result.push_back(bench_.bounds.error_ratio(wish_, selection_).high);
    if (const auto kind = limited_loss(wish_))
      result.push_back(std::min(kWorst, bench_.bounds.loss(wish_, selection_, *kind).high));
    if (wish_.max_recovery_time) result.push_back(probe.recovery);
    if (wish_.max_response_time)
      for (const int n : candidate.replicas) result.push_back(-n);
    if (wish_.max_data_loss) result.push_back(fails_over(c, candidate) ? 1.0 : 0.0);
    result.push_back(bench_.bounds.availability(available, selection_, false).high);
    for (const int n : candidate.replicas) result.push_back(n);
    if (before) selection_[input] = before;
    return result;
  }

  [[nodiscard]] bool fails_over(ComponentId c, const Candidate& candidate) const {
    const auto& replication = bench_.problem.system.components[c].replication;
    return replication && replication->mode == Replication::Mode::async &&
           std::ranges::max(candidate.replicas) > 1;
  }

  std::vector<Candidate> candidates(ComponentId c) {
    std::vector<Candidate> all;
    const ComponentSpace& space = bench_.space.components[c];
    for (std::size_t o = 0; o < space.options.size(); ++o) {
      const OptionSet& set = bench_.options(c, o, allowed_, false);
      for (const OptionFigures& figures : set.figures) {
        Candidate one{&set, &figures, space.options[o].replicas, {}};
        one.strain = strain(one, c);
        all.push_back(std::move(one));
      }
    }
    std::ranges::stable_sort(all, {}, &Candidate::strain);
    return all;
  }

  /// Sets a component to its best option that still fits the nodes.
  void improve(ComponentId c) {
    constexpr std::size_t kTries = 40;
    const ComponentSpace& space = bench_.space.components[c];
    const std::vector<Candidate> all = candidates(c);
    std::vector<std::vector<int>> refused;
    for (std::size_t i = 0; i < all.size() && refused.size() < kTries; ++i) {
      const Candidate& candidate = all[i];
      if (std::ranges::find(refused, candidate.replicas) != refused.end()) continue;
      Deployment next = deployment_;
      for (std::size_t d = 0; d < space.counts.size(); ++d)
        assign(next, bench_.problem.decisions[space.counts[d]], candidate.set->choice[d]);
      const SettingOptions& settings = *candidate.set->settings;
      next.components[c].probes = settings.probes[candidate.figures->probe].probes;
      next.components[c].failover = settings.controllers[candidate.figures->controller].settings;
      const auto placed = any_placement(bench_.problem, bench_.load, next);
      if (!placed || !keeps_budgets(bench_.problem, *placed)) {
        refused.push_back(candidate.replicas);
        first_choices_ = false;
        continue;
      }
      deployment_ = *placed;
      if (wish_.max_response_time) first_choices_ = first_choices_ && most(candidate, all);
      const std::size_t input = bench_.input_of(c);
      if (input < selection_.size()) {
        chosen_[input] = *candidate.figures;
        selection_[input] = &chosen_[input];
      }
      return;
    }
  }

  /// No option has more replicas at any level.
  static bool most(const Candidate& candidate, const std::vector<Candidate>& all) {
    return std::ranges::all_of(all, [&](const Candidate& other) {
      return std::ranges::equal(other.replicas, candidate.replicas, std::ranges::less_equal{});
    });
  }

  Workbench& bench_;
  const Objective& wish_;
  Allowed allowed_;
  Deployment deployment_;
  std::vector<ComponentId> within_reach_;
  std::vector<OptionFigures> chosen_;
  Selection selection_;
  bool first_choices_ = true;
};

/// Within budgets what one component takes another lacks, so the most available is searched for.
std::optional<Attempt> most_available_attempt(const Problem& problem, const SolveOptions& options,
                                              const Objective& wish) {
  Problem alone = problem;
  alone.objectives = {{.service = wish.service}};
  alone.minimize = {Preference::replicas};
  alone.maximize_availability = true;
  SolveOptions own = options;
  own.explain = false;
  own.work_limit = kWorkOfQuestion;
  const auto outcome = solve(alone, own);
  if (!outcome || !outcome->has_plan) return std::nullopt;
  return Attempt{outcome->deployment, outcome->bound_unavailability.value_or(0.0)};
}

}  // namespace

std::vector<Objective> single_wishes(const std::vector<Objective>& objectives) {
  std::vector<Objective> wishes;
  for (const Objective& objective : objectives)
    for (const auto limit : kLimits) {
      if (!(objective.*limit)) continue;
      Objective wish;
      wish.service = objective.service;
      wish.window = objective.window;
      wish.*limit = objective.*limit;
      if (wish.max_window_miss) wish.max_unavailability = objective.max_unavailability;
      wishes.push_back(wish);
    }
  return wishes;
}

bool same_limits(const Objective& a, const Objective& b) {
  return a.window == b.window &&
         std::ranges::all_of(kLimits, [&](const auto limit) { return a.*limit == b.*limit; });
}

std::vector<Objective> joined(const std::vector<Objective>& wishes) {
  std::vector<Objective> objectives;
  for (const Objective& wish : wishes) {
    auto own = std::ranges::find(objectives, wish.service, &Objective::service);
    if (own == objectives.end()) {
      objectives.push_back(wish);
      continue;
    }
    for (const auto limit : kLimits)
      if (wish.*limit) (*own).*limit = wish.*limit;
  }
  return objectives;
}

Reply has_plan(const Problem& problem, const SolveOptions& options) {
  if (is_over(options)) return {};
  SolveOptions own = options;
  own.explain = false;
  own.any_plan = true;
  own.work_limit = kWorkOfQuestion;
  // Whether there is one does not depend on what is preferred, but who may answer that does.
  Problem question = problem;
  if (!is_redundancy(problem)) {
    question.minimize = {Preference::replicas};
    question.maximize_availability = false;
  }
  const auto outcome = solve(question, own);
  if (!outcome) return {};
  if (outcome->has_plan) return {Answer::yes, outcome->deployment};
  return {outcome->status == Status::infeasible ? Answer::no : Answer::unknown, {}};
}

std::optional<Attempt> best_attempt(const Problem& problem, const SolveOptions& options,
                                    const Deployment& start, const Objective& wish) {
  if (is_over(options)) return std::nullopt;
  if (!problem.budgets.empty() && wish.max_unavailability && !wish.max_window_miss)
    if (auto attempt = most_available_attempt(problem, options, wish)) return attempt;
  // A limit on recovery would leave out the options that it excludes.
  Problem unfiltered = problem;
  unfiltered.objectives = {wish};
  unfiltered.objectives.front().max_recovery_time.reset();
  const auto numbers = component_numbers(problem.system, problem.before);
  if (!numbers) return std::nullopt;
  Workbench bench(unfiltered, options, *numbers);
  auto attempt = Descent(bench, start, wish).run();
  // Figures that are missing prove nothing.
  return bench.error || bench.meter.ended() ? std::nullopt : attempt;
}

std::vector<std::size_t> smallest_conflict(const Problem& problem, const SolveOptions& options,
                                           const std::vector<Objective>& wishes,
                                           const std::vector<Answer>& known) {
  const auto alone = std::ranges::find(known, Answer::no);
  if (alone != known.end()) return {static_cast<std::size_t>(alone - known.begin())};
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < wishes.size(); ++i) kept.push_back(i);
  Problem part = problem;
  for (std::size_t i = 0; i < wishes.size() && kept.size() > 1; ++i) {
    std::vector<Objective> others;
    for (const std::size_t k : kept)
      if (k != i) others.push_back(wishes[k]);
    part.objectives = joined(others);
    if (has_plan(part, options).answer == Answer::no) std::erase(kept, i);
  }
  return kept;
}

}  // namespace haplan::solver
