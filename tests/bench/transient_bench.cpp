#include <benchmark/benchmark.h>
#include <vector>

#include "model/markov/first_passage.hpp"
#include "model/markov/reward.hpp"
#include "tests/support/workstation_cluster.hpp"

// How long transient figures of the workstation cluster take, to nine digits with proof: 2000 h
// from everything up, left and right folded. The chain is made outside the clock.
namespace haplan {
namespace {

constexpr double kHours = 2000.0;

struct Start {
  test::WorkstationCluster cluster;
  std::vector<double> initial;
  std::vector<bool> is_below;
  std::vector<double> below;
};

Start start(const benchmark::State& state) {
  const auto n = static_cast<unsigned>(state.range(0));
  Start result{*test::workstation_cluster(n, true), {}, {}, {}};
  for (const double served : result.cluster.service(3 * n / 4)) {
    result.is_below.push_back(served == 0.0);
    result.below.push_back(1.0 - served);
  }
  result.initial.assign(result.below.size(), 0.0);
  result.initial[0] = 1.0;
  return result;
}

void report(benchmark::State& state, const model::Result<model::ChainFigure>& figure) {
  if (!figure) return state.SkipWithError(figure.error().message.c_str());
  const model::Estimate& value = figure->value;
  state.counters["steps"] = static_cast<double>(figure->steps);
  state.counters["states"] = static_cast<double>(figure->states);
  state.counters["value"] = value.value;
  state.counters["relative"] = (value.upper - value.lower) / 2 / value.value;
}

void transient(benchmark::State& state, auto&& figure) {
  const Start s = start(state);
  for (auto _ : state) report(state, figure(s));
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  for (const int n : {16, 64, 128}) benchmark->Arg(n);
  benchmark->ArgName("n")->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(transient, below_at_least_once,
                  [](const Start& s) {
                    return model::reached_within(s.cluster.chain, s.initial, s.is_below, kHours);
                  })
    ->Name("transient/below_at_least_once")
    ->Apply(sizes);
BENCHMARK_CAPTURE(transient, time_below,
                  [](const Start& s) {
                    return model::accumulated_reward(s.cluster.chain, s.initial, s.below, kHours);
                  })
    ->Name("transient/time_below")
    ->Apply(sizes);

}  // namespace
}  // namespace haplan
