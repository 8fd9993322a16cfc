#include "solver/solve.hpp"

#include <algorithm>
#include <limits>

#include "solver/counts.hpp"
#include "solver/explain.hpp"
#include "solver/judge.hpp"
#include "solver/placement.hpp"
#include "solver/settings.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

class Solver {
 public:
  explicit Solver(Workbench& bench) : bench_(bench) {}

  Result<Outcome> run() {
    const int last = largest_peak(bench_);
    for (int peak = least_peak(bench_); peak <= last && !bench_.meter.stopped(); ++peak) {
      outcome_.bound_peak_replicas = peak;
      const std::vector<CountVector> vectors = vectors_with_peak(bench_, peak);
      if (bench_.error) return tl::unexpected(*bench_.error);
      if (search(vectors)) break;
      if (bench_.error) return tl::unexpected(*bench_.error);
    }
    finish();
    if (bench_.error) return tl::unexpected(*bench_.error);
    outcome_.work = bench_.meter.work;
    outcome_.stop = bench_.meter.stop();
    return std::move(outcome_);
  }

 private:
  /// Groups of equal rank in turn; true when a plan was found.
  bool search(const std::vector<CountVector>& vectors) {
    for (auto first = vectors.begin(); first != vectors.end() && !bench_.meter.stopped();) {
      const auto last = std::find_if(first, vectors.end(),
                                     [&](const CountVector& v) { return !same_rank(*first, v); });
      for (; first != last && !bench_.meter.stopped(); ++first) try_vector(*first);
      if (best_) return true;
    }
    return best_.has_value();
  }

  void try_vector(const CountVector& counts) {
    ++bench_.meter.work.count_vectors;
    SettingSearch search(bench_, counts);
    const std::optional<SettledPlan> plan = search.gentlest(best_ ? best_->checks : kUnlimited);
    if (plan && (!best_ || compare(*plan, *best_) < 0)) {
      best_ = plan;
      counts_ = counts;
      proved_ = true;
    }
    if (plan || !bench_.meter.stopped() || best_) return;
    // Cut short: any settings of this vector that were found meet every objective.
    if (const auto found = search.last_found()) {
      best_ = found;
      counts_ = counts;
      proved_ = false;
    }
  }

  void finish() {
    if (!best_) {
      outcome_.status = bench_.meter.stopped() ? Status::undecided : Status::infeasible;
      outcome_.deployment = bench_.meter.stopped() ? bench_.problem.before : best_effort(bench_);
      if (outcome_.status == Status::infeasible)
        outcome_.infeasibility = explain_infeasible(bench_);
      return;
    }
    proved_ = proved_ && !bench_.meter.stopped();
    outcome_.has_plan = true;
    outcome_.deployment = best_->deployment;
    place();
    outcome_.status = proved_ ? Status::optimal : Status::feasible;
    outcome_.criteria.peak_replicas = counts_.peak;
    outcome_.criteria.mean_replicas = counts_.mean;
    outcome_.criteria.cpu = counts_.cpu;
    outcome_.criteria.memory = counts_.memory;
    outcome_.criteria.probe_rate = best_->checks;
    add_unavailability();
    if (proved_) outcome_.binding = binding_counts(bench_, outcome_.deployment);
  }

  void place() {
    std::function<bool(const Deployment&)> acceptable;
    if (!best_->sure)
      acceptable = [this](const Deployment& deployment) {
        ++bench_.meter.work.evaluations;
        const auto met = meets_all(bench_.problem, deployment);
        return met && *met;
      };
    const auto answer = best_placement({bench_.problem, bench_.load, best_->deployment, acceptable,
                                        [this] { return !bench_.meter.spend(); }});
    if (!answer) {
      bench_.error = answer.error();
      return;
    }
    if (answer->best) outcome_.deployment = *answer->best;
    proved_ = proved_ && answer->complete && answer->best.has_value();
  }

  void add_unavailability() {
    ++bench_.meter.work.evaluations;
    const auto evaluation =
        evaluate(bench_.problem.system, outcome_.deployment, {.figures = false});
    if (!evaluation) {
      bench_.error = evaluation.error();
      return;
    }
    for (const Objective& objective : bench_.problem.objectives)
      outcome_.criteria.unavailability +=
          evaluation->services[objective.service].unavailability.value;
  }

  Workbench& bench_;
  Outcome outcome_;
  std::optional<SettledPlan> best_;
  CountVector counts_;
  bool proved_ = false;
};

std::optional<Error> unsolvable(const System& system) {
  if (system.nodes.size() > kMostNodes)
    return Error{Fault::budget_exhausted, "the solver is limited to 64 nodes", "cluster.nodes"};
  if (system.drain &&
      static_cast<double>(system.nodes.size()) * system.drain->per_node >= system.drain->every)
    return Error{Fault::invalid_input, "the drains of all nodes would take all the time",
                 "cluster.maintenance.drain"};
  return std::nullopt;
}

}  // namespace

Result<Outcome> solve(const Problem& problem, const SolveOptions& options) {
  if (const auto error = unsolvable(problem.system)) return tl::unexpected(*error);
  const auto numbers = component_numbers(problem.system, problem.before);
  if (!numbers) return tl::unexpected(numbers.error());
  Workbench bench(problem, options, *numbers);
  return Solver(bench).run();
}

}  // namespace haplan::solver
