#include "model/uncertainty/break_even.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "tests/model/uncertainty/studies.hpp"
#include "tests/support/near.hpp"

using namespace haplan::model;
using namespace haplan::test;

TEST_CASE("break even: a product keeps its limit up to the limit over the other factor") {
  const Law a = law_of({.value = 2, .low = 0.5, .high = 8});
  const Law b = law_of({.value = 3, .low = 2.9, .high = 3.1});
  const auto product = [](std::span<const double> x) -> Result<Outcome> {
    return Outcome{{}, {x[0] * x[1] <= 10.0, x[0] * x[1] <= 5.0}};
  };
  const auto answer = break_even(study_of({a, b}, 0, 2, product));
  REQUIRE(answer.has_value());
  const BreakEven& first = (*answer)[0][0];
  CHECK(first.holds);
  REQUIRE(first.flips.size() == 1);
  CHECK(first.next == 0);
  CHECK(first.flips[0].holds_below);
  CHECK(first.flips[0].below <= 10.0 / 3.0);
  CHECK(first.flips[0].above >= 10.0 / 3.0);
  CHECK(near_relative(first.flips[0].below, first.flips[0].above, 1e-9));
  // The other factor would have to reach 5, far beyond its 99.9 % quantile.
  const BreakEven& second = (*answer)[0][1];
  CHECK(second.holds);
  CHECK(second.flips.empty());
  CHECK(!second.next.has_value());
  CHECK(near_relative(second.highest, b.quantile(0.999), 1e-12));
  CHECK(near_relative(second.lowest, b.quantile(0.001), 1e-12));
  // 2 * 3 is above 5: the verdict turns to good below 5/3.
  const BreakEven& third = (*answer)[1][0];
  CHECK(!third.holds);
  REQUIRE(third.flips.size() == 1);
  CHECK(third.flips[0].holds_below);
  CHECK(near_relative(third.flips[0].below, 5.0 / 3.0, 1e-8));
}

TEST_CASE(
    "break even: finds every flip of a verdict that comes and goes, the nearest first in line") {
  // Holds within (4, 5) and above 8.
  const auto window = [](std::span<const double> x) -> Result<Outcome> {
    return Outcome{{}, {(x[0] > 4.0 && x[0] < 5.0) || x[0] > 8.0}};
  };
  const Law law =
      law_of({.value = 7, .low = 2, .high = 10, .level = 1.0, .kind = LawKind::triangular});
  const auto answer = break_even(study_of({law}, 0, 1, window));
  REQUIRE(answer.has_value());
  const BreakEven& of = (*answer)[0][0];
  CHECK(!of.holds);
  REQUIRE(of.flips.size() == 3);
  CHECK(near_relative(of.flips[0].above, 4.0, 1e-8));
  CHECK(!of.flips[0].holds_below);
  CHECK(near_relative(of.flips[1].above, 5.0, 1e-8));
  CHECK(of.flips[1].holds_below);
  CHECK(near_relative(of.flips[2].above, 8.0, 1e-8));
  CHECK(of.next == 2);
}

TEST_CASE("break even: a step is found where it is, and what fails does not hold") {
  // Replicas needed jump; beyond 6 nothing can be evaluated.
  const auto steps = [](std::span<const double> x) -> Result<Outcome> {
    if (x[0] > 6.0) return tl::unexpected(Error{Fault::invalid_input, "too large", ""});
    return Outcome{{}, {std::ceil(x[0]) <= 4.0, true}};
  };
  const auto answer = break_even(study_of({uniform(1, 9)}, 0, 2, steps));
  REQUIRE(answer.has_value());
  const BreakEven& need = (*answer)[0][0];
  REQUIRE(need.flips.size() == 1);
  CHECK(need.flips[0].below <= 4.0);
  CHECK(need.flips[0].above > 4.0);
  CHECK(near_relative(need.flips[0].above, 4.0, 1e-8));
  const BreakEven& possible = (*answer)[1][0];
  REQUIRE(possible.flips.size() == 1);
  CHECK(near_relative(possible.flips[0].above, 6.0, 1e-8));
  CHECK(possible.flips[0].holds_below);
  // The nominal value must be possible.
  const auto wrong = break_even(study_of({uniform(5, 9)}, 0, 2, steps));
  REQUIRE(!wrong.has_value());
}

TEST_CASE("break even: what is known exactly has no other value") {
  const auto any = [](std::span<const double> x) -> Result<Outcome> {
    return Outcome{{}, {x[0] < 3.0}};
  };
  const auto answer = break_even(study_of({law_of({.value = 2, .low = 2, .high = 2})}, 0, 1, any));
  REQUIRE(answer.has_value());
  CHECK((*answer)[0][0].flips.empty());
  CHECK((*answer)[0][0].lowest == 2.0);
  CHECK((*answer)[0][0].highest == 2.0);
}
