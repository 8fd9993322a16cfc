#include "model/availability/elements.hpp"

#include "model/numerics/k_of_n.hpp"

namespace haplan::model {

ElementDerivatives element_derivatives(const TableNumbers& table, int k, double scale) {
  const double too_few = core_down(table, k, scale);
  const std::size_t count = table.factors.size();
  std::vector<double> later(count + 1, 1.0);  // product of (1 - u) from i on
  for (std::size_t i = count; i-- > 0;)
    later[i] = later[i + 1] * (1.0 - scale * table.factors[i].unavailability);
  ElementDerivatives derivatives;
  if (table.mixed.empty())
    derivatives.core =
        later[0] *
        (table.replicated ? fewer_than_derivative(table.need, k, scale * table.core) : 1.0);
  const std::vector<WeightedGroup> groups = weighted_groups(table, scale);
  for (std::size_t g = 0; g < groups.size(); ++g)
    derivatives.mixed.push_back(later[0] * weigh_less_than_derivative(table.mixed_need, groups, g));
  double earlier = 1.0 - too_few;
  for (std::size_t i = 0; i < count; ++i) {
    derivatives.factors.push_back(earlier * later[i + 1]);
    earlier *= 1.0 - scale * table.factors[i].unavailability;
  }
  return derivatives;
}

}  // namespace haplan::model
