// How long draws of the uncertain inputs of the reference system take. Every number of the answer that is printed is
// checked first: draws are evaluated once more from nothing, and the quantiles compared with plain random ones.

#include <benchmark/benchmark.h>
#include <cmath>
#include <memory>
#include <random>

#include "model/availability/reevaluate.hpp"
#include "model/uncertainty/break_even.hpp"
#include "model/uncertainty/influence.hpp"
#include "tests/support/reference.hpp"

namespace {

using namespace haplan;
using namespace haplan::model;

/// A number of the system that is drawn.
using Place = double& (*)(System&);

struct Input {
  Place place;
  double spread;  ///< low is the nominal value divided by this, high is it times this, at 90 %
};

const std::vector<Input>& inputs() {
  static const std::vector<Input> kInputs{
      {[](System& s) -> double& { return s.components[test::api].modes[0].rate; }, 3},
      {[](System& s) -> double& { return s.components[test::api].modes[1].rate; }, 3},
      {[](System& s) -> double& { return s.components[test::api].common_causes[0].rate; }, 2},
      {[](System& s) -> double& { return s.components[test::api].common_causes[0].outage; }, 2},
      {[](System& s) -> double& { return s.components[test::ingress].modes[0].rate; }, 3},
      {[](System& s) -> double& { return s.components[test::ingress].modes[1].rate; }, 3},
      {[](System& s) -> double& { return s.components[test::keycloak].modes[0].rate; }, 3},
      {[](System& s) -> double& { return s.components[test::keycloak].modes[1].rate; }, 3},
      {[](System& s) -> double& { return s.components[test::keycloak].common_causes[0].rate; }, 2},
      {[](System& s) -> double& { return s.components[test::postgres].modes[0].rate; }, 3},
      {[](System& s) -> double& { return s.components[test::postgres].failover->manual; }, 2},
      {[](System& s) -> double& { return s.components[test::redis].modes[0].rate; }, 3},
      {[](System& s) -> double& { return s.components[test::redis].failover->manual; }, 2},
      {[](System& s) -> double& { return s.components[test::weather].modes[0].rate; }, 3},
      {[](System& s) -> double& { return s.components[test::gpt].external->rate; }, 2},
      {[](System& s) -> double& { return s.components[test::gpt].external->repair; }, 2},
      {[](System& s) -> double& { return s.drain->per_node; }, 2},
      {[](System& s) -> double& { return s.nodes[0].modes[0].rate; }, 3},
      {[](System& s) -> double& { return s.nodes[0].modes[0].repair; }, 2},
      {[](System& s) -> double& { return s.nodes[0].modes[1].rate; }, 3}};
  return kInputs;
}

/// All nodes are of one kind; an external's unavailability follows its rate and repair.
void enter(std::span<const double> x, System& system) {
  for (std::size_t i = 0; i < x.size(); ++i) inputs()[i].place(system) = x[i];
  External& gpt = *system.components[test::gpt].external;
  gpt.unavailability = gpt.rate * gpt.repair / (1.0 + gpt.rate * gpt.repair);
  for (Node& node : system.nodes) node.modes = system.nodes[0].modes;
}

constexpr double kLimit = 3e-5;  ///< on the unavailability of each service

Outcome outcome_of(const Evaluation& evaluation) {
  Outcome outcome;
  for (const ServiceFigures& service : evaluation.services) {
    outcome.figures.insert(outcome.figures.end(),
                           {service.unavailability.value, service.outage_frequency,
                            service.mean_outage, service.error_ratio, service.worst_response_time});
    outcome.holds.push_back(service.unavailability.upper <= kLimit);
  }
  return outcome;
}

/// What one thread evaluates with.
struct Worker {
  test::Reference reference;
  Reevaluator engine;
};

using Workers = std::vector<std::unique_ptr<Worker>>;

Study study_of(const test::Reference& reference, WantedFigures wanted, Workers& workers) {
  Study study;
  System system = reference.system;
  for (const Input& input : inputs()) {
    const double nominal = input.place(system);
    study.inputs.push_back(*Law::make(
        {.value = nominal, .low = nominal / input.spread, .high = nominal * input.spread}));
  }
  study.figures = 5 * system.services.size();
  study.objectives = system.services.size();
  study.evaluator = [&reference, &workers, wanted]() -> Evaluator {
    workers.push_back(std::make_unique<Worker>(Worker{reference, Reevaluator({.wanted = wanted})}));
    return [worker = workers.back().get()](std::span<const double> x) -> Result<Outcome> {
      enter(x, worker->reference.system);
      return worker->engine.evaluate(worker->reference.system, worker->reference.deployment)
          .map(outcome_of);
    };
  };
  return study;
}

constexpr WantedFigures kAllButCauses{.causes = false, .independent = false, .down_for = false};

/// Draws from another generator, evaluated from nothing: figures must be the same to the last bit.
bool same_from_nothing(const test::Reference& reference, const Study& study) {
  std::mt19937_64 random(7);
  const Evaluator again = study.evaluator();
  System system = reference.system;
  for (int draw = 0; draw < 50; ++draw) {
    std::vector<double> x;
    for (const Law& law : study.inputs)
      x.push_back(law.quantile((static_cast<double>(random() >> 11U) + 0.5) * 0x1p-53));
    enter(x, system);
    const auto fresh = evaluate(system, reference.deployment);
    const auto reused = again(x);
    if (!fresh || !reused || outcome_of(*fresh).figures != reused->figures) return false;
  }
  return true;
}

/// The median and the 95 % quantile of the first service from plain random draws are within five standard errors.
bool same_from_random(const Study& study, const Ensemble& answer) {
  std::mt19937_64 random(11);
  const Evaluator evaluate_once = study.evaluator();
  constexpr int kDraws = 20'000;
  int below_median = 0;
  int below_high = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    std::vector<double> x;
    for (const Law& law : study.inputs)
      x.push_back(law.quantile((static_cast<double>(random() >> 11U) + 0.5) * 0x1p-53));
    const auto outcome = evaluate_once(x);
    if (!outcome) return false;
    below_median += outcome->figures[0] <= answer.figures[0].quantiles[1].value ? 1 : 0;
    below_high += outcome->figures[0] <= answer.figures[0].quantiles[2].value ? 1 : 0;
  }
  const auto near = [](int count, double p) {
    return std::abs(count - p * kDraws) <= 5.0 * std::sqrt(p * (1.0 - p) * kDraws);
  };
  return near(below_median, 0.5) && near(below_high, 0.95);
}

void draws(benchmark::State& state, WantedFigures wanted) {
  const test::Reference reference = test::reference_system();
  Workers workers;
  const Study study = study_of(reference, wanted, workers);
  EnsembleOptions options;
  options.draws = static_cast<std::size_t>(state.range(0));
  options.draw.threads = static_cast<unsigned>(state.range(1));
  std::optional<Ensemble> answer;
  for (auto _ : state) {
    auto result = ensemble(study, options);
    if (!result) return state.SkipWithError(result.error().message.c_str());
    answer = std::move(*result);
  }
  if (wanted.error_ratio && !same_from_nothing(reference, study))
    return state.SkipWithError("not what an evaluation from nothing gives");
  if (!same_from_random(study, *answer))
    return state.SkipWithError("not the quantiles of plain random draws");
  state.counters["u5"] = answer->figures[0].quantiles[0].value;
  state.counters["u50"] = answer->figures[0].quantiles[1].value;
  state.counters["u95"] = answer->figures[0].quantiles[2].value;
  state.counters["kept"] = answer->kept[0].value;
  state.counters["draws"] = benchmark::Counter(static_cast<double>(answer->draws),
                                               benchmark::Counter::kIsIterationInvariantRate);
}

void indices(benchmark::State& state) {
  const test::Reference reference = test::reference_system();
  Workers workers;
  const Study study = study_of(reference, WantedFigures::none(), workers);
  InfluenceOptions options;
  options.base = static_cast<std::size_t>(state.range(0));
  options.draw.threads = 2;
  std::optional<Influences> answer;
  for (auto _ : state) {
    auto result = influences(study, options);
    if (!result) return state.SkipWithError(result.error().message.c_str());
    answer = std::move(*result);
  }
  double first = 0.0;
  for (const Influence& input : answer->of[0]) first += input.first.value;
  state.counters["sum_of_first"] = first;
  state.counters["evaluations"] = static_cast<double>(answer->evaluations);
}

void flips(benchmark::State& state) {
  const test::Reference reference = test::reference_system();
  Workers workers;
  const Study study = study_of(reference, WantedFigures::none(), workers);
  std::size_t found = 0;
  for (auto _ : state) {
    const auto result = break_even(study);
    if (!result) return state.SkipWithError(result.error().message.c_str());
    found = 0;
    for (const auto& objective : *result)
      for (const BreakEven& input : objective) found += input.flips.size();
  }
  state.counters["flips"] = static_cast<double>(found);
}

BENCHMARK_CAPTURE(draws, unavailability, WantedFigures::none())
    ->Name("uncertainty/reference/unavailability")
    ->Args({100'000, 1})
    ->Args({100'000, 2})
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(draws, figures, kAllButCauses)
    ->Name("uncertainty/reference/figures")
    ->Args({100'000, 2})
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kSecond);
BENCHMARK(indices)
    ->Name("uncertainty/reference/indices")
    ->Arg(1024)
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kSecond);
BENCHMARK(flips)
    ->Name("uncertainty/reference/break_even")
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kSecond);

}  // namespace
