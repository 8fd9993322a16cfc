#include "model/numerics/sum.hpp"

#include <doctest/doctest.h>

#include "tests/support/near.hpp"

using haplan::model::CompensatedSum;

TEST_CASE("sum: keeps what a plain sum rounds away") {
  CompensatedSum sum;
  sum.add(1.0);
  for (int i = 0; i < 1000; ++i) sum.add(1e-17);  // each alone is lost next to 1
  sum.add(-1.0);
  CHECK(haplan::test::near_relative(sum.value(), 1e-14, 1e-12));
}

TEST_CASE("sum: a large term after small ones loses nothing") {
  CompensatedSum sum;
  sum.add(1.0);
  sum.add(1e100);
  sum.add(1.0);
  sum.add(-1e100);
  CHECK(sum.value() == 2.0);
}
