#include "model/uncertainty/law.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

namespace {

Law law(const Uncertainty& known) {
  const Result<Law> made = Law::make(known);
  REQUIRE(made.has_value());
  return *made;
}

std::string why_not(const Uncertainty& known) {
  const Result<Law> made = Law::make(known);
  return made ? "" : made.error().message;
}

}  // namespace

TEST_CASE("law: low and high are quantiles of every law at every level") {
  for (const LawKind kind : {LawKind::lognormal, LawKind::uniform, LawKind::triangular})
    for (const double level : {0.5, 0.8, 0.9, 0.95}) {
      const Law of = law({.value = 6, .low = 5, .high = 8, .level = level, .kind = kind});
      CHECK(near_relative(of.quantile((1 - level) / 2), 5, 1e-12));
      CHECK(near_relative(of.quantile((1 + level) / 2), 8, 1e-12));
      CHECK(near_relative(of.cdf(5), (1 - level) / 2, 1e-10));
      CHECK(near_relative(of.cdf(8), (1 + level) / 2, 1e-10));
      double last = 0.0;
      for (double p = 0.01; p < 1.0; p += 0.01) {
        const double x = of.quantile(p);
        CHECK(x > last);
        CHECK(near_relative(of.cdf(x), p, 1e-10));
        last = x;
      }
    }
}

TEST_CASE("law: a lognormal has its median at the geometric mean of its ends") {
  // As in reactor safety: 30 to 300 days at 90 % is a median of 94.87 and an error factor of sqrt(10).
  const Law mtbf = law({.value = 90, .low = 30, .high = 300});
  CHECK(near_relative(mtbf.quantile(0.5), std::sqrt(30.0 * 300.0), 1e-14));
  // sigma = ln sqrt(10) / 1.6448536269514722 = 0.69993; the mean is median exp(sigma^2 / 2), the 84.134 % quantile
  // median exp(sigma).
  const double sigma = 0.5 * std::log(10.0) / 1.6448536269514722;
  CHECK(
      near_relative(mtbf.quantile(0.8413447460685429), std::sqrt(9000.0) * std::exp(sigma), 1e-12));
  CHECK(mtbf.nominal() == 90);
}

TEST_CASE("law: a probability's lognormal stays a probability and reads alike for the complement") {
  const Law fails = law({.value = 0.2, .low = 0.05, .high = 0.6, .probability = true});
  const Law works = law({.value = 0.8, .low = 0.4, .high = 0.95, .probability = true});
  CHECK(near_relative(fails.quantile(0.05), 0.05, 1e-12));
  CHECK(near_relative(fails.quantile(0.95), 0.6, 1e-12));
  for (const double p : {1e-9, 0.01, 0.3, 0.5, 0.9, 1 - 1e-9}) {
    CHECK(fails.quantile(p) > 0.0);
    CHECK(fails.quantile(p) < 1.0);
    CHECK(near_relative(works.quantile(1 - p), 1 - fails.quantile(p), 1e-9));
  }
  // Small ones are lognormal: the odds p/(1-p) are p but for p^2.
  const Law small = law({.value = 2e-6, .low = 1e-6, .high = 4e-6, .probability = true});
  const Law plain = law({.value = 2e-6, .low = 1e-6, .high = 4e-6});
  CHECK(near_relative(small.quantile(0.7), plain.quantile(0.7), 1e-5));
}

TEST_CASE("law: bounded laws have the ends that their interval implies") {
  // Uniform: 90 % of the width is 9, so the width is 10.
  const Law uniform = law({.value = 2, .low = 1, .high = 10, .kind = LawKind::uniform});
  CHECK(near_relative(uniform.quantile(1e-12), 0.5, 1e-9));
  CHECK(near_relative(uniform.quantile(1 - 1e-12), 10.5, 1e-9));
  CHECK(near_relative(uniform.quantile(0.25), 3.0, 1e-14));
  // Triangle with its mode in the middle: half its width h leaves (h - d)^2 / (2 h^2) = 0.05 beyond d = 1, so
  // h = 1 / (1 - sqrt(0.1)).
  const Law triangle = law({.value = 5, .low = 4, .high = 6, .kind = LawKind::triangular});
  const double h = 1.0 / (1.0 - std::sqrt(0.1));
  CHECK(near_relative(triangle.quantile(1e-14), 5 - h, 1e-6));
  CHECK(near_relative(triangle.quantile(0.5), 5, 1e-12));
  CHECK(near_relative(triangle.quantile(0.125), 5 - h / 2, 1e-12));
  // At a level of 100 % low and high are the ends; with mode = low the law falls linearly.
  const Law falling =
      law({.value = 0, .low = 0, .high = 2, .level = 1.0, .kind = LawKind::triangular});
  CHECK(near_relative(falling.quantile(0.75), 1.0, 1e-12));
  const Law whole = law({.value = 1, .low = 1, .high = 3, .level = 1.0, .kind = LawKind::uniform});
  CHECK(near_relative(whole.quantile(0.5), 2.0, 1e-14));
}

TEST_CASE("law: what is known exactly is drawn as it is") {
  for (const LawKind kind : {LawKind::lognormal, LawKind::uniform, LawKind::triangular}) {
    const Law of = law({.value = 3, .low = 3, .high = 3, .kind = kind});
    CHECK(of.quantile(0.01) == 3);
    CHECK(of.quantile(0.99) == 3);
    CHECK(of.cdf(2.9) == 0.0);
    CHECK(of.cdf(3.0) == 1.0);
  }
}

TEST_CASE("law: says what is wrong with an interval") {
  CHECK(why_not({.value = 5, .low = 6, .high = 8}) == "the value must lie between low and high");
  CHECK(why_not({.value = 5, .low = 4, .high = 3}) == "the value must lie between low and high");
  CHECK(why_not({.value = 1, .low = 0, .high = 3}) == "the low end of a lognormal must be above 0");
  CHECK(why_not({.value = 1, .low = 0.5, .high = INFINITY}) ==
        "value, low and high must be finite");
  CHECK(why_not({.value = 2, .low = 1, .high = 3, .level = 1.0}) ==
        "the level of a lognormal must lie between 0 % and 100 %");
  CHECK(why_not({.value = 2, .low = 1, .high = 3, .level = 0.0, .kind = LawKind::uniform}) ==
        "the level must be above 0 % and at most 100 %");
  CHECK(why_not({.value = 0.5, .low = 0.1, .high = 1.0, .probability = true}) ==
        "the high end of a probability's lognormal must be below 100 %");
  // 90 % of the width is 9.9, so that the law would begin at -0.45.
  CHECK(why_not({.value = 1, .low = 0.1, .high = 10, .kind = LawKind::uniform}) ==
        "at this level the law reaches below 0; give it as lognormal");
  CHECK(why_not({.value = 0.7,
                 .low = 0.6,
                 .high = 0.99,
                 .kind = LawKind::uniform,
                 .probability = true}) ==
        "at this level the law reaches beyond 100 %; give it as lognormal");
}
