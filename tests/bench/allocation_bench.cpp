// How long redundancy allocation takes, from kinds and budgets to the proved optimum, with the columns, the tie-breaks
// and the check against the optimum that others proved.

#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>

#include "solver/prove.hpp"
#include "solver/verify/verify.hpp"
#include "tests/support/rap_problem.hpp"

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

/// The certificate of every optimum, made and checked.
void certified(benchmark::State& state, const std::vector<test::RapInstance>& instances) {
  using namespace haplan::solver;
  std::size_t entries = 0;
  std::size_t most = 0;
  double making = 0.0;
  double checking = 0.0;
  double worst = 0.0;
  for (auto _ : state) {
    entries = most = 0;
    making = checking = worst = 0.0;
    for (const test::RapInstance& instance : instances) {
      const solver::Problem problem = test::placed_nowhere(instance);
      const auto outcome = solve(problem, {.explain = false});
      if (!outcome || outcome->status != Status::optimal) return state.SkipWithError("no optimum");
      const auto start = std::chrono::steady_clock::now();
      const CertificateHead head = certificate_head(problem, *outcome);
      std::vector<CertificateEntry> lines;
      const Proof proof =
          prove(problem, head, [&](const CertificateEntry& entry) { lines.push_back(entry); });
      const auto made = std::chrono::steady_clock::now();
      const solver::Verdict verdict = verify(problem, head, lines);
      const auto checked = std::chrono::steady_clock::now();
      if (!proof.proved.complete() || verdict.rejected) return state.SkipWithError("no proof");
      const std::chrono::duration<double> spent[] = {made - start, checked - made};
      making += spent[0].count();
      checking += spent[1].count();
      worst = std::max(worst, spent[0].count());
      entries += lines.size();
      most = std::max(most, lines.size());
    }
  }
  state.counters["entries"] = static_cast<double>(entries);
  state.counters["most_entries"] = static_cast<double>(most);
  state.counters["making_s"] = making;
  state.counters["checking_s"] = checking;
  state.counters["worst_s"] = worst;
}

void certified_series(benchmark::State& state, bool mixing) {
  certified(state, test::fyffe_instances(HAPLAN_DATA "/rap/fyffe33.json", mixing));
}
void certified_bridges(benchmark::State& state) {
  certified(state, test::feng_instances(HAPLAN_DATA "/rap/feng2025.json"));
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
BENCHMARK_CAPTURE(certified_series, mixing, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(certified_series, alone, false)->Unit(benchmark::kMillisecond);
BENCHMARK(certified_bridges)->Unit(benchmark::kMillisecond);

}  // namespace
