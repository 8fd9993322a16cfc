#pragma once

#include <vector>

namespace haplan::model {

struct QuadratureNode {
  double x = 0.0;
  double weight = 0.0;
};

/// Gauss-Legendre rule on [0, 1], exact for polynomials of degree 2 n - 1. [AS64] 25.4.29
std::vector<QuadratureNode> gauss_legendre(int n);

}  // namespace haplan::model
