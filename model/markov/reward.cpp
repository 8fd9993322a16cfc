#include "model/markov/reward.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "model/base/contract.hpp"
#include "model/markov/expected_figure.hpp"

namespace haplan::model {
namespace {

Result<ExpectedFigure> figure_of(const Chain& chain, std::span<const double> initial,
                                 std::span<const double> reward, double t,
                                 const UniformisationOptions& options) {
  static const std::vector<bool> kNone;
  if (Result<void> checked = check_transient(chain, initial, t, options); !checked) {
    return tl::unexpected(checked.error());
  }
  HAPLAN_EXPECTS(reward.size() == chain.state_count());
  double most = 0.0;
  for (const double r : reward) {
    if (!(r >= 0.0) || !std::isfinite(r)) {
      return tl::unexpected(Error{Fault::invalid_input, "a reward is negative or not finite", ""});
    }
    most = std::max(most, r);
  }
  return ExpectedFigure{chain, initial, kNone, {reward.begin(), reward.end()}, false, most};
}

}  // namespace

Result<ChainFigure> reward_at(const Chain& chain, std::span<const double> initial,
                              std::span<const double> reward, double t,
                              const UniformisationOptions& options) {
  const Result<ExpectedFigure> figure = figure_of(chain, initial, reward, t, options);
  if (!figure) return tl::unexpected(figure.error());
  return expectation(*figure, t, options);
}

Result<ChainFigure> accumulated_reward(const Chain& chain, std::span<const double> initial,
                                       std::span<const double> reward, double t,
                                       const UniformisationOptions& options) {
  Result<ExpectedFigure> figure = figure_of(chain, initial, reward, t, options);
  if (!figure) return tl::unexpected(figure.error());
  figure->integrated = true;
  figure->most *= t;
  return expectation(*figure, t, options);
}

}  // namespace haplan::model
