// How long an evaluation of the reference system takes: from nothing, and again with other numbers.

#include <benchmark/benchmark.h>

#include "model/availability/compiled.hpp"
#include "model/availability/headroom.hpp"
#include "model/availability/probabilities.hpp"
#include "model/system/check.hpp"
#include "tests/support/reference.hpp"

namespace {

using namespace haplan;
using namespace haplan::model;

bool is_sound(const test::Reference& reference) {
  return check_system(reference.system).empty() &&
         check_placement(reference.system, reference.deployment).ok;
}

/// Compiled once; each round changes a setting and a rate, which leaves the structure as it is.
void again_with_other_numbers(benchmark::State& state) {
  test::Reference reference = test::reference_system();
  if (!is_sound(reference)) return state.SkipWithError("the reference system is not sound");
  System& system = reference.system;
  Deployment& deployment = reference.deployment;
  const auto first = component_numbers(system, deployment);
  const auto compiled = first ? compile(system, deployment, *first, false, {})
                              : Result<Compiled>(tl::unexpected(first.error()));
  if (!compiled) return state.SkipWithError(compiled.error().message.c_str());
  std::vector<double> p;
  std::vector<double> value;
  int round = 0;
  for (auto _ : state) {
    deployment.components[3].probes.liveness->period = 1 + round++ % 10;
    system.nodes[0].modes[0].rate *= 1.0000001;
    const auto components = component_numbers(system, deployment);
    const auto numbers = numbers_for(system, deployment, *components, *compiled);
    fill_probabilities(*compiled, *numbers, 1.0, p);
    compiled->diagram.probability(p, 1.0, value);
    for (ServiceId s = 0; s < system.services.size(); ++s) {
      benchmark::DoNotOptimize(unavailability_of(system, *compiled, *numbers, value, s, 1.0));
    }
  }
  state.counters["diagram_nodes"] = static_cast<double>(compiled->diagram.size());
  state.counters["domain_states"] = static_cast<double>(compiled->domain_states);
}

void from_nothing(benchmark::State& state) {
  const test::Reference reference = test::reference_system();
  EvaluateOptions options;
  options.figures = state.range(0) != 0;
  for (auto _ : state) {
    const auto evaluation = evaluate(reference.system, reference.deployment, options);
    if (!evaluation) return state.SkipWithError(evaluation.error().message.c_str());
    benchmark::DoNotOptimize(evaluation->services.front().unavailability.value);
    state.counters["diagram_nodes"] = static_cast<double>(evaluation->work.diagram_nodes);
  }
}

void load(benchmark::State& state) {
  const test::Reference reference = test::reference_system();
  for (auto _ : state) benchmark::DoNotOptimize(load_table(reference.system));
}

void headroom(benchmark::State& state) {
  const test::Reference reference = test::reference_system();
  const LoadTable table = load_table(reference.system);
  for (auto _ : state) {
    benchmark::DoNotOptimize(has_headroom(reference.system, table, reference.deployment));
  }
}

BENCHMARK(again_with_other_numbers)
    ->Name("evaluate/reference/again")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(from_nothing)
    ->Name("evaluate/reference/figures")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(load)->Name("evaluate/reference/load_table")->Unit(benchmark::kMicrosecond);
BENCHMARK(headroom)->Name("evaluate/reference/headroom")->Unit(benchmark::kMicrosecond);

}  // namespace
