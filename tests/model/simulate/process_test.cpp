#include "model/simulate/process.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "model/availability/evaluate.hpp"
#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"
#include "tests/support/reference.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

namespace {

constexpr double kYear = 365.25 * 86400.0;

/// Mean of independent batches and its standard error.
struct Sampled {
  std::vector<double> values;
  [[nodiscard]] double mean() const {
    double sum = 0.0;
    for (const double x : values) sum += x;
    return sum / static_cast<double>(values.size());
  }
  [[nodiscard]] double error() const {
    const double m = mean();
    double sum = 0.0;
    for (const double x : values) sum += (x - m) * (x - m);
    const auto n = static_cast<double>(values.size());
    return std::sqrt(sum / (n - 1.0) / n);
  }
};

/// The rule for all comparisons of this file: at most 4.5 standard errors of 30 batches apart, which with Student's
/// law of 29 degrees happens once in 10^4; about 130 comparisons are made, with fixed seeds.
bool agrees(const Sampled& sampled, double exact) {
  return std::abs(sampled.mean() - exact) <= 4.5 * sampled.error() + 1e-12 * exact;
}

struct Batches {
  std::vector<Sampled> unavailability;
  std::vector<Sampled> frequency;
  std::vector<Sampled> errors;
  std::vector<double> outages;
};

Batches play(const Layout& layout, double years, int batches = 30) {
  const std::size_t services = layout.system.services.size();
  Batches result{std::vector<Sampled>(services), std::vector<Sampled>(services),
                 std::vector<Sampled>(services), std::vector<double>(services)};
  Process process(layout, 20261122, 0);
  for (int b = 0; b < batches; ++b) {
    process.clear_tally();
    process.play(process.now() + years / batches * kYear);
    const Tally& tally = process.tally();
    for (std::size_t s = 0; s < services; ++s) {
      const ServiceTally& service = tally.services[s];
      result.unavailability[s].values.push_back(service.down / tally.time);
      result.frequency[s].values.push_back(service.outages / tally.time);
      result.errors[s].values.push_back(service.failed / service.requests);
      result.outages[s] += service.outages;
    }
  }
  return result;
}

/// Two replicas on two nodes: exact figure below, by hand.
haplan::test::Sample pair_of_replicas() {
  haplan::test::Sample sample;
  System& system = sample.system;
  Component web;
  web.name = "web";
  web.start = 3.0;
  web.modes = {{.name = "crash", .rate = 1.0 / (30 * 86400.0), .repair = 60.0}};
  web.allowed = {0, 1};
  for (const char* const name : {"node-1", "node-2"}) {
    Node node{.name = name, .pool = "node", .parent = std::nullopt};
    node.modes = {{.name = "reboot", .rate = 1.0 / (90 * 86400.0), .repair = 300.0}};
    system.nodes.push_back(node);
  }
  system.components = {web};
  system.levels = {{.name = "always"}};
  Requirement leaf;
  leaf.kind = Requirement::Kind::component;
  system.services = {{.name = "front", .requires_ = {.of = {leaf}}}};
  sample.deployment.components = {{.replicas = 2, .nodes = {0, 1}}};
  return sample;
}

}  // namespace

TEST_CASE("process: the reference agrees with its evaluation") {
  const haplan::test::Reference reference = haplan::test::reference_system();
  const auto exact = evaluate(reference.system, reference.deployment);
  const auto layout = Layout::of(reference.system, reference.deployment, model_semantics());
  REQUIRE((exact && layout));
  const Batches sampled = play(*layout, 1500.0);
  for (std::size_t s = 0; s < exact->services.size(); ++s) {
    CAPTURE(s);
    CHECK(agrees(sampled.unavailability[s], exact->services[s].unavailability.value));
    CHECK(agrees(sampled.frequency[s], exact->services[s].outage_frequency));
    CHECK(agrees(sampled.errors[s], exact->services[s].error_ratio));
    CHECK(sampled.unavailability[s].error() < 0.03 * sampled.unavailability[s].mean());
  }
}

TEST_CASE("process: random systems agree with their evaluation where outages are frequent") {
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    const haplan::test::Sample sample = haplan::test::random_sample(seed);
    const auto exact = evaluate(sample.system, sample.deployment);
    const auto layout = Layout::of(sample.system, sample.deployment, model_semantics());
    REQUIRE((exact && layout));
    const Batches sampled = play(*layout, 30.0);
    for (std::size_t s = 0; s < exact->services.size(); ++s) {
      // Rare outages need biasing; their few occurrences have no normal law.
      if (exact->services[s].outage_frequency * 30.0 * kYear < 1000.0) continue;
      CAPTURE(s);
      ++compared;
      CHECK(agrees(sampled.frequency[s], exact->services[s].outage_frequency));
      if (sampled.unavailability[s].error() > 0.1 * sampled.unavailability[s].mean()) continue;
      CHECK(agrees(sampled.unavailability[s], exact->services[s].unavailability.value));
      CHECK(agrees(sampled.errors[s], exact->services[s].error_ratio));
    }
  }
  CHECK(compared >= 20);
}

// U = v^2 + 2 v (1-v) u + (1-v)^2 u^2 with u = x/(1+x), x = 60 s / 30 d, and v = y/(1+y), y = 300 s / 90 d, for one
// replica per node; 3.8e-9.
TEST_CASE("process: biased cycles are unbiased where outages are rare") {
  const haplan::test::Sample sample = pair_of_replicas();
  const double x = 60.0 / (30 * 86400.0);
  const double y = 300.0 / (90 * 86400.0);
  const double u = x / (1.0 + x);
  const double v = y / (1.0 + y);
  const double exact = v * v + 2.0 * v * (1.0 - v) * u + (1.0 - v) * (1.0 - v) * u * u;
  const auto layout = Layout::of(sample.system, sample.deployment, model_semantics());
  REQUIRE(layout);
  for (const double push : {0.3, 0.6}) {
    CAPTURE(push);
    Process main(*layout, 5, 0);
    main.play_cycle();
    Process branch = main;
    Sampled per_cycle;
    Sampled ratio;
    double time = 0.0;
    constexpr int kCycles = 20'000;
    main.clear_tally();
    for (int i = 0; i < kCycles; ++i) {
      branch = main;
      branch.restream(static_cast<std::uint64_t>(i) + 1);
      branch.clear_tally();
      branch.play_cycle_biased(push);
      per_cycle.values.push_back(branch.tally().services[0].down);
      ratio.values.push_back(branch.tally().cycles);
      main.play_cycle();
    }
    time = main.tally().time / kCycles;
    for (double& value : per_cycle.values) value /= time;
    CHECK(agrees(per_cycle, exact));
    CHECK(agrees(ratio, 1.0));  // the mean of the likelihood ratio
    CHECK(per_cycle.error() < 0.06 * exact);
  }
}

TEST_CASE("process: biased cycles are unbiased where a chain must leave by a rare way") {
  // up -> worn once in 20 d, back within 10 min, but one time in 50 on to out, for 40 min.
  constexpr double kWear = 1.0 / (20 * 86400.0);
  constexpr double kBack = 0.98 / 600.0;
  constexpr double kOn = 0.02 / 600.0;
  constexpr double kReturn = 1.0 / 2400.0;
  haplan::test::Sample sample = pair_of_replicas();
  Component& component = sample.system.components[0];
  component = Component{};
  component.name = "chain";
  component.type = ComponentType::markov;
  component.chain = StateChain{{"up", "worn", "out"},
                               {true, true, false},
                               {{0, 1, kWear}, {1, 0, kBack}, {1, 2, kOn}, {2, 0, kReturn}}};
  const double worn = kWear * 600.0;  // relative to up
  const double out = worn * kOn / kReturn;
  const auto layout = Layout::of(sample.system, sample.deployment, model_semantics());
  REQUIRE(layout);
  Process main(*layout, 5, 0);
  main.play_cycle();
  Process branch = main;
  Preference preference(main.choices());
  Sampled per_cycle;
  Sampled ratio;
  constexpr int kCycles = 20'000;
  main.clear_tally();
  for (int i = 0; i < kCycles; ++i) {
    branch = main;
    branch.restream(static_cast<std::uint64_t>(i) + 1);
    branch.clear_tally();
    branch.play_cycle_biased(0.5, preference, 0);
    per_cycle.values.push_back(branch.tally().services[0].down);
    ratio.values.push_back(branch.tally().cycles);
    main.play_cycle();
  }
  const double time = main.tally().time / kCycles;
  for (double& value : per_cycle.values) value /= time;
  CHECK(agrees(per_cycle, out / (1.0 + worn + out)));
  CHECK(agrees(ratio, 1.0));
}

TEST_CASE("process: the same seed and path repeat, another path or a restream does not") {
  const haplan::test::Reference reference = haplan::test::reference_system();
  const auto layout = Layout::of(reference.system, reference.deployment, model_semantics());
  REQUIRE(layout);
  Process a(*layout, 1, 1);
  Process b(*layout, 1, 1);
  Process other(*layout, 1, 2);
  a.play(20 * kYear);
  b.play(7 * kYear);  // where a path is interrupted does not matter
  b.play(20 * kYear);
  other.play(20 * kYear);
  CHECK(a.tally().events == b.tally().events);
  CHECK(near_relative(a.tally().services[0].down, b.tally().services[0].down, 1e-12));
  CHECK(a.tally().events != other.tally().events);
  Process copy = a;
  copy.play(30 * kYear);
  a.play(30 * kYear);
  CHECK(a.tally().services[0].down == copy.tally().services[0].down);
  Process apart = a;
  apart.restream(9);
  apart.play(50 * kYear);
  a.play(50 * kYear);
  CHECK(a.tally().events != apart.tally().events);
}

TEST_CASE("process: windows add up to the downtime and time goes on over very long paths") {
  const haplan::test::Reference reference = haplan::test::reference_system();
  const auto layout = Layout::of(reference.system, reference.deployment, model_semantics());
  REQUIRE(layout);
  Process process(*layout, 3, 0);
  process.play(400 * kYear);  // local times start anew about every 127 years
  CHECK(process.now() == 400 * kYear);
  CHECK(near_relative(process.tally().time, 400 * kYear, 1e-12));
  const ServiceTally& service = process.tally().services[0];
  CHECK(service.window_downtime.size() == static_cast<std::size_t>(400 * kYear / (30 * 86400.0)));
  double sum = 0.0;
  for (const double window : service.window_downtime) sum += window;
  CHECK(near_relative(sum, service.down, 1e-3));  // the last window is not complete
}
