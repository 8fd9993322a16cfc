#include "model/availability/world_figures.hpp"

// The service functions of WorldFigures evaluated over worlds: only sums of products of non-negative numbers.
namespace haplan::model {

using Inputs = std::vector<const std::vector<double>*>;

std::vector<double> WorldFigures::base(const ServiceFunction& function, const Inputs& down) const {
  std::vector<double> at(placed().size(), 0.0);
  std::vector<double> scratch;
  std::vector<double> result(size());
  for (std::size_t w = 0; w < result.size(); ++w) {
    if (w > 0 && function.gated.empty()) {
      result[w] = result[0];
      continue;
    }
    for (const std::size_t i : function.gated) at[i] = (*down[i])[w];
    result[w] = functions_.value(function, at, scratch);
  }
  return result;
}

std::vector<double> WorldFigures::joint(const ServiceFunction& function, const Inputs& down) const {
  std::vector<double> result = base(function, down);
  for (const std::size_t c : function.series) {
    const std::vector<double>& q = *down[c];
    for (std::size_t i = 0; i < result.size(); ++i) result[i] += q[i] * (1.0 - result[i]);
  }
  return result;
}

double WorldFigures::unavailability(const ServiceFunction& function, const Inputs& down) const {
  const std::vector<double> at = joint(function, down);
  double sum = 0.0;
  for (std::size_t i = 0; i < at.size(); ++i) sum += mass_[i] * at[i];
  return sum;
}

double WorldFigures::union_bound(const ServiceFunction& function,
                                 const std::vector<double>& worst) const {
  return functions_.union_bound(function, worst);
}

}  // namespace haplan::model
