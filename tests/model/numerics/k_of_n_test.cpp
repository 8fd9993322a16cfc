#include "model/numerics/k_of_n.hpp"

#include <cmath>
#include <cstddef>
#include <doctest/doctest.h>
#include <vector>

#include "tests/support/near.hpp"

using haplan::model::fewer_than;
using haplan::model::fewer_than_derivative;
using haplan::test::near_relative;

namespace {

/// Sum over all subsets of serving replicas with fewer than k of them.
double enumerate_fewer_than(int k, const std::vector<double>& u) {
  double sum = 0.0;
  for (std::size_t set = 0; set < (std::size_t{1} << u.size()); ++set) {
    if (__builtin_popcountll(set) >= k) continue;
    double p = 1.0;
    for (std::size_t i = 0; i < u.size(); ++i) p *= (set >> i & 1) != 0 ? 1.0 - u[i] : u[i];
    sum += p;
  }
  return sum;
}

}  // namespace

TEST_CASE("k_of_n: needing nothing always serves and needing more than there are never does") {
  CHECK(fewer_than(0, 3, 0.1) == 0.0);
  CHECK(fewer_than(-1, 3, 0.1) == 0.0);
  CHECK(fewer_than(4, 3, 0.1) == 1.0);
  CHECK(fewer_than(1, 0, 0.1) == 1.0);
  CHECK(fewer_than(0, std::vector<double>{}) == 0.0);
  CHECK(fewer_than(2, std::vector<double>{0.5}) == 1.0);
  CHECK(fewer_than_derivative(0, 3, 0.1) == 0.0);
  CHECK(fewer_than_derivative(4, 3, 0.1) == 0.0);
}

TEST_CASE("k_of_n: equals closed forms, to the last digits of tiny results") {
  // One of n: all must be out, u^n.
  CHECK(near_relative(fewer_than(1, 3, 1e-5), 1e-15, 1e-14));
  // Two of three: 3 u^2 (1-u) + u^3 = 3u^2 - 2u^3.
  const double u = 1e-6;
  CHECK(near_relative(fewer_than(2, 3, u), 3 * u * u - 2 * u * u * u, 1e-14));
  // n of n: -expm1(n log1p(-u)).
  CHECK(near_relative(fewer_than(50, 50, 1e-9), -std::expm1(50 * std::log1p(-1e-9)), 1e-13));
  CHECK(fewer_than(2, 5, 0.0) == 0.0);
  CHECK(fewer_than(2, 5, 1.0) == 1.0);
}

TEST_CASE("k_of_n: equals the enumeration of all subsets for different unavailabilities") {
  const std::vector<double> u{0.3, 1e-4, 0.07, 0.5, 1e-9, 0.9, 0.02};
  for (int k = 0; k <= 8; ++k) {
    CAPTURE(k);
    CHECK(near_relative(fewer_than(k, u), enumerate_fewer_than(k, u), 1e-13));
  }
}

TEST_CASE(
    "k_of_n: equal unavailabilities give the same by both signatures, also beyond 32 needed") {
  for (const int k : {1, 5, 33, 60}) {
    CAPTURE(k);
    const std::vector<double> u(60, 0.2);
    CHECK(fewer_than(k, 60, 0.2) == fewer_than(k, u));
  }
}

TEST_CASE("k_of_n: the derivative equals a central difference and its closed form") {
  for (int k = 1; k <= 6; ++k) {
    CAPTURE(k);
    const double h = 1e-5;
    const double difference = (fewer_than(k, 6, 0.3 + h) - fewer_than(k, 6, 0.3 - h)) / (2 * h);
    CHECK(near_relative(fewer_than_derivative(k, 6, 0.3), difference, 1e-8));
  }
  // Two of three: 6 u (1 - u).
  CHECK(near_relative(fewer_than_derivative(2, 3, 1e-7), 6e-7 * (1 - 1e-7), 1e-14));
}
