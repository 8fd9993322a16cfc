#include "model/markov/bias.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

struct Pair {
  double sum;
  double rest;  ///< sum + rest is exact
};

Pair two_sum(double a, double b) {
  const double sum = a + b;
  const double bb = sum - a;
  return {sum, (a - (sum - bb)) + (b - bb)};
}

/// f + sum of q (h_j - h_i) of one row, and how far rounding may have led it astray.
struct Row {
  double value;
  double error;
};

/// The first differences, products and sums are exact; what they round away is collected in `rest`,
/// in plain arithmetic, together with the sizes of all that was added there.
Row residual_of(const Chain& chain, std::size_t i, double f, const Bias& h) {
  const auto to = chain.targets(i);
  const auto rate = chain.rates(i);
  double sum = f;
  double rest = 0.0;
  double size = 0.0;
  for (std::size_t k = 0; k < to.size(); ++k) {
    const Pair difference = two_sum(h.high[to[k]], -h.high[i]);
    const double fine = difference.rest + (h.low[to[k]] - h.low[i]);
    const double product = rate[k] * difference.sum;
    const double product_rest = std::fma(rate[k], difference.sum, -product);
    const Pair next = two_sum(sum, product);
    sum = next.sum;
    rest += next.rest + (product_rest + rate[k] * fine);
    size += std::abs(next.rest) + std::abs(product_rest) +
            rate[k] * (std::abs(difference.rest) + std::abs(h.low[to[k]]) + std::abs(h.low[i]));
  }
  const double value = sum + rest;
  // Each term of rest passes at most 5 roundings of its own and one for each later term; the last
  // addition rounds once more. Twice the first-order bound, and room for underflow.
  constexpr double kUnit = std::numeric_limits<double>::epsilon() / 2;
  const auto terms = static_cast<double>(to.size());
  const double error = 2 * kUnit * (std::abs(value) + (terms + 6) * size) + (terms + 1) * 1e-300;
  return {value, error};
}

}  // namespace

void Bias::add(std::size_t state, double x) {
  const Pair sum = two_sum(high[state], x);
  const Pair whole = two_sum(sum.sum, low[state] + sum.rest);
  high[state] = whole.sum;
  low[state] = whole.rest;
}

Enclosure enclose(const Chain& chain, std::span<const std::uint32_t> states,
                  std::span<const double> f, const Bias& h, std::span<double> residual) {
  HAPLAN_EXPECTS(residual.size() == states.size() && f.size() == chain.state_count());
  Enclosure hull{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (std::size_t at = 0; at < states.size(); ++at) {
    const Row row = residual_of(chain, states[at], f[states[at]], h);
    residual[at] = row.value;
    // Written so that a value that is no number widens the hull to everything.
    if (!(row.value - row.error >= hull.lower)) hull.lower = row.value - row.error;
    if (!(row.value + row.error <= hull.upper)) hull.upper = row.value + row.error;
    if (!std::isfinite(row.value)) return {-HUGE_VAL, HUGE_VAL};
  }
  return hull;
}

}  // namespace haplan::model
