#include "model/uncertainty/points.hpp"

#include <array>
#include <cmath>
#include <doctest/doctest.h>
#include <set>

#include "tests/support/near.hpp"

using namespace haplan::model;

TEST_CASE("points: every coordinate of the first 2^m falls once into each of 2^m cells") {
  const std::size_t dimensions = 200;
  const Points points(dimensions, 5);
  CHECK(points.low_discrepancy());
  std::vector<double> x(dimensions);
  for (const unsigned m : {3U, 7U, 10U}) {
    const std::size_t n = std::size_t{1} << m;
    std::vector<std::set<std::size_t>> cells(dimensions);
    for (std::size_t i = 0; i < n; ++i) {
      points.at(i, x);
      for (std::size_t d = 0; d < dimensions; ++d)
        cells[d].insert(static_cast<std::size_t>(x[d] * static_cast<double>(n)));
    }
    for (std::size_t d = 0; d < dimensions; ++d) CHECK(cells[d].size() == n);
  }
}

TEST_CASE("points: the first two coordinates are a net of strength 0 whatever the scrambling") {
  // Sobol's first two dimensions: of 2^m points each box of 2^-a by 2^-(m-a) has exactly one, and nested scrambling
  // keeps it.
  constexpr unsigned kM = 8;
  constexpr std::size_t kN = std::size_t{1} << kM;
  for (const std::uint64_t seed : {1ULL, 2ULL, 99ULL}) {
    const Points points(2, seed);
    std::array<double, 2> x{};
    for (unsigned a = 0; a <= kM; ++a) {
      std::set<std::pair<std::size_t, std::size_t>> boxes;
      for (std::size_t i = 0; i < kN; ++i) {
        points.at(i, x);
        boxes.emplace(static_cast<std::size_t>(std::ldexp(x[0], static_cast<int>(a))),
                      static_cast<std::size_t>(std::ldexp(x[1], static_cast<int>(kM - a))));
      }
      CHECK(boxes.size() == kN);
    }
  }
}

TEST_CASE("points: a point is uniform over the scramblings") {
  // 4096 scramblings of three points: counts in 16 cells are 256 on average; chi-squared of 15 degrees of freedom is
  // below 44.3 with probability 0.9999.
  for (const std::uint64_t index : {0ULL, 1ULL, 1000ULL}) {
    std::array<std::array<int, 16>, 2> count{};
    std::array<double, 2> x{};
    for (std::uint64_t seed = 0; seed < 4096; ++seed) {
      Points(2, seed).at(index, x);
      for (std::size_t d = 0; d < 2; ++d) ++count[d][static_cast<std::size_t>(x[d] * 16.0)];
    }
    for (const auto& cells : count) {
      double chi = 0.0;
      for (const int c : cells) chi += (c - 256.0) * (c - 256.0) / 256.0;
      CHECK(chi < 44.3);
    }
  }
}

TEST_CASE("points: averages converge faster than random ones") {
  // The product of (1 + (x - 1/2)) over 6 dimensions has mean 1 and variance (13/12)^6 - 1 = 0.62: 4096 random points
  // would be off by 0.012.
  std::vector<double> x(6);
  for (const std::uint64_t seed : {1ULL, 2ULL, 3ULL}) {
    const Points points(6, seed);
    double sum = 0.0;
    for (std::size_t i = 0; i < 4096; ++i) {
      points.at(i, x);
      double product = 1.0;
      for (const double coordinate : x) product *= 0.5 + coordinate;
      sum += product;
    }
    CHECK(std::abs(sum / 4096 - 1.0) < 0.0012);
  }
}

TEST_CASE("points: there are random ones where the direction numbers end") {
  CHECK(Points::most_dimensions() >= 1000);
  const std::size_t dimensions = Points::most_dimensions() + 1;
  const Points points(dimensions, 3);
  CHECK(!points.low_discrepancy());
  std::vector<double> x(dimensions);
  std::vector<double> again(dimensions);
  double sum = 0.0;
  for (std::size_t i = 0; i < 50; ++i) {
    points.at(i, x);
    for (const double coordinate : x) {
      CHECK_UNARY(coordinate > 0.0 && coordinate < 1.0);
      sum += coordinate;
    }
  }
  // The standard error of the mean of that many uniform numbers is 0.2887 / sqrt(n).
  const double n = 50.0 * static_cast<double>(dimensions);
  CHECK(std::abs(sum / n - 0.5) < 4.0 * 0.2887 / std::sqrt(n));
  points.at(7, x);
  Points(dimensions, 3).at(7, again);
  CHECK(x == again);
  Points(dimensions, 4).at(7, again);
  CHECK(x != again);
}
