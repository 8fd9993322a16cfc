#include "model/markov/reward.hpp"

#include <cmath>
#include <utility>

#include "model/base/contract.hpp"
#include "model/markov/power_series.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {
namespace {

Result<PowerSeries> series_of(const Chain& chain, std::span<const double> initial,
                              std::span<const double> reward, double t,
                              const UniformisationOptions& options) {
  if (Result<void> checked = check_transient(chain, initial, t, options); !checked) {
    return tl::unexpected(checked.error());
  }
  HAPLAN_EXPECTS(reward.size() == chain.state_count());
  for (const double r : reward) {
    if (!(r >= 0.0) || !std::isfinite(r)) {
      return tl::unexpected(Error{Fault::invalid_input, "a reward is negative or not finite", ""});
    }
  }
  PowerSeries series;
  const std::vector<std::uint32_t> states = reachable(chain, initial);
  series.matrix = uniformised(chain, states, options.rate_factor);
  series.initial = gathered(initial, states);
  series.values = gathered(reward, states);
  series.conserves = true;
  return series;
}

}  // namespace

Result<ChainFigure> reward_at(const Chain& chain, std::span<const double> initial,
                              std::span<const double> reward, double t,
                              const UniformisationOptions& options) {
  const Result<PowerSeries> series = series_of(chain, initial, reward, t, options);
  if (!series) return tl::unexpected(series.error());
  return sum_of(*series, t, options);
}

Result<ChainFigure> accumulated_reward(const Chain& chain, std::span<const double> initial,
                                       std::span<const double> reward, double t,
                                       const UniformisationOptions& options) {
  Result<PowerSeries> series = series_of(chain, initial, reward, t, options);
  if (!series) return tl::unexpected(series.error());
  if (series->matrix.rate == 0.0 || t == 0.0) {  // nothing moves: the reward of the start, t long
    CompensatedSum sum;
    for (std::size_t i = 0; i < series->initial.size(); ++i) {
      sum.add(series->initial[i] * series->values[i]);
    }
    return ChainFigure{Estimate::exactly(sum.value() * t), 0};
  }
  series->integrated = true;
  return sum_of(*series, t, options);
}

}  // namespace haplan::model
