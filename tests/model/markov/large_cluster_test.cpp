// A chain that takes seconds and half a gigabyte.

#include <doctest/doctest.h>

#include "model/markov/long_run.hpp"
#include "tests/support/workstation_cluster.hpp"

using namespace haplan::model;
using haplan::test::workstation_cluster;

TEST_CASE("large_cluster: 2.4 million states, with the published value inside the bound") {
  // Counts of the PRISM case study for N = 256; premium service as printed by PRISM 4.10 with
  // Gauss-Seidel at 1e-12, to 14 digits.
  const auto cluster = workstation_cluster(256);
  REQUIRE(cluster.has_value());
  CHECK(cluster->chain.state_count() == 2'373'652);
  CHECK(cluster->chain.transition_count() == 11'583'520);
  const auto mean = long_run_mean(cluster->chain, cluster->service(256));
  REQUIRE(mean.has_value());
  CHECK(mean->value.lower <= 0.99696555197593 + 5e-15);
  CHECK(mean->value.upper >= 0.99696555197593 - 5e-15);
  CHECK(mean->value.upper - mean->value.lower <= 2e-10);
  CHECK(mean->iterations <= 90);
}
