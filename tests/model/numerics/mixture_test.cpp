#include "model/numerics/mixture.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

TEST_CASE("mixture: weighs means, laws and ends") {
  // Nine of ten take U(0,10), the tenth 100: mean 4.5 + 10, P(<= 5) = 0.45, worst 100.
  DelayMixture mixture;
  mixture.add(0.9, Delay({Stage::uniform(0.0, 10.0)}));
  mixture.add(0.1, Delay({Stage::fixed(100.0)}));
  mixture.add(0.0, Delay({Stage::fixed(1e9)}));
  CHECK(mixture.parts().size() == 2);
  CHECK(near_relative(mixture.mean(), 14.5, 1e-15));
  CHECK(mixture.least() == 0.0);
  CHECK(mixture.worst() == 100.0);
  CHECK(mixture.exact());
  CHECK(near_relative(mixture.at_most(5.0).value, 0.45, 1e-15));
  CHECK(near_relative(mixture.above(50.0).value, 0.1, 1e-15));
}

TEST_CASE("mixture: quantiles invert the law, also across a gap") {
  DelayMixture mixture;
  mixture.add(0.9, Delay({Stage::uniform(0.0, 10.0)}));
  mixture.add(0.1, Delay({Stage::fixed(100.0)}));
  CHECK(near_relative(mixture.quantile(0.45).value, 5.0, 1e-11));
  CHECK(near_relative(mixture.quantile(0.9).value, 10.0, 1e-11));
  CHECK(near_relative(mixture.quantile(0.95).value, 100.0, 1e-11));
  CHECK(mixture.quantile(0.45).method == Method::exact);
}

TEST_CASE("mixture: quantiles of trapezoid, exponential and lognormal equal their closed forms") {
  // Trapezoid 54 + U(0,10) + U(0,5): upper tail (69 - t)^2 / 100, so p99 = 68, p50 = 61.5.
  const DelayMixture hang(
      Delay({Stage::fixed(54.0), Stage::uniform(0.0, 10.0), Stage::uniform(0.0, 5.0)}));
  CHECK(near_relative(hang.quantile(0.99).value, 68.0, 1e-12));
  CHECK(near_relative(hang.quantile(0.5).value, 61.5, 1e-12));
  CHECK(near_relative(hang.quantile(0.999).value, 69.0 - std::sqrt(0.1), 1e-12));
  const DelayMixture reboot(Delay({Stage::exponential(300.0)}));
  CHECK(near_relative(reboot.quantile(0.999).value, 300.0 * std::log(1000.0), 1e-10));
  const DelayMixture disk(Delay({Stage::lognormal(14400.0, 1.2)}));
  CHECK(near_relative(disk.quantile(0.5).value, 14400.0 * std::exp(-0.72), 1e-10));
}

TEST_CASE("mixture: a quantile of a law on a grid is an interval around it") {
  // Uniform plus uniform plus exponential: bounded, not exact.
  const DelayMixture mixture(
      Delay({Stage::exponential(3.0), Stage::uniform(0.0, 4.0), Stage::uniform(0.0, 7.0)}));
  const Estimate p99 = mixture.quantile(0.99);
  CHECK(p99.method == Method::bounded);
  CHECK(p99.lower <= p99.value);
  CHECK(p99.value <= p99.upper);
  CHECK(p99.upper - p99.lower < 1e-3);
  CHECK(mixture.above(p99.upper).lower <= 0.01);
}
