#include <doctest/doctest.h>

#include "model/availability/evaluate.hpp"
#include "model/availability/lost.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"

using namespace haplan;
using namespace haplan::test;

TEST_CASE("evaluate: equals exhaustive enumeration on 200 random small systems") {
  std::size_t joint_states = 0, rescheduled = 0, interesting = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Sample sample = random_sample(seed);
    const auto oracle = oracle_evaluate(sample.system, sample.deployment);
    const auto engine = model::evaluate(sample.system, sample.deployment);
    INFO("seed " << seed);
    REQUIRE(engine.has_value());
    const auto found = disagreements(sample.system, *engine, oracle, 1e-9);
    INFO(describe(found));
    CHECK(found.empty());
    joint_states += oracle.front().joint_states;
    rescheduled += engine->headroom ? 1 : 0;
    for (const auto& service : oracle) {
      interesting += service.unavailability > 1e-7L && service.unavailability < 0.5L ? 1 : 0;
    }
  }
  // The samples are worth the comparison: not all tiny, not all with one answer about headroom, not
  // all down.
  CHECK(joint_states > 10'000);
  CHECK(rescheduled > 40);
  CHECK(rescheduled < 200);
  CHECK(interesting > 150);
}

TEST_CASE("evaluate: gives the same unavailability without the other figures") {
  for (std::uint64_t seed = 201; seed <= 260; ++seed) {
    const Sample sample = random_sample(seed);
    const auto oracle = oracle_evaluate(sample.system, sample.deployment, false);
    const auto engine = model::evaluate(sample.system, sample.deployment, {.figures = false});
    REQUIRE(engine.has_value());
    for (std::size_t s = 0; s < oracle.size(); ++s) {
      INFO("seed " << seed << " service " << s);
      CHECK(near_relative(engine->services.at(s).unavailability.value,
                          static_cast<double>(oracle[s].unavailability), 1e-9));
    }
  }
}

TEST_CASE("evaluate: equals enumeration where nodes and domains are down for good") {
  int alone = 0, several = 0, already = 0, still_up = 0;
  for (std::uint64_t seed = 1001; seed <= 1200; ++seed) {
    const Sample sample = random_sample(seed, {.percent_down = 22});
    const auto oracle = oracle_evaluate(sample.system, sample.deployment);
    const auto engine = model::evaluate(sample.system, sample.deployment);
    INFO("seed " << seed);
    REQUIRE(engine.has_value());
    const auto found = disagreements(sample.system, *engine, oracle, 1e-9);
    INFO(describe(found));
    CHECK(found.empty());
    const model::Absence absence = model::absence_of(sample.system);
    alone += absence.replaced ? 1 : 0;
    several += !absence.replaced && !absence.nodes.empty() ? 1 : 0;
    for (const model::ServiceFigures& service : engine->services)
      for (const model::NodeLoss& loss : service.node_losses) {
        already += loss.already_down ? 1 : 0;
        still_up += !absence.nodes.empty() && !loss.already_down ? 1 : 0;
      }
  }
  // All that a drill has to tell apart occurs.
  CHECK(alone > 20);
  CHECK(several > 20);
  CHECK(already > 50);
  CHECK(still_up > 50);
}
