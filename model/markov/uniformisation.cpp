#include "model/markov/uniformisation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {
namespace {

constexpr std::uint32_t kOutside = std::numeric_limits<std::uint32_t>::max();
constexpr double kUnit = std::numeric_limits<double>::epsilon() / 2;

/// Rounding of one gathered row of d entries and the diagonal: every entry of P (2), every product
/// (1), d additions.
double error_of_a_step(const std::vector<std::uint64_t>& begin) {
  std::uint64_t widest = 0;
  for (std::size_t i = 1; i < begin.size(); ++i) {
    widest = std::max(widest, begin[i] - begin[i - 1]);
  }
  return static_cast<double>(widest + 4) * kUnit;
}

long double exact_exit(const Chain& chain, std::size_t state) {
  long double sum = 0.0L;
  for (const double rate : chain.rates(state)) sum += rate;
  return sum;
}

}  // namespace

void Uniformised::multiply(const std::vector<double>& in, std::vector<double>& out) const {
  const std::size_t n = size();
  for (std::size_t i = 0; i < n; ++i) {
    double moved = 0.0;
    for (std::uint64_t k = begin[i]; k < begin[i + 1]; ++k) moved += probability[k] * in[other[k]];
    out[i] = stay[i] * in[i] + moved;
  }
}

std::vector<std::uint32_t> reachable(const Chain& chain, std::span<const double> initial,
                                     const std::vector<bool>& blocked) {
  std::vector<bool> seen = blocked;
  seen.resize(chain.state_count(), false);
  std::vector<std::uint32_t> found;
  for (std::size_t i = 0; i < initial.size(); ++i) {
    if (initial[i] > 0.0 && !seen[i]) {
      seen[i] = true;
      found.push_back(static_cast<std::uint32_t>(i));
    }
  }
  for (std::size_t next = 0; next < found.size(); ++next) {
    for (const std::uint32_t to : chain.targets(found[next])) {
      if (seen[to]) continue;
      seen[to] = true;
      found.push_back(to);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

Uniformised uniformised(const Chain& chain, std::span<const std::uint32_t> states,
                        double rate_factor) {
  Uniformised result;
  double fastest = 0.0;
  for (const std::uint32_t state : states) {
    fastest = std::max(fastest, chain.exit_rate(state));
  }
  result.rate = fastest * rate_factor;
  std::vector<std::uint32_t> number(chain.state_count(), kOutside);
  for (std::size_t i = 0; i < states.size(); ++i) {
    number[states[i]] = static_cast<std::uint32_t>(i);
  }
  result.stay.reserve(states.size());
  result.begin.reserve(states.size() + 1);
  for (const std::uint32_t state : states) {
    // The difference is taken in more digits: a state that is hardly ever kept keeps its own.
    const long double stays = static_cast<long double>(result.rate) - exact_exit(chain, state);
    result.stay.push_back(result.rate > 0.0 ? static_cast<double>(stays / result.rate) : 1.0);
    const auto targets = chain.targets(state);
    const auto rates = chain.rates(state);
    for (std::size_t k = 0; k < targets.size(); ++k) {
      if (number[targets[k]] == kOutside) continue;
      result.other.push_back(number[targets[k]]);
      result.probability.push_back(rates[k] / result.rate);
    }
    result.begin.push_back(result.other.size());
  }
  result.step_error = error_of_a_step(result.begin);
  return result;
}

Uniformised transposed(const Uniformised& matrix) {
  const std::size_t n = matrix.size();
  Uniformised result;
  result.rate = matrix.rate;
  result.stay = matrix.stay;
  result.begin.assign(n + 1, 0);
  for (const std::uint32_t to : matrix.other) ++result.begin[to + 1];
  for (std::size_t i = 0; i < n; ++i) result.begin[i + 1] += result.begin[i];
  result.other.resize(matrix.other.size());
  result.probability.resize(matrix.other.size());
  std::vector<std::uint64_t> place(result.begin.begin(), result.begin.end() - 1);
  for (std::size_t from = 0; from < n; ++from) {
    for (std::uint64_t k = matrix.begin[from]; k < matrix.begin[from + 1]; ++k) {
      const std::uint64_t slot = place[matrix.other[k]]++;
      result.other[slot] = static_cast<std::uint32_t>(from);
      result.probability[slot] = matrix.probability[k];
    }
  }
  result.step_error = error_of_a_step(result.begin);
  return result;
}

std::vector<double> gathered(std::span<const double> values,
                             std::span<const std::uint32_t> states) {
  std::vector<double> result;
  result.reserve(states.size());
  for (const std::uint32_t state : states) result.push_back(values[state]);
  return result;
}

Result<void> check_transient(const Chain& chain, std::span<const double> initial, double t,
                             const UniformisationOptions& options) {
  HAPLAN_EXPECTS(initial.size() == chain.state_count());
  HAPLAN_EXPECTS(options.rate_factor > 1.0 && std::isfinite(options.rate_factor));
  HAPLAN_EXPECTS(options.relative_tolerance >= 0.0 && options.absolute_tolerance >= 0.0);
  const auto wrong = [](const char* message) {
    return tl::unexpected(Error{Fault::invalid_input, message, ""});
  };
  if (!(t >= 0.0) || !std::isfinite(t)) return wrong("the time is negative or not finite");
  CompensatedSum total;
  for (const double p : initial) {
    if (!(p >= 0.0)) return wrong("an initial probability is negative or no number");
    total.add(p);
  }
  if (!(std::abs(total.value() - 1.0) <= 1e-9)) {
    return wrong("the initial probabilities do not sum to 1");
  }
  return {};
}

}  // namespace haplan::model
