#include "model/markov/expected_figure.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "model/markov/power_series.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {
namespace {

constexpr int kSweeps = 16;

/// A guess at the share of the time in each state: expected visits between two returns to the
/// likeliest initial state, by some Gauss-Seidel sweeps to and fro from nothing.
std::vector<double> shares_of_time(const Uniformised& by_rows, const std::vector<double>& initial,
                                   double steps) {
  const Uniformised by_columns = transposed(by_rows);
  const std::size_t n = initial.size();
  const auto anchor =
      static_cast<std::size_t>(std::max_element(initial.begin(), initial.end()) - initial.begin());
  std::vector<double> share(n, 0.0);
  share[anchor] = 1.0;
  const auto relax = [&](std::size_t i) {
    if (i == anchor) return;
    double inflow = initial[i] / initial[anchor];
    for (std::uint64_t k = by_columns.begin[i]; k < by_columns.begin[i + 1]; ++k) {
      inflow += by_columns.probability[k] * share[by_columns.other[k]];
    }
    share[i] = inflow / (1 - by_columns.stay[i] + 1 / steps);  // nothing lasts beyond the end
  };
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::size_t i = 0; i < n; ++i) relax(i);
    for (std::size_t i = n; i-- > 0;) relax(i);
  }
  CompensatedSum total;
  for (const double x : share) total.add(x);
  for (double& x : share) x /= total.value();
  return share;
}

/// Positions of the states of greatest shares, ascending: so many that the shares of the others
/// together come to at most `allowed`.
std::vector<std::uint32_t> greatest(const std::vector<double>& share, double allowed) {
  std::vector<std::uint32_t> order(share.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return share[a] != share[b] ? share[a] > share[b] : a < b;
  });
  double left_out = 0.0;
  while (!order.empty() && left_out + share[order.back()] <= allowed) {
    left_out += share[order.back()];
    order.pop_back();
  }
  std::sort(order.begin(), order.end());
  return order;
}

PowerSeries series_on(const ExpectedFigure& figure, std::span<const std::uint32_t> states,
                      const UniformisationOptions& options) {
  PowerSeries series;
  series.matrix = uniformised(figure.chain, states, options.rate_factor);
  series.initial = gathered(figure.initial, states);
  series.values = gathered(figure.values, states);
  series.integrated = figure.integrated;
  return series;
}

/// Rate out of the kept states that does not end in a blocked one.
std::vector<double> leaks(const ExpectedFigure& figure, std::span<const std::uint32_t> states) {
  std::vector<bool> kept(figure.chain.state_count(), false);
  for (const std::uint32_t state : states) kept[state] = true;
  std::vector<double> result;
  result.reserve(states.size());
  for (const std::uint32_t state : states) {
    CompensatedSum sum;
    const auto targets = figure.chain.targets(state);
    for (std::size_t k = 0; k < targets.size(); ++k) {
      const bool blocked = !figure.blocked.empty() && figure.blocked[targets[k]];
      if (!kept[targets[k]] && !blocked) sum.add(figure.chain.rates(state)[k]);
    }
    result.push_back(sum.value());
  }
  return result;
}

/// The states that should do: what leaves them must not add more than a part of the tolerance.
std::vector<std::uint32_t> likely_states(const ExpectedFigure& figure, const PowerSeries& series,
                                         std::span<const std::uint32_t> states, double t,
                                         const UniformisationOptions& options) {
  const double steps = series.matrix.rate * t;
  const std::vector<double> share = shares_of_time(series.matrix, series.initial, steps);
  CompensatedSum mean;
  for (std::size_t i = 0; i < share.size(); ++i) mean.add(share[i] * series.values[i]);
  const double guess = mean.value() * (figure.integrated ? t : 1.0);
  const double tolerated =
      std::max(options.relative_tolerance * guess, options.absolute_tolerance) / figure.most;
  // Visits of the others are at most their share of all steps; each may be a leak.
  const std::vector<std::uint32_t> likely = greatest(share, 0.05 * tolerated / steps);
  std::vector<std::uint32_t> result;
  result.reserve(likely.size());
  for (const std::uint32_t position : likely) result.push_back(states[position]);
  return result;
}

}  // namespace

Result<ChainFigure> expectation(const ExpectedFigure& figure, double t,
                                const UniformisationOptions& options) {
  const std::vector<std::uint32_t> states = reachable(figure.chain, figure.initial, figure.blocked);
  PowerSeries series = series_on(figure, states, options);
  series.conserves = figure.blocked.empty();
  if (states.size() > options.truncate_beyond && figure.most > 0.0 &&
      series.matrix.rate * t > 8.0 * kSweeps) {
    const std::vector<std::uint32_t> likely = likely_states(figure, series, states, t, options);
    if (2 * likely.size() < states.size()) {
      PowerSeries part = series_on(figure, likely, options);
      const LeakySeries leaky{transposed(part.matrix),
                              std::move(part.initial),
                              std::move(part.values),
                              leaks(figure, likely),
                              figure.most,
                              figure.integrated};
      if (Result<ChainFigure> found = sum_of(leaky, t, options)) return found;
    }
  }
  Result<ChainFigure> result = sum_of(series, t, options);
  if (result) result->states = states.size();
  return result;
}

}  // namespace haplan::model
