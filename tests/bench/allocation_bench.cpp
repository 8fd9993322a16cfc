// How long redundancy allocation takes, from kinds and budgets to the proved optimum, with the columns, the tie-breaks
// and the check against the optimum that others proved.

#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>

#include "tests/support/rap.hpp"

namespace {

using namespace haplan;
using namespace haplan::solver::allocation;

void all_of(benchmark::State& state, const std::vector<test::RapInstance>& instances) {
  std::size_t boxes = 0;
  double worst = 0.0;
  for (auto _ : state) {
    boxes = 0;
    worst = 0.0;
    for (const test::RapInstance& instance : instances) {
      const auto start = std::chrono::steady_clock::now();
      const Problem problem = test::problem_of(instance);
      const Answer answer = allocate(problem);
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
      worst = std::max(worst, spent.count());
      boxes += answer.work.boxes;
      if (answer.verdict != Verdict::optimal ||
          std::abs(unavailability_of(problem, problem.goals[0], answer.choice) - instance.optimum) >
              instance.digits)
        return state.SkipWithError("wrong answer");
    }
  }
  state.counters["instances"] = static_cast<double>(instances.size());
  state.counters["boxes"] = static_cast<double>(boxes);
  state.counters["worst_ms"] = 1e3 * worst;
}

void series(benchmark::State& state, bool mixing) {
  all_of(state, test::fyffe_instances(HAPLAN_DATA "/rap/fyffe33.json", mixing));
}
void bridges(benchmark::State& state) {
  all_of(state, test::feng_instances(HAPLAN_DATA "/rap/feng2025.json"));
}

BENCHMARK_CAPTURE(series, mixing, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(series, alone, false)->Unit(benchmark::kMillisecond);
BENCHMARK(bridges)->Unit(benchmark::kMillisecond);

}  // namespace
