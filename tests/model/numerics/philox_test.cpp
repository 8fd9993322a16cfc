#include "model/numerics/philox.hpp"

#include <cmath>
#include <doctest/doctest.h>

using namespace haplan::model;

// The three vectors that come with the generator [SMDS11]: zeros, ones, digits of pi.
TEST_CASE("philox: gives the published words for the published counters") {
  using Words = std::array<std::uint32_t, 4>;
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  const std::uint32_t ones = 0xffffffff;
  CHECK(philox({ones, ones, ones, ones}, {ones, ones}) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("philox: streams of different entities, paths and seeds differ, equal ones repeat") {
  PhiloxStream a(1, 2, 3);
  PhiloxStream same(1, 2, 3);
  PhiloxStream entity(1, 2, 4);
  PhiloxStream path(1, 3, 3);
  PhiloxStream seed(2, 2, 3);
  for (int i = 0; i < 5; ++i) {
    const double x = a.uniform();
    CHECK(x == same.uniform());
    CHECK(x != entity.uniform());
    CHECK(x != path.uniform());
    CHECK(x != seed.uniform());
  }
}

// Mean 1/2 and variance 1/12 of 10^5 draws: standard errors 9.1e-4 and 2.4e-4; four of them are allowed.
TEST_CASE("philox: a stream is uniform in mean and variance and stays inside the open interval") {
  PhiloxStream stream(7, 0, 0);
  double sum = 0.0;
  double squares = 0.0;
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = stream.uniform();
    REQUIRE((x > 0.0 && x < 1.0));
    sum += x;
    squares += (x - 0.5) * (x - 0.5);
  }
  CHECK(std::abs(sum / kDraws - 0.5) < 4 * 9.1e-4);
  CHECK(std::abs(squares / kDraws - 1.0 / 12.0) < 4 * 2.4e-4);
}
