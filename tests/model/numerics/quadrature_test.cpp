#include "model/numerics/quadrature.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"

using haplan::model::gauss_legendre;
using haplan::test::near_relative;

TEST_CASE("gauss_legendre: integrates every power up to degree 2 n - 1 exactly") {
  for (const int n : {1, 2, 5, 24}) {
    for (int degree = 0; degree < 2 * n; ++degree) {
      double sum = 0.0;
      for (const auto& node : gauss_legendre(n)) sum += node.weight * std::pow(node.x, degree);
      CHECK(near_relative(sum, 1.0 / (degree + 1.0), 1e-13));  // integral of x^degree over [0, 1]
    }
  }
}

TEST_CASE("gauss_legendre: the two-point rule stands at (1 +- 1/sqrt 3) / 2") {
  const auto rule = gauss_legendre(2);
  CHECK(near_relative(rule[0].x, (1.0 - 1.0 / std::sqrt(3.0)) / 2.0, 1e-15));
  CHECK(near_relative(rule[1].x, (1.0 + 1.0 / std::sqrt(3.0)) / 2.0, 1e-15));
  CHECK(near_relative(rule[0].weight, 0.5, 1e-15));
}
