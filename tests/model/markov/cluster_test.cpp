// The workstation cluster as a witness of chains that are too large to eliminate.

#include <doctest/doctest.h>

#include "model/markov/long_run.hpp"
#include "model/markov/steady_state.hpp"
#include "tests/support/near.hpp"
#include "tests/support/workstation_cluster.hpp"

using namespace haplan::model;
using haplan::test::near_relative;
using haplan::test::workstation_cluster;

namespace {

struct Known {
  unsigned n;
  double premium;
  double digits;  ///< half a unit of the last digit given
};

}  // namespace

TEST_CASE("cluster: premium service equals exact and published values to 1e-13") {
  // N = 2, 4 and 8 from elimination with 60 decimal digits, N = 2 and 4 from rational arithmetic too;
  // 16 as printed by PRISM 4.10 with Gauss-Seidel.
  for (const Known& known :
       {Known{2, 0.99996153356236284584, 0}, Known{4, 0.99992124085137938031, 0},
        Known{8, 0.99983306926741071913, 0}, Known{16, 0.99964508886032, 5e-15}}) {
    CAPTURE(known.n);
    const auto cluster = workstation_cluster(known.n);
    REQUIRE(cluster.has_value());
    const auto mean = long_run_mean(cluster->chain, cluster->service(known.n),
                                    {.absolute = 3e-14, .dense_states = 0});
    REQUIRE(mean.has_value());
    CHECK(mean->value.lower <= known.premium + known.digits);
    CHECK(mean->value.upper >= known.premium - known.digits);
    CHECK(near_relative(mean->value.value, known.premium, 1e-13));
    CHECK(mean->iterations <= 30);
  }
}

TEST_CASE("cluster: elimination, folding and iteration agree") {
  const auto cluster = workstation_cluster(8);
  const auto folded = workstation_cluster(8, true);
  REQUIRE(folded.has_value());
  const auto eliminated =
      long_run_mean(folded->chain, folded->service(8), {.absolute = 1e-10, .dense_states = 1413});
  const auto iterated =
      long_run_mean(cluster->chain, cluster->service(8), {.absolute = 1e-13, .dense_states = 0});
  REQUIRE(eliminated.has_value());
  REQUIRE(iterated.has_value());
  CHECK(eliminated->iterations == 0);
  CHECK(near_relative(eliminated->value.value, iterated->value.value, 1e-13));
}

TEST_CASE("cluster: unavailability is as sharp as availability") {
  // 1 - 0.99996153356236284584.
  const auto cluster = workstation_cluster(2);
  std::vector<double> down = cluster->service(2);
  for (double& f : down) f = 1 - f;
  for (const std::size_t dense : {0U, 300U}) {
    const auto mean = long_run_mean(cluster->chain, down,
                                    {.absolute = 0.0, .relative = 1e-10, .dense_states = dense});
    REQUIRE(mean.has_value());
    CHECK(near_relative(mean->value.value, 3.846643763715416e-5, 1e-10));
  }
}

TEST_CASE("cluster: a hundred and fifty thousand states keep the bound that was asked for") {
  const auto cluster = workstation_cluster(64);
  REQUIRE(cluster->chain.state_count() == 151060);
  const auto wide = long_run_mean(cluster->chain, cluster->service(64));
  const auto narrow =
      long_run_mean(cluster->chain, cluster->service(64), {.absolute = 1e-13, .dense_states = 0});
  REQUIRE(wide.has_value());
  REQUIRE(narrow.has_value());
  CHECK(wide->value.lower <= narrow->value.value);
  CHECK(wide->value.upper >= narrow->value.value);
  CHECK(wide->value.upper - wide->value.lower <= 2e-10);
  CHECK(narrow->value.upper - narrow->value.lower <= 2e-13);
  CHECK(wide->iterations <= 25);
}
