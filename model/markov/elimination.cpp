#include "model/markov/elimination.hpp"

#include <limits>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {

Eliminated eliminate(std::vector<double> rates, std::size_t n) {
  HAPLAN_EXPECTS(n > 0 && rates.size() == n * n);
  // State k is removed, last first, by sending what enters it where it would leave it to.
  for (std::size_t k = n - 1; k > 0; --k) {
    const double* out = &rates[k * n];
    CompensatedSum leaving;
    for (std::size_t j = 0; j < k; ++j) leaving.add(out[j]);
    for (std::size_t i = 0; i < k; ++i) {
      double* row = &rates[i * n];
      if (row[k] == 0.0) continue;
      may_abandon();
      row[k] /= leaving.value();
      for (std::size_t j = 0; j < k; ++j) row[j] += row[k] * out[j];
    }
  }
  Eliminated result;
  result.probability.assign(n, 0.0);
  result.probability[0] = 1.0;
  CompensatedSum total;
  total.add(1.0);
  for (std::size_t k = 1; k < n; ++k) {
    may_abandon();
    CompensatedSum p;
    for (std::size_t i = 0; i < k; ++i) p.add(result.probability[i] * rates[i * n + k]);
    result.probability[k] = p.value();
    total.add(p.value());
  }
  for (double& p : result.probability) p /= total.value();
  const auto size = static_cast<double>(n);
  constexpr double kUnit = std::numeric_limits<double>::epsilon() / 2;
  result.relative_error = (6 * size + 20) * size * kUnit;
  return result;
}

}  // namespace haplan::model
