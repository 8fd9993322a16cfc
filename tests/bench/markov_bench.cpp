// How long the steady state of the workstation cluster takes: from nothing (two numbers and a transition function) to the
// share of premium service with a proved error of at most 1e-10. "folded" explores one of each two mirrored states.

#include <benchmark/benchmark.h>
#include <cmath>
#include <string>
#include <sys/resource.h>

#include "model/markov/long_run.hpp"
#include "tests/support/workstation_cluster.hpp"

namespace {

using namespace haplan;
using namespace haplan::model;

/// Peak of the process so far, in MB.
double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// State and transition counts of the case study; every size has the first, some are published.
bool is_complete(const test::WorkstationCluster& cluster) {
  const std::size_t n = cluster.n;
  const std::size_t transitions = cluster.chain.transition_count();
  return cluster.chain.state_count() == 20 * (n + 1) * (n + 1) + 16 * n * (n + 1) &&
         (n != 256 || transitions == 11'583'520) && (n != 512 || transitions == 46'235'680);
}

void steady(benchmark::State& state, unsigned n, bool folded) {
  for (auto _ : state) {
    const auto cluster = test::workstation_cluster(n, folded);
    if (!cluster) return state.SkipWithError(cluster.error().message.c_str());
    if (!folded && !is_complete(*cluster)) return state.SkipWithError("the chain is another");
    const auto mean = long_run_mean(cluster->chain, cluster->service(n));
    if (!mean) return state.SkipWithError(mean.error().message.c_str());
    state.counters["states"] = static_cast<double>(cluster->chain.state_count());
    state.counters["transitions"] = static_cast<double>(cluster->chain.transition_count());
    state.counters["iterations"] = static_cast<double>(mean->iterations);
    state.counters["premium"] = mean->value.value;
    state.counters["bound"] = (mean->value.upper - mean->value.lower) / 2;
    // Published: 16 and 256 as printed by PRISM 4.10 (Gauss-Seidel), to 14 digits.
    const double known = n == 16 ? 0.99964508886032 : n == 256 ? 0.99696555197593 : NAN;
    if (mean->value.upper < known - 5e-15 || mean->value.lower > known + 5e-15) {
      return state.SkipWithError("the published value lies outside the interval");
    }
  }
  state.counters["peak_MB"] = peak_megabytes();
}

void explore_only(benchmark::State& state, unsigned n) {
  for (auto _ : state) {
    const auto cluster = test::workstation_cluster(n);
    if (!cluster) return state.SkipWithError(cluster.error().message.c_str());
    benchmark::DoNotOptimize(cluster->chain.transition_count());
  }
}

// Named in order of size, so that the peak of each is its own or that of a smaller one.
const int kRegistered = [] {
  for (const unsigned n : {16U, 64U, 128U, 256U, 512U}) {
    const std::string name = "steady/cluster:" + std::to_string(n);
    benchmark::RegisterBenchmark((name + "/folded").c_str(), steady, n, true)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(name.c_str(), steady, n, false)->Unit(benchmark::kMillisecond);
  }
  benchmark::RegisterBenchmark("explore/cluster:512", explore_only, 512U)
      ->Unit(benchmark::kMillisecond);
  return 0;
}();

}  // namespace
