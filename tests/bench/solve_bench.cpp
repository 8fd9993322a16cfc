// How long the reference problem takes to solve on more and more nodes, with and without zones. Every answer is checked
// by an evaluation of its own: "met" is 1 when the plan meets every objective, "gap" what criterion 1 lacks of its bound.

#include <algorithm>
#include <benchmark/benchmark.h>

#include "solver/objectives.hpp"
#include "solver/solve.hpp"
#include "tests/support/reference_problem.hpp"

namespace {

using namespace haplan;

bool meets_every_objective(const solver::Problem& problem, const model::Deployment& plan) {
  const auto evaluation = model::evaluate(problem.system, plan);
  const auto guaranteed = model::guaranteed_unavailability(problem.system, plan, problem.rules);
  return evaluation && guaranteed &&
         std::ranges::all_of(solver::checks_of(problem, *evaluation, *guaranteed),
                             &solver::ObjectiveCheck::met);
}

void reference(benchmark::State& state) {
  const auto nodes = static_cast<std::size_t>(state.range(0));
  const auto zones = static_cast<std::size_t>(state.range(1));
  const solver::Problem problem = test::reference_problem(nodes, zones);
  for (auto _ : state) {
    const auto outcome = solver::solve(problem);
    if (!outcome) return state.SkipWithError(outcome.error().message.c_str());
    state.PauseTiming();
    state.counters["optimal"] = outcome->status == solver::Status::optimal;
    state.counters["infeasible"] = outcome->status == solver::Status::infeasible;
    state.counters["bound"] = outcome->bound_peak_replicas;
    state.counters["units"] = static_cast<double>(outcome->work.units);
    state.counters["evaluations"] = static_cast<double>(outcome->work.evaluations);
    if (outcome->has_plan) {
      state.counters["peak"] = outcome->criteria.peak_replicas;
      state.counters["gap"] = outcome->criteria.peak_replicas - outcome->bound_peak_replicas;
      state.counters["met"] = meets_every_objective(problem, outcome->deployment);
    }
    state.ResumeTiming();
  }
}

BENCHMARK(reference)
    ->Name("solve/reference")
    ->ArgNames({"nodes", "zones"})
    ->ArgsProduct({{6, 8, 10, 12, 20}, {0}})
    ->ArgsProduct({{6, 9, 12, 30}, {3}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
