#include "solver/solve.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "model/system/variants.hpp"
#include "solver/binding.hpp"
#include "solver/budgets.hpp"
#include "solver/cheapest.hpp"
#include "solver/counts.hpp"
#include "solver/explain.hpp"
#include "solver/incumbent.hpp"
#include "solver/judge.hpp"
#include "solver/kind.hpp"
#include "solver/most_available.hpp"
#include "solver/placement.hpp"
#include "solver/placement_nested.hpp"
#include "solver/redundancy.hpp"
#include "solver/run.hpp"
#include "solver/settings.hpp"
#include "solver/variant_choice.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

/// Two digits: an order of magnitude is what is known.
std::string scientific(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, 1)
          .ptr;
  return {text.data(), end};
}

class Solver {
 public:
  Solver(Workbench& bench, const SolveOptions& options)
      : bench_(bench), explain_(options.explain), any_(options.any_plan) {}

  Result<Outcome> run() {
    using Phase = SearchProgress::Phase;
    bench_.meter.enter(Phase::proof);
    {
      // Most problems need no more; of the others nothing is lost but this.
      const Allowance allowance(bench_.meter, first_try());
      prove();
    }
    if (!decided_ && !bench_.error && !bench_.meter.stopped()) {
      keep();
      bench_.meter.enter(Phase::plan);
      if (auto found = find_incumbent(bench_);
          found && (!incumbent_ || compare_rank(found->counts, incumbent_->counts) < 0))
        incumbent_ = std::move(found);
      if (!any_) lower_incumbent();
      bench_.meter.enter(Phase::proof);
      hard_ = true;
      if (!bench_.error && !(any_ && incumbent_)) prove();
    }
    if (bench_.error) return tl::unexpected(*bench_.error);
    finish();
    if (bench_.error) return tl::unexpected(*bench_.error);
    outcome_.work = bench_.meter.work;
    outcome_.stop = bench_.meter.stop();
    return std::move(outcome_);
  }

 private:
  [[nodiscard]] std::size_t first_try() const {
    constexpr std::size_t kUnits = 1'000'000;
    return std::min(kUnits, bench_.meter.left(4 * kUnits) / 4);
  }

  /// From the fewest replicas up: the first plan is the best, and none is a proof too.
  void prove() {
    best_.reset();
    const std::size_t doubts_before = bench_.unknown_verdicts;
    const int last = largest_peak(bench_);
    for (int peak = least_peak(bench_); peak <= last && !bench_.meter.stopped(); ++peak) {
      // What was turned down without proof is not below the bound.
      if (bench_.unknown_verdicts == doubts_before) {
        outcome_.bound_peak_replicas = peak;
        bench_.meter.excluded_below(peak);
      }
      CountSearch counts(bench_, peak);
      if (hard_) try_most_available(counts, peak);
      bool found = false;
      while (!found && !bench_.error && !bench_.meter.stopped()) {
        const std::vector<CountVector> vectors = counts.next();
        if (vectors.empty()) break;
        found = search(vectors);
      }
      if (found || bench_.error) break;
    }
    decided_ = !bench_.meter.stopped();
    if (decided_ && bench_.unknown_verdicts > doubts_before)
      outcome_.unproved =
          "smaller or gentler plans were turned down whose guaranteed figures are known as "
          "intervals only, with the limit inside, or whose placements are too many to be tried";
  }

  /// A plan without proof becomes the incumbent.
  void keep() {
    if (best_) incumbent_ = Incumbent{*best_, counts_};
    best_.reset();
  }

  /// Many vectors that nearly keep the objectives may come before the first that does: one that keeps them best shows
  /// that no more replicas are needed.
  void try_most_available(CountSearch& counts, int peak) {
    if (incumbent_ && incumbent_->counts.peak <= peak) return;
    const auto vector = counts.most_available();
    if (!vector || bench_.known_refused(vector->option)) return;
    constexpr std::size_t kUnits = 300'000;
    const Allowance allowance(bench_.meter, kUnits);
    ++bench_.meter.work.count_vectors;
    const std::size_t doubts = bench_.unknown_verdicts;
    if (const auto plan = SettingSearch(bench_, *vector).any()) {
      incumbent_ = Incumbent{*plan, *vector};
      bench_.meter.found(vector->peak);
    }
    bench_.unknown_verdicts = doubts;  // nothing is concluded from a refusal
  }

  /// A proof may end at a limit long before it comes to the fewest replicas that suffice: halving finds about as few.
  void lower_incumbent() {
    int low = static_cast<int>(outcome_.bound_peak_replicas);
    int high = incumbent_ ? incumbent_->counts.peak : largest_peak(bench_) + 1;
    while (low < high && !bench_.error && !bench_.meter.stopped()) {
      const int middle = low + (high - low) / 2;
      CountSearch counts(bench_, middle);
      try_most_available(counts, middle);
      const bool found = incumbent_ && incumbent_->counts.peak <= middle;
      (found ? high : low) = found ? incumbent_->counts.peak : middle + 1;
    }
  }

  /// Groups of equal rank in turn; true when a plan was found.
  bool search(const std::vector<CountVector>& vectors) {
    for (auto first = vectors.begin(); first != vectors.end() && !bench_.meter.stopped();) {
      const auto last = std::find_if(first, vectors.end(),
                                     [&](const CountVector& v) { return !same_rank(*first, v); });
      for (; first != last && !bench_.meter.stopped() && !(any_ && best_); ++first)
        try_vector(*first);
      if (best_) return true;
    }
    return best_.has_value();
  }

  void try_vector(const CountVector& counts) {
    ++bench_.meter.work.count_vectors;
    const std::size_t doubts = bench_.unknown_verdicts;
    SettingSearch search(bench_, counts);
    const std::optional<SettledPlan> plan =
        any_ ? search.any() : search.gentlest(best_ ? best_->checks : kUnlimited);
    if (plan && (!best_ || compare(*plan, *best_) < 0)) {
      best_ = plan;
      counts_ = counts;
      proved_ = true;
      bench_.meter.found(counts.peak);
    }
    if (plan || best_) return;
    if (!bench_.meter.stopped()) {
      if (!bench_.error && bench_.unknown_verdicts == doubts) bench_.refuse(counts.option);
      return;
    }
    // Cut short: any settings of this vector that were found meet every objective.
    if (const auto found = search.last_found()) {
      best_ = found;
      counts_ = counts;
      proved_ = false;
    }
  }

  void finish() {
    if (!decided_ && incumbent_ && (!best_ || compare_rank(incumbent_->counts, counts_) < 0)) {
      best_ = incumbent_->plan;
      counts_ = incumbent_->counts;
      proved_ = false;
    }
    if (!best_) {
      const bool proved = decided_ && outcome_.unproved.empty();
      outcome_.status = proved ? Status::infeasible : Status::undecided;
      outcome_.deployment = bench_.problem.before;
      return;
    }
    proved_ = proved_ && decided_ && outcome_.unproved.empty();
    outcome_.has_plan = true;
    outcome_.deployment = best_->deployment;
    outcome_.criteria.peak_replicas = counts_.peak;
    outcome_.criteria.mean_replicas = counts_.mean;
    outcome_.criteria.cpu = counts_.cpu;
    outcome_.criteria.memory = counts_.memory;
    outcome_.criteria.probe_rate = best_->checks;
    outcome_.status = Status::feasible;
    outcome_.fewest = proved_;
    if (any_) return;  // what is not compared by is not worked out
    if (!bench_.meter.stopped()) place();
    proved_ = proved_ && !bench_.meter.stopped();
    if (proved_) outcome_.status = Status::optimal;
    outcome_.criteria.unavailability = unavailability();
    if (!decided_ || !explain_ || bench_.meter.ended()) return;
    bench_.meter.enter(SearchProgress::Phase::explanation);
    Binding binding = binding_counts(bench_, outcome_.deployment);
    outcome_.binding = std::move(binding.sentences);
    outcome_.guaranteed = std::move(binding.guaranteed);
  }

  /// The best placement that a limited amount of work finds; replicas and settings are what people ask for.
  void place() {
    bench_.meter.enter(SearchProgress::Phase::placement);
    constexpr std::size_t kUnits = 20'000'000;
    const Allowance allowance(bench_.meter, kUnits);
    const std::size_t doubts_before = bench_.unknown_verdicts;
    const auto stop = bench_.meter.asking();
    std::function<bool(const Deployment&)> acceptable;
    if (!best_->sure)
      acceptable = [&](const Deployment& deployment) {
        ++bench_.meter.work.evaluations;
        const auto met = meets_all(bench_.problem, deployment, stop, bench_.threads);
        return bench_.accepts(met);
      };
    const auto answer =
        best_placement({bench_.problem, bench_.load, best_->deployment, acceptable, stop});
    if (!answer) {
      bench_.error = answer.error();
      return;
    }
    bench_.meter.work.search_nodes += answer->visited;
    if (answer->best) outcome_.deployment = *answer->best;
    if (!outcome_.unproved.empty()) return;
    if (!answer->complete || !answer->best) {
      proved_ = false;
      if (!bench_.meter.ended()) outcome_.unproved = better_placements();
    } else if (bench_.unknown_verdicts > doubts_before) {
      proved_ = false;
      outcome_.unproved =
          "replicas and settings are proved best; placements were turned down whose guaranteed "
          "figures are known as intervals only, with the limit inside";
    } else if (answer->left_out > 0.0) {
      proved_ = false;
      outcome_.unproved =
          "replicas and settings are proved best; placements were compared without the rarest "
          "states, so another one may be better by up to " +
          scientific(answer->left_out) + " in the sum of unavailability";
    }
  }

  /// What is known of placements that were not looked at.
  std::string better_placements() {
    std::string ended =
        "replicas and settings are proved best; among the placements the search for the least "
        "unavailability was ended after its share of the work";
    const auto least = least_unavailability(bench_.problem, best_->deployment);
    if (!least) return ended;
    return ended + ": another one may be better by up to " +
           scientific(std::max(0.0, unavailability() - *least)) + " in the sum of unavailability";
  }

  /// Sum over services with objectives.
  double unavailability() {
    ++bench_.meter.work.evaluations;
    const auto evaluation =
        evaluate(bench_.problem.system, outcome_.deployment, {.figures = false});
    double sum = 0.0;
    if (!evaluation) bench_.error = evaluation.error();
    for (const Objective& objective : bench_.problem.objectives)
      if (evaluation) sum += evaluation->services[objective.service].unavailability.value;
    return sum;
  }

  Workbench& bench_;
  bool explain_ = true;
  bool any_ = false;  ///< the first plan is enough
  Outcome outcome_;
  std::optional<SettledPlan> best_;
  CountVector counts_;
  std::optional<Incumbent> incumbent_;
  bool hard_ = false;     ///< not decided soon
  bool decided_ = false;  ///< which counts and settings are best, or that none are good
  bool proved_ = false;
};

std::optional<Error> unsolvable(const System& system) {
  if (system.drain &&
      static_cast<double>(system.nodes.size()) * system.drain->per_node >= system.drain->every)
    return Error{Fault::invalid_input, "the drains of all nodes would take all the time",
                 "cluster.maintenance.drain"};
  return std::nullopt;
}

/// Fewest replicas, all settings, within the budgets; no variants, no other goal.
Result<Outcome> search(const Problem& problem, const SolveOptions& options) {
  if (const auto error = unsolvable(problem.system)) return tl::unexpected(*error);
  const auto numbers = component_numbers(problem.system, problem.before);
  if (!numbers) return tl::unexpected(numbers.error());
  Workbench bench(problem, options, *numbers);
  Result<Outcome> outcome = Solver(bench, options).run();
  if (outcome && outcome->status == Status::infeasible && options.explain) {
    // Questions of its own, none of which is the search that people wait for.
    SolveOptions asking = options;
    if (options.progress) {
      const int bound = static_cast<int>(outcome->bound_peak_replicas);
      asking.progress = [&options, bound](const SearchProgress& inner) {
        options.progress({SearchProgress::Phase::explanation, std::nullopt, bound, inner.done});
      };
    }
    Explanation explanation = explain_infeasible(problem, asking);
    outcome->infeasibility = std::move(explanation.why);
    outcome->deployment = std::move(explanation.closest);
  }
  return outcome;
}

/// Settings of replicas that mix are no question that is answered here.
bool mixes(const System& system) { return std::ranges::any_of(system.components, &Component::mix); }

/// Decisions of one cluster, for any goal.
Result<Outcome> solve_placed(const Problem& problem, const SolveOptions& options) {
  if (mixes(problem.system))
    return tl::unexpected(
        Error{Fault::invalid_input,
              "settings cannot be searched while the variants of a component mix: "
              "give them values",
              "components"});
  if (has_variants(problem.system)) return solve_variants(problem, options);
  if (problem.maximize_availability) return most_available(problem, options);
  if (std::ranges::find(problem.minimize, Preference::cost) != problem.minimize.end())
    return cheapest(problem, options);
  if (!problem.budgets.empty()) return solve_within_budgets(problem, options, search);
  return search(problem, options);
}

}  // namespace

Result<Outcome> solve(const Problem& problem, const SolveOptions& options) {
  if (options.run == nullptr) {
    Run run(options);
    SolveOptions own = options;
    own.run = &run;
    Result<Outcome> outcome = solve(problem, own);
    if (outcome && outcome->status == Status::infeasible && run.over()) outcome->stop = run.stop();
    return outcome;
  }
  if (is_redundancy(problem))
    if (auto outcome = solve_redundancy(problem, options)) return std::move(*outcome);
  Result<Outcome> outcome = solve_placed(problem, options);
  // Where replicas alone count, search() has said what binds, if only that nothing does.
  const bool said = counts_replicas_only(problem) && !has_variants(problem.system);
  if (outcome && outcome->status == Status::optimal && options.explain &&
      outcome->binding.empty() && !said)
    outcome->binding = binding_of(problem, outcome->deployment, options).sentences;
  return outcome;
}

}  // namespace haplan::solver
