#include "model/markov/first_passage.hpp"

#include <limits>
#include <numeric>
#include <utility>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"
#include "model/markov/expected_figure.hpp"
#include "model/markov/long_run.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {
namespace {

constexpr std::uint32_t kNoState = std::numeric_limits<std::uint32_t>::max();

double mass_in(std::span<const double> initial, const std::vector<bool>& target) {
  CompensatedSum sum;
  for (std::size_t i = 0; i < initial.size(); ++i) {
    if (target[i]) sum.add(initial[i]);
  }
  return sum.value();
}

/// Rate from each of these states into the targets.
std::vector<double> rates_into(const Chain& chain, std::span<const std::uint32_t> states,
                               const std::vector<bool>& target) {
  std::vector<double> result;
  result.reserve(states.size());
  for (const std::uint32_t state : states) {
    CompensatedSum sum;
    for (std::size_t k = 0; k < chain.targets(state).size(); ++k) {
      if (target[chain.targets(state)[k]]) sum.add(chain.rates(state)[k]);
    }
    result.push_back(sum.value());
  }
  return result;
}

Error never() {
  return {Fault::not_unique, "a state that can be reached never leads to a target", ""};
}

/// Dense M-matrix of the states before a target, eliminated from the last to the first. m_i is the
/// mean time to a target: sum_j a_ij (m_i - m_j) + exit_i m_i = gain_i.
struct Elimination {
  std::size_t n = 0;
  std::vector<double> a;  ///< n x n, the diagonal unused
  std::vector<double> exit;
  std::vector<double> gain;

  /// fails when a state never leads to a target.
  Result<std::vector<double>> means();
};

Result<std::vector<double>> Elimination::means() {
  std::vector<double> leaves(n);
  for (std::size_t k = n; k-- > 0;) {
    const double* row = a.data() + k * n;
    CompensatedSum sum;
    sum.add(exit[k]);
    for (std::size_t j = 0; j < k; ++j) sum.add(row[j]);
    leaves[k] = sum.value();
    if (!(leaves[k] > 0.0)) {
      return tl::unexpected(never());
    }
    for (std::size_t i = 0; i < k; ++i) {
      const double share = a[i * n + k] / leaves[k];
      if (share == 0.0) continue;
      may_abandon();
      double* into = a.data() + i * n;
      for (std::size_t j = 0; j < k; ++j) into[j] += share * row[j];
      exit[i] += share * exit[k];
      gain[i] += share * gain[k];
    }
  }
  std::vector<double> mean(n);
  for (std::size_t k = 0; k < n; ++k) {
    CompensatedSum sum;
    sum.add(gain[k]);
    for (std::size_t j = 0; j < k; ++j) sum.add(a[k * n + j] * mean[j]);
    mean[k] = sum.value() / leaves[k];
  }
  return mean;
}

}  // namespace

Result<ChainFigure> reached_within(const Chain& chain, std::span<const double> initial,
                                   const std::vector<bool>& target, double t,
                                   const UniformisationOptions& options) {
  if (Result<void> checked = check_transient(chain, initial, t, options); !checked) {
    return tl::unexpected(checked.error());
  }
  HAPLAN_EXPECTS(target.size() == chain.state_count());
  std::vector<std::uint32_t> all(chain.state_count());
  std::iota(all.begin(), all.end(), 0U);
  const ExpectedFigure figure{chain, initial, target, rates_into(chain, all, target), true, 1.0};
  Result<ChainFigure> result = expectation(figure, t, options);
  if (!result) return result;
  const double at_once = mass_in(initial, target);
  result->value.value += at_once;
  result->value.lower += at_once;
  result->value.upper += at_once;
  return result;
}

Result<ChainFigure> not_reached_within(const Chain& chain, std::span<const double> initial,
                                       const std::vector<bool>& target, double t,
                                       const UniformisationOptions& options) {
  if (Result<void> checked = check_transient(chain, initial, t, options); !checked) {
    return tl::unexpected(checked.error());
  }
  HAPLAN_EXPECTS(target.size() == chain.state_count());
  const std::vector<double> ones(chain.state_count(), 1.0);
  return expectation({chain, initial, target, ones, false, 1.0}, t, options);
}

namespace {

/// E[T] of each start by elimination, weighed.
Result<Estimate> mean_by_elimination(const Chain& chain, std::span<const double> initial,
                                     const std::vector<bool>& target,
                                     std::span<const std::uint32_t> states) {
  const std::size_t n = states.size();
  Elimination elimination;
  elimination.n = n;
  elimination.a.assign(n * n, 0.0);
  elimination.exit = rates_into(chain, states, target);
  elimination.gain.assign(n, 1.0);
  std::vector<std::size_t> number(chain.state_count(), n);
  for (std::size_t i = 0; i < n; ++i) number[states[i]] = i;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < chain.targets(states[i]).size(); ++k) {
      const std::size_t j = number[chain.targets(states[i])[k]];
      if (j < n) elimination.a[i * n + j] = chain.rates(states[i])[k];
    }
  }
  const Result<std::vector<double>> means = elimination.means();
  if (!means) return tl::unexpected(means.error());
  CompensatedSum sum;
  for (std::size_t i = 0; i < n; ++i) sum.add(initial[states[i]] * (*means)[i]);
  // Six roundings an entry and elimination; with k states left they weigh 2 k times, and 2 k sums
  // up to n^2. As many again while going back cost at most 6 n.
  const double size = static_cast<double>(n);
  const double error = 6 * (size + 1) * (size + 1) * std::numeric_limits<double>::epsilon() / 2;
  return Estimate{sum.value(), sum.value() * (1 - error), sum.value() * (1 + error),
                  Method::bounded};
}

/// The chain that starts anew, as `initial` says, whenever it would enter a target.
Result<Chain> renewing(const Chain& chain, std::span<const double> initial,
                       std::span<const std::uint32_t> states, std::span<const double> into,
                       double mass) {
  std::vector<std::uint32_t> number(chain.state_count(), kNoState);
  std::vector<std::uint32_t> starts;
  for (std::size_t i = 0; i < states.size(); ++i) {
    number[states[i]] = static_cast<std::uint32_t>(i);
    if (initial[states[i]] > 0.0) starts.push_back(states[i]);
  }
  ChainBuilder builder;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto targets = chain.targets(states[i]);
    for (std::size_t k = 0; k < targets.size(); ++k) {
      if (number[targets[k]] != kNoState) {
        builder.add(number[targets[k]], chain.rates(states[i])[k]);
      }
    }
    if (into[i] > 0.0) {
      for (const std::uint32_t s : starts) builder.add(number[s], into[i] * (initial[s] / mass));
    }
    builder.close_row();
  }
  return std::move(builder).finish();
}

/// E[T] = 1 / (rate at which targets are entered in the long run), by renewal.
Result<Estimate> mean_by_renewal(const Chain& chain, std::span<const double> initial,
                                 const std::vector<bool>& target,
                                 std::span<const std::uint32_t> states) {
  CompensatedSum mass;
  for (const std::uint32_t state : states) mass.add(initial[state]);
  const std::vector<double> into = rates_into(chain, states, target);
  const Result<Chain> renewed = renewing(chain, initial, states, into, mass.value());
  if (!renewed) return tl::unexpected(renewed.error());
  const Result<LongRunMean> entered =
      long_run_mean(*renewed, into, {.absolute = 0.0, .relative = 1e-9});
  if (!entered) return tl::unexpected(entered.error());
  if (!(entered->value.lower > 0.0)) return tl::unexpected(never());
  // The rates of the renewed chain are rounded three times: each of n states' weighs twice.
  const double rounding =
      6.0 * static_cast<double>(states.size()) * std::numeric_limits<double>::epsilon();
  const Estimate mean{mass.value() / entered->value.value,
                      mass.value() / entered->value.upper * (1 - rounding),
                      mass.value() / entered->value.lower * (1 + rounding), Method::bounded};
  if (mean.upper - mean.lower > 4e-9 * mean.lower) {
    return tl::unexpected(
        Error{Fault::not_converged, "so many states round more than the tolerance", ""});
  }
  return mean;
}

}  // namespace

Result<Estimate> mean_first_passage(const Chain& chain, std::span<const double> initial,
                                    const std::vector<bool>& target, std::size_t dense_states) {
  if (Result<void> checked = check_transient(chain, initial, 0.0, {}); !checked) {
    return tl::unexpected(checked.error());
  }
  HAPLAN_EXPECTS(target.size() == chain.state_count() && dense_states <= 1000);
  const std::vector<std::uint32_t> states = reachable(chain, initial, target);
  return states.size() <= dense_states ? mean_by_elimination(chain, initial, target, states)
                                       : mean_by_renewal(chain, initial, target, states);
}

}  // namespace haplan::model
