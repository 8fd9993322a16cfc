#include "model/availability/breakdown.hpp"

#include <doctest/doctest.h>

#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"

// The parts of a figure against the figure itself, which other code computes.

namespace {

using namespace haplan;
using namespace haplan::model;
using test::near_relative;
using test::random_sample;
using test::Sample;

constexpr std::uint64_t kSystems = 120;

TEST_CASE("breakdown: situations add up to the unavailability, and their weights to one") {
  for (std::uint64_t seed = 0; seed < kSystems; ++seed) {
    INFO("seed " << seed);
    const Sample sample = random_sample(seed);
    const auto figures = evaluate(sample.system, sample.deployment);
    const auto parts = breakdown(sample.system, sample.deployment);
    REQUIRE(figures.has_value());
    REQUIRE(parts.has_value());
    REQUIRE(parts->size() == figures->services.size());
    for (std::size_t s = 0; s < parts->size(); ++s) {
      double weights = 0.0;
      double down = 0.0;
      for (const SituationPart& part : (*parts)[s].situations) {
        weights += part.weight;
        down += part.weight * part.down;
        CHECK(part.from >= 0.0);
        CHECK((part.drained.has_value() || part.from == 0.0));
      }
      CHECK(near_relative(weights, 1.0, 1e-12));
      CHECK(near_relative(down, figures->services[s].unavailability.value, 1e-12));
    }
  }
}

TEST_CASE("breakdown: levels and terms add up to the error ratio") {
  std::size_t misrouted = 0;
  for (std::uint64_t seed = 0; seed < kSystems; ++seed) {
    INFO("seed " << seed);
    const Sample sample = random_sample(seed);
    const auto figures = evaluate(sample.system, sample.deployment);
    const auto parts = breakdown(sample.system, sample.deployment);
    REQUIRE(figures.has_value());
    REQUIRE(parts.has_value());
    for (std::size_t s = 0; s < parts->size(); ++s) {
      const Breakdown& one = (*parts)[s];
      double ratio = 0.0;
      for (const ErrorLevel& level : one.error_levels) ratio += level.weight * level.down;
      for (const ErrorTerm& term : one.error_terms) {
        const double retry = sample.system.components[term.component].retry;
        CHECK(near_relative(term.failed, term.rate * term.share * term.window * (1.0 - retry),
                            1e-15));
        ratio += one.error_levels[term.level].weight * term.failed;
        ++misrouted;
      }
      CHECK(near_relative(ratio, figures->services[s].error_ratio, 1e-12));
    }
  }
  CHECK(misrouted > kSystems);
}

TEST_CASE("breakdown: the textbook figure of one required component is that of the component") {
  std::size_t compared = 0;
  for (std::uint64_t seed = 0; seed < kSystems; ++seed) {
    INFO("seed " << seed);
    Sample sample = random_sample(seed);
    for (Component& component : sample.system.components) component.depends_on.of.clear();
    for (ComponentId c = 0; c < sample.system.components.size(); ++c) {
      if (!sample.system.components[c].replicated()) continue;
      Requirement only{.kind = Requirement::Kind::component};
      only.component = c;
      for (Service& service : sample.system.services) service.requires_.of = {only};
      break;
    }
    const auto figures = evaluate(sample.system, sample.deployment);
    const auto parts = breakdown(sample.system, sample.deployment);
    REQUIRE(figures.has_value());
    REQUIRE(parts.has_value());
    for (std::size_t s = 0; s < parts->size(); ++s) {
      if (sample.system.services[s].requires_.of.size() != 1) continue;
      const Requirement& only = sample.system.services[s].requires_.of[0];
      if (only.kind != Requirement::Kind::component) continue;
      if (!sample.system.components[only.component].replicated()) continue;
      double down = 0.0;
      for (const ComponentPart& part : (*parts)[s].components)
        down += sample.system.levels[part.level].share * part.independent;
      CHECK(near_relative(down, figures->services[s].independent, 1e-12));
      ++compared;
    }
  }
  CHECK(compared > kSystems / 2);
}

}  // namespace
