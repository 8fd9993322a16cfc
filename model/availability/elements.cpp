#include "model/availability/elements.hpp"

#include "model/numerics/k_of_n.hpp"

namespace haplan::model {

ElementDerivatives element_derivatives(const TableNumbers& table, int k, double scale) {
  const double core_down =
      table.replicated ? fewer_than(table.need, k, scale * table.core) : scale * table.core;
  const std::size_t count = table.factors.size();
  std::vector<double> later(count + 1, 1.0);  // product of (1 - u) from i on
  for (std::size_t i = count; i-- > 0;)
    later[i] = later[i + 1] * (1.0 - scale * table.factors[i].unavailability);
  ElementDerivatives derivatives;
  derivatives.core =
      later[0] *
      (table.replicated ? fewer_than_derivative(table.need, k, scale * table.core) : 1.0);
  double earlier = 1.0 - core_down;
  for (std::size_t i = 0; i < count; ++i) {
    derivatives.factors.push_back(earlier * later[i + 1]);
    earlier *= 1.0 - scale * table.factors[i].unavailability;
  }
  return derivatives;
}

}  // namespace haplan::model
