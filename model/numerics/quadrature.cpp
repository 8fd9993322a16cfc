#include "model/numerics/quadrature.hpp"

#include <cmath>
#include <numbers>

namespace haplan::model {

std::vector<QuadratureNode> gauss_legendre(int n) {
  std::vector<QuadratureNode> rule(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) {
    double x = std::cos(std::numbers::pi * (i + 0.75) / (n + 0.5));
    double slope = 0.0;
    for (int step = 0; step < 100; ++step) {
      // Legendre recurrence: value P_n(x) and P_{n-1}(x) give the derivative.
      double value = 1.0;
      double previous = 0.0;
      for (int k = 1; k <= n; ++k) {
        const double older = previous;
        previous = value;
        value = ((2.0 * k - 1.0) * x * previous - (k - 1.0) * older) / k;
      }
      slope = n * (x * value - previous) / (x * x - 1.0);
      const double change = value / slope;
      x -= change;
      if (std::abs(change) < 1e-16) break;
    }
    rule[static_cast<std::size_t>(n - 1 - i)] = {(1.0 + x) / 2.0,
                                                 1.0 / ((1.0 - x * x) * slope * slope)};
  }
  return rule;
}

}  // namespace haplan::model
