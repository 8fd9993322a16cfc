// Does the simulator agree with the analytic engine, what does each assumption of the model change, and how fast is it?
// Prints three tables: agreement on 100 random systems and all examples, assumptions one by one on the reference, and
// events per second. HAPLAN_REFEREE=speed skips the first two, =agreement or =assumptions leaves only one of them, and the
// name of an assumption or the number of a random system only that line of its table.

#include <algorithm>
#include <atomic>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "model/simulate/layout.hpp"
#include "model/simulate/process.hpp"
#include "planner/session/session.hpp"
#include "tests/support/referee.hpp"
#include "tests/support/reference.hpp"

namespace {

using namespace haplan;

constexpr double kYear = 365.25 * 86400.0;
constexpr std::uint64_t kSystems = 100;
constexpr double kFamily = 0.99;  ///< all comparisons together; each by Bonferroni

planner::Loaded load_example(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  planner::Inputs inputs;
  inputs.sources.push_back({path.filename().string(), text.str()});
  return planner::load(inputs);
}

std::vector<test::RefereeCase> all_cases(std::uint64_t only) {
  std::vector<test::RefereeCase> cases;
  if (only != 0) return {test::random_case(only)};
  for (std::uint64_t seed = 1; seed <= kSystems; ++seed) cases.push_back(test::random_case(seed));
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(HAPLAN_EXAMPLES))
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  std::ranges::sort(paths);
  for (const auto& path : paths) {
    planner::Loaded loaded = load_example(path);
    if (!loaded.lowered) {
      std::printf("%s cannot be read\n", path.c_str());
      continue;
    }
    solver::Problem& problem = loaded.lowered->problem;
    cases.push_back({path.stem().string(), std::move(problem.system), std::move(problem.before)});
  }
  return cases;
}

unsigned cores() { return std::max(1U, std::thread::hardware_concurrency()); }

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void print_disagreements(const test::RefereeResult& result) {
  for (const test::RefereeFigure& figure : result.figures)
    if (!figure.agrees)
      std::printf("    %s %s: analytic %.6g, simulated %.6g in [%.6g, %.6g], %+.1f sigma\n",
                  figure.service.c_str(), figure.figure, figure.analytic.value,
                  figure.simulated.estimate.value, figure.simulated.estimate.lower,
                  figure.simulated.estimate.upper, figure.sigmas);
}

/// What is not as it should be.
struct Exceptions {
  std::size_t exact = 0;    ///< figures that the engine calls exact, outside the interval
  std::size_t windows = 0;  ///< approximate ones, outside by more than they are allowed
  std::size_t coarse = 0;   ///< systems less precise than asked for
  std::size_t failed = 0;   ///< systems without figures
};

void print_case(const test::RefereeCase& one, const model::SimulateOptions& options,
                Exceptions& all) {
  const auto begin = std::chrono::steady_clock::now();
  const test::RefereeResult result = test::referee(one, options);
  const auto apart = static_cast<std::size_t>(
      std::ranges::count_if(result.figures, [](const auto& figure) { return !figure.agrees; }));
  double lowest = 1.0;
  double farthest = 0.0;
  for (const test::RefereeFigure& figure : result.figures) {
    if (std::string(figure.figure) == "unavailability")
      lowest = std::min(lowest, figure.analytic.value);
    farthest = std::abs(figure.sigmas) > std::abs(farthest) ? figure.sigmas : farthest;
  }
  std::printf("%-22s %7zu %5zu %9.1e %6.2f %% %9.3g %9.3g %-8s %6.1f s %+5.1f%s\n",
              one.name.c_str(), result.figures.size(), apart, lowest, 100.0 * result.precision,
              static_cast<double>(result.simulation.events), result.simulation.time / kYear,
              result.simulation.method == model::SimulationMethod::direct ? "direct" : "biasing",
              seconds_since(begin), farthest, result.problem.empty() ? "" : result.problem.c_str());
  print_disagreements(result);
  std::fflush(stdout);
  for (const test::RefereeFigure& figure : result.figures)
    if (!figure.agrees) ++(figure.allowance > 0.0 ? all.windows : all.exact);
  all.coarse += result.problem.empty() && !result.simulation.reached ? 1 : 0;
  all.failed += result.problem.empty() ? 0 : 1;
}

///   only  number of a random system, or 0
void agreement(std::uint64_t only) {
  const auto cases = all_cases(only);
  const auto count = [](const std::vector<test::RefereeCase>& of) {
    std::size_t sum = 0;
    for (const auto& one : of) sum += test::count_figures(one);
    return sum;
  };
  const std::size_t figures = count(cases);
  // One system alone is asked as strictly as among all.
  const std::size_t family = only == 0 ? figures : count(all_cases(0));
  model::SimulateOptions options;
  options.assumptions = model::model_semantics();
  options.confidence = test::single_confidence(kFamily, family);
  options.threads = cores();
  const char* limit = std::getenv("HAPLAN_REFEREE_EVENTS");
  if (limit != nullptr) options.events = std::strtoull(limit, nullptr, 10);
  std::printf(
      "Agreement in model semantics: %zu systems, %zu figures, every interval with confidence %.6f "
      "%%, so that all of "
      "them\nhold with %g %%; half width of every unavailability at most %g %% at 95 %%.\n",
      cases.size(), figures, 100 * options.confidence, 100 * kFamily, 100 * options.precision);
  std::printf("%-22s %7s %5s %9s %8s %9s %9s %-8s %8s %5s\n", "system", "figures", "apart",
              "lowest U", "within", "events", "years", "method", "time", "sigma");
  Exceptions all;
  for (const auto& one : cases) print_case(one, options, all);
  std::printf(
      "%zu exceptions among the %zu exact figures; %zu of the %zu approximate figures of windows "
      "are off by more than "
      "2 %%;\n%zu systems less precise than asked for; %zu without figures\n\n",
      all.exact, figures / 3 * 2, all.windows, figures / 3, all.coarse, all.failed);
}

/// What changes between two semantics, from pairs of paths with the same random numbers: every entity has a stream of its
/// own, so that both members of a pair meet the same failures until the semantics part them.
struct PairedChange {
  double from = 0.0;      ///< mean over the first members
  double relative = 0.0;  ///< mean difference over it
  double reach = 0.0;     ///< of an interval of 95 %, relative
};

struct PairedFigures {
  std::vector<PairedChange> unavailability;  ///< per service
  std::vector<PairedChange> error_ratio;
};

PairedChange paired(const std::vector<double>& from, const std::vector<double>& to) {
  const auto n = static_cast<double>(from.size());
  PairedChange change;
  double difference = 0.0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    change.from += from[i] / n;
    difference += (to[i] - from[i]) / n;
  }
  double square = 0.0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    // A ratio of means: what is left of each pair.
    const double rest = to[i] - from[i] - difference / change.from * from[i];
    square += rest * rest;
  }
  change.relative = difference / change.from;
  change.reach = 1.96 * std::sqrt(square / (n * (n - 1.0))) / change.from;
  return change;
}

PairedFigures paired_change(const test::Reference& reference, const model::Assumptions& from,
                            const model::Assumptions& to) {
  constexpr std::uint64_t kPairs = 128;
  constexpr double kLength = 300 * kYear;  // of each path
  const auto a = model::Layout::of(reference.system, reference.deployment, from);
  const auto b = model::Layout::of(reference.system, reference.deployment, to);
  const std::size_t services = reference.system.services.size();
  if (!a || !b) return {};
  const double settled = model::settling_time(reference.system, reference.deployment);
  using Rows = std::vector<std::vector<double>>;
  Rows down_a(services, std::vector<double>(kPairs)), down_b = down_a, bad_a = down_a,
                                                      bad_b = down_a;
  std::atomic<std::uint64_t> next{0};
  const auto work = [&] {
    for (std::uint64_t pair = next++; pair < kPairs; pair = next++)
      for (const bool second : {false, true}) {
        model::Process process(second ? *b : *a, 1, pair);
        process.play(settled);
        process.clear_tally();
        process.play(settled + kLength);
        for (std::size_t s = 0; s < services; ++s) {
          const model::ServiceTally& tally = process.tally().services[s];
          (second ? down_b : down_a)[s][pair] = tally.down / process.tally().time;
          (second ? bad_b : bad_a)[s][pair] = tally.failed / tally.requests;
        }
      }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < cores(); ++i) others.emplace_back(work);
    work();
  }
  PairedFigures figures;
  for (std::size_t s = 0; s < services; ++s) {
    figures.unavailability.push_back(paired(down_a[s], down_b[s]));
    figures.error_ratio.push_back(paired(bad_a[s], bad_b[s]));
  }
  return figures;
}

std::string text_of(const PairedChange& change) {
  char text[64];
  std::snprintf(text, sizeof text, "%+.2f %% (%.2f)", 100 * change.relative, 100 * change.reach);
  return text;
}

///   only  name of an assumption, or empty
void assumptions(const std::string& only) {
  const test::Reference reference = test::reference_system();
  const auto print = [&](const char* name, const PairedFigures& dropped,
                         const PairedFigures& held) {
    for (std::size_t s = 0; s < reference.system.services.size(); ++s)
      std::printf("%-24s %-10s %18s %18s %18s %18s\n", s == 0 ? name : "",
                  reference.system.services[s].name.c_str(),
                  text_of(dropped.unavailability[s]).c_str(),
                  text_of(dropped.error_ratio[s]).c_str(), text_of(held.unavailability[s]).c_str(),
                  text_of(held.error_ratio[s]).c_str());
    std::fflush(stdout);
  };
  std::printf(
      "Assumptions one by one on the reference, by pairs of paths with the same random numbers; in "
      "brackets half an "
      "interval of 95 %%\n\n%-24s %-10s %18s %18s %18s %18s\n",
      "assumption", "service", "model without: U", "error ratio", "cluster with: U", "error ratio");
  if (only.empty())
    print("(all of them)", paired_change(reference, model::model_semantics(), {}),
          paired_change(reference, {}, model::model_semantics()));
  for (const model::AssumptionEntry& entry : model::assumption_entries()) {
    if (!only.empty() && only != entry.name) continue;
    model::Assumptions without = model::model_semantics();
    without.*entry.member = false;
    model::Assumptions with;
    with.*entry.member = true;
    print(entry.name, paired_change(reference, model::model_semantics(), without),
          paired_change(reference, {}, with));
  }
  std::printf("\n");
}

/// Events of one path, one thread.
void play(benchmark::State& state, const model::System& system, const model::Deployment& deployment,
          const model::Assumptions& held) {
  const auto layout = model::Layout::of(system, deployment, held);
  if (!layout) return state.SkipWithError(layout.error().message.c_str());
  model::Process process(*layout, 1, 1);
  constexpr double kPiece = 10 * kYear;
  std::uint64_t events = 0;
  for (auto _ : state) {
    process.play(process.now() + kPiece);
    events += process.tally().events;
    process.clear_tally();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

void reference_model(benchmark::State& state) {
  const test::Reference reference = test::reference_system();
  play(state, reference.system, reference.deployment, model::model_semantics());
}

void reference_cluster(benchmark::State& state) {
  const test::Reference reference = test::reference_system();
  play(state, reference.system, reference.deployment, {});
}

/// What referee_peers.py simulates too.
test::RefereeCase small_case() {
  constexpr double kDay = 86400.0;
  test::RefereeCase one;
  one.name = "small";
  model::Component web;
  web.name = "web";
  web.modes.push_back({"crash", 1.0 / kDay, model::Detection::exit, 60.0, true});
  web.need.push_back(2);
  for (std::size_t n = 0; n < 3; ++n) {
    model::Node node;
    node.name = "node-" + std::to_string(n + 1);
    node.modes.push_back(
        {"down", 1.0 / (30 * kDay), 4 * 3600.0, model::RepairLaw::exponential, 0.0});
    one.system.nodes.push_back(std::move(node));
    web.allowed.push_back(n);
  }
  one.system.components.push_back(std::move(web));
  one.system.levels.push_back({});
  model::Requirement leaf;
  leaf.kind = model::Requirement::Kind::component;
  model::Service site;
  site.name = "site";
  site.requires_.of.push_back(leaf);
  one.system.services.push_back(std::move(site));
  model::ComponentPlan plan;
  plan.replicas = 3;
  plan.nodes = {0, 1, 2};
  one.deployment.components.push_back(std::move(plan));
  return one;
}

void small(benchmark::State& state) {
  const test::RefereeCase one = small_case();
  play(state, one.system, one.deployment, model::model_semantics());
}

/// The answer of the small model, which the peers are asked for too.
void print_small() {
  model::SimulateOptions options;
  options.assumptions = model::model_semantics();
  const auto simulated = model::simulate(small_case().system, small_case().deployment, options);
  if (!simulated) return;
  const model::SimulatedFigure& u = simulated->services[0].unavailability;
  const double q = 1 - 1 / (1 + 4.0 / (30 * 24)) / (1 + 60.0 / 86400);
  const double answer = 3 * q * q - 2 * q * q * q;
  std::printf(
      "three replicas on three nodes, two needed: U = %.6e, simulated %.6e, off by %+.1f sigma\n",
      answer, u.estimate.value, (u.estimate.value - answer) / u.deviation);
}

BENCHMARK(reference_model)->Name("referee/reference/model")->Unit(benchmark::kMillisecond);
BENCHMARK(reference_cluster)->Name("referee/reference/cluster")->Unit(benchmark::kMillisecond);
BENCHMARK(small)->Name("referee/three_replicas")->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  const char* only = std::getenv("HAPLAN_REFEREE");
  const std::string part = only == nullptr ? "" : only;
  const std::uint64_t system = std::strtoull(part.c_str(), nullptr, 10);
  const bool one_assumption = std::ranges::any_of(
      model::assumption_entries(), [&](const auto& entry) { return part == entry.name; });
  if (part.empty() || part == "agreement" || system != 0) agreement(system);
  if (part.empty() || part == "assumptions" || one_assumption)
    assumptions(one_assumption ? part : "");
  if (!part.empty() && part != "speed") return 0;
  benchmark::Initialize(&argc, argv);
  print_small();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
