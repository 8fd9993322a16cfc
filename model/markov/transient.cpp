#include "model/markov/transient.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "model/base/abandon.hpp"
#include "model/markov/poisson.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {
namespace {

/// All later distributions together are within spread * (the last step's change) of the present
/// one. From a state that every other reaches with probability >= d within L steps: two
/// distributions come closer by a factor 1 - d every L steps.
class Mixing {
 public:
  explicit Mixing(const Uniformised& by_rows) : matrix_(by_rows) {}

  /// Infinite when `state` is not reached from everywhere, with at least 1/8, within `most` steps.
  double spread(std::size_t state, std::size_t most) {
    std::vector<double> now(matrix_.size(), 0.0);
    std::vector<double> next(matrix_.size());
    now[state] = 1.0;
    for (std::size_t length = 1; length <= most; ++length) {
      ++steps_;
      may_abandon();
      matrix_.multiply(now, next);
      std::swap(now, next);
      const double least = *std::min_element(now.begin(), now.end()) *
                           (1 - static_cast<double>(length) * matrix_.step_error);
      if (least >= 0.125) return static_cast<double>(length) / least;
    }
    return std::numeric_limits<double>::infinity();
  }

  std::size_t steps() const { return steps_; }

 private:
  const Uniformised& matrix_;
  std::size_t steps_ = 0;
};

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  CompensatedSum sum;
  for (std::size_t i = 0; i < a.size(); ++i) sum.add(std::abs(a[i] - b[i]));
  return sum.value();
}

struct Walk {
  std::vector<double> sum;  ///< of weight(k) times the k-th distribution
  double error = 0.0;
  std::size_t steps = 0;
};

/// The sum up to the k-th distribution, and the k-th for all that follow.
class Forward {
 public:
  Forward(const Chain& chain, std::span<const std::uint32_t> states,
          const UniformisationOptions& options)
      : by_rows_(uniformised(chain, states, options.rate_factor)),
        by_columns_(transposed(by_rows_)),
        options_(options),
        tolerance_(options.absolute_tolerance > 0.0 ? options.absolute_tolerance : 1e-9) {}

  double rate() const { return by_rows_.rate; }
  Result<Walk> walk(std::vector<double> now, const PoissonWeights& poisson);

 private:
  double error_of_rest(const PoissonWeights& poisson, std::size_t k, const std::vector<double>& now,
                       const std::vector<double>& next);

  Uniformised by_rows_;
  Uniformised by_columns_;
  const UniformisationOptions& options_;
  double tolerance_;
  double spread_ = std::numeric_limits<double>::infinity();
  std::size_t next_try_ = 0;
  std::size_t extra_steps_ = 0;
};

/// Error of taking the k-th distribution for every later one. Both vectors are right to a step's
/// rounding given the k-th one, so that the change of one exact step is known.
double Forward::error_of_rest(const PoissonWeights& poisson, std::size_t k,
                              const std::vector<double>& now, const std::vector<double>& next) {
  const double most = 2.0 * poisson.at_least(k + 1);  // two distributions differ by at most 2
  if (!options_.detect || most <= tolerance_ / 4) return most;
  const double change = distance(now, next) + 2 * by_columns_.step_error;
  const double one_by_one = poisson.excess(k) * change;
  const double best = std::min(most, one_by_one);
  if (best <= tolerance_ / 4) return best;
  const auto length = static_cast<double>(k + 1);
  if (k >= next_try_ && change * length * 8 <= tolerance_ / 4 && !std::isfinite(spread_)) {
    next_try_ = 4 * k + 16;
    Mixing mixing(by_rows_);
    spread_ = mixing.spread(
        static_cast<std::size_t>(std::max_element(now.begin(), now.end()) - now.begin()), k + 1);
    extra_steps_ += mixing.steps();
  }
  return std::min(best, spread_ * change);
}

Result<Walk> Forward::walk(std::vector<double> now, const PoissonWeights& poisson) {
  Walk walk;
  walk.sum.assign(now.size(), 0.0);
  std::vector<double> next(now.size());
  std::size_t look = 0;
  for (std::size_t k = 0;; ++k) {
    may_abandon();
    const double weight = poisson.weight(k);
    if (weight > 0.0) {
      for (std::size_t i = 0; i < now.size(); ++i) walk.sum[i] += weight * now[i];
    }
    by_columns_.multiply(now, next);
    if (k == look || k == poisson.last()) {
      look = k + std::max<std::size_t>(
                     1, std::min(k / 16, static_cast<std::size_t>(std::sqrt(poisson.mean()) / 4)));
      const double kept = static_cast<double>(k - std::min<std::size_t>(k, poisson.first()) + 4);
      const double rounding = static_cast<double>(k) * by_columns_.step_error +
                              poisson.relative_error() +
                              kept * std::numeric_limits<double>::epsilon();
      const double rest = error_of_rest(poisson, k, now, next);
      walk.error = rest + rounding + poisson.omitted_below() + poisson.omitted_above();
      if (walk.error <= tolerance_) {
        const double tail = poisson.at_least(k + 1);
        for (std::size_t i = 0; i < now.size(); ++i) walk.sum[i] += tail * now[i];
        walk.steps = k + 1 + extra_steps_;
        return walk;
      }
      if (k >= poisson.last() || rounding > tolerance_) {
        return tl::unexpected(
            Error{Fault::not_converged,
                  "state probabilities are known to " + std::to_string(walk.error) + " only", ""});
      }
    }
    if (k + 1 >= options_.step_limit) {
      return tl::unexpected(
          Error{Fault::budget_exhausted, "uniformisation needs more steps than allowed", ""});
    }
    std::swap(now, next);
  }
}

}  // namespace

Result<Distribution> distribution_at(const Chain& chain, std::span<const double> initial, double t,
                                     const UniformisationOptions& options) {
  if (Result<void> checked = check_transient(chain, initial, t, options); !checked) {
    return tl::unexpected(checked.error());
  }
  const std::vector<std::uint32_t> states = reachable(chain, initial);
  Forward forward(chain, states, options);
  const Result<PoissonWeights> poisson = poisson_weights(forward.rate(), t);
  if (!poisson) return tl::unexpected(poisson.error());
  Result<Walk> walk = forward.walk(gathered(initial, states), *poisson);
  if (!walk) return tl::unexpected(walk.error());
  Distribution result;
  result.probability.assign(chain.state_count(), 0.0);
  for (std::size_t i = 0; i < states.size(); ++i) result.probability[states[i]] = walk->sum[i];
  result.error = walk->error;
  result.steps = walk->steps;
  return result;
}

}  // namespace haplan::model
