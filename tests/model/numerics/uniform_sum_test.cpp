#include "model/numerics/uniform_sum.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <random>
#include <vector>

#include "model/base/contract.hpp"
#include "tests/support/near.hpp"

using haplan::model::ContractViolation;
using haplan::model::UniformSum;
using haplan::test::near_relative;

namespace {

/// Sum over subsets of the widths with alternating signs, in extended precision: the textbook form (Irwin and Hall for
/// equal widths).
double alternating_sum(const std::vector<double>& widths, double x) {
  long double sum = 0.0L;
  long double scale = 1.0L;
  for (std::size_t i = 0; i < widths.size(); ++i)
    scale *= static_cast<long double>(widths[i]) * static_cast<long double>(i + 1);
  for (std::size_t set = 0; set < (std::size_t{1} << widths.size()); ++set) {
    long double rest = x;
    long double term = 1.0L;
    for (std::size_t i = 0; i < widths.size(); ++i)
      if ((set >> i & 1) != 0) {
        rest -= widths[i];
        term = -term;
      }
    if (rest <= 0.0L) continue;
    for (std::size_t i = 0; i < widths.size(); ++i) term *= rest;
    sum += term;
  }
  return static_cast<double>(sum / scale);
}

}  // namespace

TEST_CASE("uniform_sum: of nothing is zero, of one width uniform") {
  const UniformSum nothing({0.0, 0.0});
  CHECK(nothing.size() == 0);
  CHECK(nothing.at_most(0.0) == 1.0);
  CHECK(nothing.at_most(-1e-9) == 0.0);
  CHECK(nothing.above(0.0) == 0.0);
  const UniformSum one({4.0});
  CHECK(one.at_most(1.0) == 0.25);
  CHECK(one.above(1.0) == 0.75);
  CHECK(one.density(1.0) == 0.25);
  CHECK(one.at_most(5.0) == 1.0);
  CHECK_THROWS_AS(UniformSum({-1.0}), ContractViolation);
}

TEST_CASE("uniform_sum: equals the law of Irwin and Hall at its knots and in its tails") {
  // F_3(1) = 1/6, F_3(3/2) = 1/2, F_4(1) = 1/24, F_4(2) = 1/2; densities 1/2, 3/4, 1/6, 2/3.
  const UniformSum three({1.0, 1.0, 1.0});
  const UniformSum four({1.0, 1.0, 1.0, 1.0});
  CHECK(near_relative(three.at_most(1.0), 1.0 / 6.0, 1e-15));
  CHECK(near_relative(three.at_most(1.5), 0.5, 1e-15));
  CHECK(near_relative(three.density(1.0), 0.5, 1e-15));
  CHECK(near_relative(three.density(1.5), 0.75, 1e-15));
  CHECK(near_relative(four.at_most(1.0), 1.0 / 24.0, 1e-15));
  CHECK(near_relative(four.at_most(2.0), 0.5, 1e-15));
  CHECK(near_relative(four.density(1.0), 1.0 / 6.0, 1e-15));
  CHECK(near_relative(four.density(2.0), 2.0 / 3.0, 1e-15));
  // Below the first knot F_n(x) = x^n / n!: 1e-24 / 8! keeps every digit, and so does the upper tail.
  const UniformSum eight(std::vector<double>(8, 1.0));
  CHECK(near_relative(eight.at_most(1e-3), 1e-24 / 40320.0, 1e-13));
  CHECK(near_relative(eight.above(7.5), std::pow(0.5, 8) / 40320.0, 1e-13));
}

TEST_CASE("uniform_sum: two widths make a trapezoid") {
  // Widths 2 and 6: F(1) = 1/(2 * 12), F(4) = 1/12 (4^2 - 2^2)/2 = 1/2, density 1/6 on the plateau.
  const UniformSum sum({6.0, 2.0});
  CHECK(near_relative(sum.at_most(1.0), 1.0 / 24.0, 1e-15));
  CHECK(near_relative(sum.at_most(4.0), 0.5, 1e-15));
  CHECK(near_relative(sum.density(3.0), 1.0 / 6.0, 1e-15));
  CHECK(near_relative(sum.density(1.0), 1.0 / 12.0, 1e-15));
}

TEST_CASE("uniform_sum: equals the alternating sum wherever that has digits left") {
  std::mt19937_64 random(20261122);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  int compared = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<double> widths;
    const int n = 2 + static_cast<int>(unit(random) * 5.0);
    for (int i = 0; i < n; ++i) widths.push_back(0.1 + 10.0 * unit(random));
    if (round % 3 == 0) widths.back() = widths.front();
    const UniformSum sum(widths);
    const double x = sum.total() * unit(random);
    const double expected = alternating_sum(widths, x);
    if (expected < 1e-4) continue;
    ++compared;
    CHECK(near_relative(sum.at_most(x), expected, 1e-12));
    CHECK(near_relative(sum.at_most(x) + sum.above(x), 1.0, 1e-13));
  }
  CHECK(compared > 100);
}

TEST_CASE("uniform_sum: never falls, and its density is its slope") {
  const UniformSum sum({1.0, 2.0, 2.0, 5.0, 10.0});
  double before = 0.0;
  for (int i = 1; i <= 400; ++i) {
    const double x = sum.total() * i / 400.0;
    const double now = sum.at_most(x);
    CHECK(now >= before);
    before = now;
  }
  for (const double x : {0.5, 3.3, 9.9, 15.2, 19.5}) {
    constexpr double kStep = 1e-5;
    // From the tail that is smaller, where a difference still has digits.
    const double slope = (x < sum.total() / 2.0 ? sum.at_most(x + kStep) - sum.at_most(x - kStep)
                                                : sum.above(x - kStep) - sum.above(x + kStep)) /
                         (2.0 * kStep);
    CHECK(near_relative(sum.density(x), slope, 1e-7));
  }
}
