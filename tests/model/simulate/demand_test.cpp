#include "model/simulate/demand.hpp"

#include <doctest/doctest.h>

#include "model/simulate/exact.hpp"
#include "model/system/graph.hpp"
#include "model/system/load.hpp"
#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

TEST_CASE("exact: a ceiling is decided by whole numbers and not by rounding") {
  // 0.1 * 3 / 0.3 is exactly 1; in floating point it is 1.0000000000000002.
  const Exact one = Exact({1, 10}) * Exact({3, 1}) / Exact({3, 10});
  CHECK(ceiling(one) == 1);
  CHECK(ceiling(one + Exact({1, 1'000'000'000'000'000'000})) == 2);
  CHECK(ceiling(Exact({0, 1})) == 0);
  CHECK(ceiling(Exact({7, 2})) == 4);
  // (2^62)^3 / ((2^62)^3 - ...) needs more than 128 bits: x = (2^62 / (2^62 - 1))^3 is a little above 1.
  const std::int64_t big = std::int64_t{1} << 62;
  const Exact x = Exact({big, big - 1});
  CHECK(ceiling(x * x * x) == 2);
  CHECK(ceiling(Exact({big - 1, big}) * Exact({big - 1, big})) == 1);
  CHECK((Exact({1, 3}) < Exact({34, 100})));
  CHECK_FALSE((Exact({34, 100}) < Exact({1, 3})));
}

// Two derivations of the same definition.
TEST_CASE("demand: agrees with the load table on random systems") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    const haplan::test::Sample sample = haplan::test::random_sample(seed);
    const System& system = sample.system;
    const Demand demand = demand_of(system, sample.deployment);
    const LoadTable table = load_table(system);
    for (ServiceId s = 0; s < system.services.size(); ++s)
      CHECK(demand.path[s] == path_of(system, s));
    for (LevelId level = 0; level < system.levels.size(); ++level) {
      for (ServiceId s = 0; s < system.services.size(); ++s)
        CHECK(near_relative(demand.service_rate[level][s], table.service_rate[level][s], 1e-15));
      for (ComponentId id = 0; id < system.components.size(); ++id) {
        const Component& component = system.components[id];
        if (!component.replicated()) continue;
        const ComponentPlan& plan = sample.deployment.components[id];
        CHECK(demand.replicas[level][id] == replicas_at(system, table, plan, id, level));
        if (component.type == ComponentType::stateless)
          CHECK(demand.need[level][id] == table.need[level][id]);
      }
    }
  }
}
