#include "model/availability/guarantee.hpp"

#include <doctest/doctest.h>

#include "model/availability/evaluate.hpp"
#include "model/availability/worst_placement.hpp"
#include "tests/support/all_placements.hpp"
#include "tests/support/near.hpp"
#include "tests/support/oracle.hpp"
#include "tests/support/random_system.hpp"

using namespace haplan;
using namespace haplan::test;

TEST_CASE("guaranteed_unavailability: is the largest over every placement that the rules allow") {
  int compared = 0, worse = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const Sample sample = random_sample(
        seed, {.most_states = 200, .most_nodes = 3, .most_components = 3, .most_replicas = 3});
    if (sample.system.nodes.empty()) continue;
    Random random(seed + 1'000'000);
    std::vector<model::CarriedRules> rules(sample.system.components.size());
    for (auto& rule : rules) rule = {random.chance(70), random.chance(70), random.chance(70)};
    const auto largest = largest_unavailability(sample.system, sample.deployment, rules, 400);
    if (!largest) continue;
    const auto engine = model::guaranteed_unavailability(sample.system, sample.deployment, rules);
    const auto own = oracle_evaluate(sample.system, sample.deployment, false);
    INFO("seed " << seed);
    REQUIRE(engine.has_value());
    for (std::size_t s = 0; s < largest->size(); ++s) {
      INFO("service " << s);
      ++compared;
      CHECK(near_relative(engine->at(s).value, largest->at(s), 1e-9));
      CHECK(engine->at(s).lower <= engine->at(s).value);
      CHECK(engine->at(s).value <= engine->at(s).upper);
      worse += largest->at(s) > static_cast<double>(own[s].unavailability) * (1 + 1e-9) ? 1 : 0;
    }
  }
  CHECK(compared > 100);  // services of more than fifty systems
  CHECK(worse > 30);      // whose own placement is not the worst
}

TEST_CASE("worst_placement: branch and bound contains the largest, however early it is cut") {
  int compared = 0, tight = 0, loose = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    const Sample sample = random_sample(
        seed, {.most_states = 400, .most_nodes = 4, .most_components = 3, .most_replicas = 3});
    if (sample.system.nodes.empty()) continue;
    const std::vector<model::CarriedRules> rules(sample.system.components.size());
    const auto largest = largest_unavailability(sample.system, sample.deployment, rules, 1500);
    const auto numbers = model::component_numbers(sample.system, sample.deployment);
    if (!largest) continue;
    REQUIRE(numbers.has_value());
    const auto load = model::load_table(sample.system);
    const model::WorldFigures figures(sample.system, sample.deployment, load, *numbers);
    const auto space = model::placement_space(sample.system, load, sample.deployment, rules,
                                              model::pinned_components(sample.system, rules));
    for (const auto& function : figures.functions()) {
      for (const std::size_t limit : {2, 100'000}) {
        const auto found =
            model::worst_placement({sample.system, sample.deployment, figures, space, function},
                                   {.work_limit = limit, .most_combinations = 0});
        for (const auto service : function.services) {
          INFO("seed " << seed << " service " << service << " limit " << limit);
          const double exact = largest->at(service);
          CHECK(found.lower <= exact * (1 + 1e-9));
          CHECK(found.upper >= exact * (1 - 1e-9));
          ++compared;
          (near_relative(found.upper, exact, 1e-7) ? tight : loose) += 1;
        }
      }
    }
  }
  CHECK(compared > 200);
  CHECK(tight > loose);  // the bound is worth having
  CHECK(loose > 0);      // and some searches were really cut
}

TEST_CASE("guaranteed_unavailability: an interval that a stop leaves contains the figure") {
  int early = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Sample sample = random_sample(seed, {.most_states = 400, .most_nodes = 4});
    if (sample.system.nodes.empty()) continue;
    const std::vector<model::CarriedRules> rules(sample.system.components.size());
    const auto whole = model::guaranteed_unavailability(sample.system, sample.deployment, rules);
    REQUIRE(whole.has_value());
    for (const int answers : {0, 1, 2, 3, 5, 8}) {
      int asked = 0;
      const auto cut = model::guaranteed_unavailability(
          sample.system, sample.deployment, rules, {.stop = [&] { return ++asked > answers; }});
      INFO("seed " << seed << " stop after " << answers);
      REQUIRE(cut.has_value());
      for (std::size_t s = 0; s < cut->size(); ++s) {
        CHECK(cut->at(s).lower <= whole->at(s).value * (1 + 1e-9));
        CHECK(cut->at(s).upper >= whole->at(s).value * (1 - 1e-9));
        early += cut->at(s).method == model::Method::bounded ? 1 : 0;
      }
    }
  }
  CHECK(early > 40);  // most were really cut
}

TEST_CASE("guaranteed figures: threads change neither the answer nor what the stop is asked") {
  int several = 0;
  int cut = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Sample sample = random_sample(seed, {.most_states = 400, .most_nodes = 4});
    if (sample.system.nodes.empty() || sample.system.services.size() < 2) continue;
    const std::vector<model::CarriedRules> rules(sample.system.components.size());
    const std::vector<double> limits(sample.system.services.size(), 1e-3);
    for (const int answers : {0, 1, 2, 4, 7, 1'000'000}) {
      INFO("seed " << seed << " stop after " << answers);
      const auto ask = [&](unsigned threads, int& asked) {
        const model::GuaranteeOptions options{.stop = [&] { return ++asked > answers; },
                                              .threads = threads};
        std::vector<double> all;
        const auto figures =
            model::guaranteed_unavailability(sample.system, sample.deployment, rules, options);
        REQUIRE(figures.has_value());
        for (const model::Estimate& figure : *figures)
          all.insert(all.end(), {figure.lower, figure.upper});
        const auto kept =
            model::guaranteed_kept(sample.system, sample.deployment, rules, limits, options);
        REQUIRE(kept.has_value());
        all.push_back(static_cast<double>(*kept));
        return all;
      };
      int asked_by_one = 0;
      int asked_by_three = 0;
      CHECK(ask(1, asked_by_one) == ask(3, asked_by_three));
      CHECK(std::min(asked_by_one, answers + 1) == std::min(asked_by_three, answers + 1));
      ++several;
      cut += asked_by_one > answers ? 1 : 0;
    }
  }
  CHECK(several > 50);
  CHECK(cut > 20);
}

TEST_CASE("evaluate: fails when it is stopped") {
  const Sample sample = random_sample(7, {.most_states = 400});
  const auto stopped =
      model::evaluate(sample.system, sample.deployment, {.stop = [] { return true; }});
  REQUIRE(!stopped.has_value());
  CHECK(stopped.error().fault == model::Fault::budget_exhausted);
}
