#include "model/numerics/excess.hpp"

#include <doctest/doctest.h>

#include "tests/support/near.hpp"

namespace {

using namespace haplan::model;
using haplan::test::near_relative;

TEST_CASE("expected_excess: of a uniform time") {
  // E[max(T - t, 0)] of T in [2, 6]: 4 - t below 2, (6 - t)^2 / 8 within.
  const DelayMixture law(Delay({Stage::uniform(2.0, 6.0)}));
  CHECK(near_relative(expected_excess(law, 0.0), 4.0, 1e-15));
  CHECK(near_relative(expected_excess(law, 1.5), 2.5, 1e-15));
  CHECK(near_relative(expected_excess(law, 5.0), 0.125, 1e-14));
  CHECK(expected_excess(law, 6.0) == 0.0);
}

TEST_CASE("expected_excess: of a sum of two uniform times and a fixed one") {
  // S = 1 + U(0,1) + U(0,1): beyond t = 2 + x with x in [0, 1] the density is 1 - (s - 2), so the excess is (1 - x)^3 / 6.
  const DelayMixture law(
      Delay({Stage::fixed(1.0), Stage::uniform(0.0, 1.0), Stage::uniform(0.0, 1.0)}));
  CHECK(near_relative(expected_excess(law, 0.0), 2.0, 1e-15));
  CHECK(near_relative(expected_excess(law, 2.25), 0.75 * 0.75 * 0.75 / 6.0, 1e-13));
}

TEST_CASE("expected_excess: parts of a mixture add up") {
  DelayMixture law;
  law.add(0.75, Delay({Stage::fixed(10.0)}));
  law.add(0.25, Delay({Stage::uniform(0.0, 8.0)}));
  CHECK(near_relative(expected_excess(law, 4.0), 0.75 * 6.0 + 0.25 * 1.0, 1e-14));
}

}  // namespace
