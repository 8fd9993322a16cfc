#include "model/markov/interval_availability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"
#include "model/markov/poisson.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {
namespace {

constexpr double kUnit = std::numeric_limits<double>::epsilon() / 2;

enum class Tail { at_least, less };

/// Both tails of Bin(n, y), for k = 0..levels; n grows by one at a time. Sums of positive terms
/// only.
class BinomialTails {
 public:
  BinomialTails(double y, std::size_t levels)
      : y_(y), below_(levels + 1, 1.0), at_least_(levels + 1, 0.0) {
    below_[0] = 0.0;
    at_least_[0] = 1.0;
  }
  void grow() {
    for (std::size_t k = below_.size() - 1; k > 0; --k) {
      below_[k] = (1 - y_) * below_[k] + y_ * below_[k - 1];
      at_least_[k] = (1 - y_) * at_least_[k] + y_ * at_least_[k - 1];
    }
  }
  double below(std::size_t k) const { return below_[k]; }
  double at_least(std::size_t k) const { return at_least_[k]; }

 private:
  double y_;
  std::vector<double> below_;
  std::vector<double> at_least_;
};

/// P(state, number of down intervals so far), the last level "that many or more".
class Levels {
 public:
  Levels(const Uniformised& by_columns, const std::vector<double>& initial,
         const std::vector<bool>& down, std::size_t levels)
      : matrix_(by_columns), down_(down), width_(levels + 1) {
    now_.assign(matrix_.size() * width_, 0.0);
    next_.assign(now_.size(), 0.0);
    for (std::size_t i = 0; i < initial.size(); ++i)
      now_[i * width_ + (down[i] ? 1 : 0)] = initial[i];
  }

  void step() {
    const std::size_t used = std::min(width_, used_ + 1);  // levels above are still 0
    for (std::size_t to = 0; to < matrix_.size(); ++to) {
      double* out = next_.data() + to * width_;
      std::fill_n(out, used, 0.0);
      may_abandon();
      for (std::uint64_t k = matrix_.begin[to]; k < matrix_.begin[to + 1]; ++k) {
        flow(matrix_.other[k], matrix_.probability[k], down_[to], out);
      }
      flow(to, matrix_.stay[to], down_[to], out);
    }
    used_ = used;
    std::swap(now_, next_);
  }

  /// Mass of each level.
  std::vector<double> mass() const {
    std::vector<CompensatedSum> sums(used_);
    for (std::size_t i = 0; i < matrix_.size(); ++i) {
      for (std::size_t k = 0; k < used_; ++k) sums[k].add(now_[i * width_ + k]);
    }
    std::vector<double> result(width_, 0.0);
    for (std::size_t k = 0; k < used_; ++k) result[k] = sums[k].value();
    return result;
  }

 private:
  void flow(std::size_t from, double probability, bool to_down, double* out) const {
    const double* in = now_.data() + from * width_;
    if (!to_down) {
      for (std::size_t k = 0; k < used_; ++k) out[k] += probability * in[k];
      return;
    }
    const std::size_t free = std::min(used_, width_ - 1);
    for (std::size_t k = 0; k < free; ++k) out[k + 1] += probability * in[k];
    if (used_ == width_) out[width_ - 1] += probability * in[width_ - 1];
  }

  const Uniformised& matrix_;
  const std::vector<bool>& down_;
  std::size_t width_;
  std::size_t used_ = 2;
  std::vector<double> now_;
  std::vector<double> next_;
};

/// Least k with P(Bin(n, y) >= k) <= chance, or a little more: Chernoff's bound.
std::size_t level_beyond(double n, double y, double chance) {
  const double wanted = -std::log(chance);
  const auto exponent = [&](double share) {
    if (share <= y) return 0.0;
    if (share >= 1.0) return -n * std::log(y);
    return n * (share * std::log(share / y) + (1 - share) * std::log((1 - share) / (1 - y)));
  };
  if (y <= 0.0) return 1;
  if (exponent(1.0) <= wanted) return static_cast<std::size_t>(n) + 1;
  double low = y;
  double high = 1.0;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (exponent(middle) < wanted ? low : high) = middle;
  }
  return static_cast<std::size_t>(std::ceil(high * n)) + 1;
}

struct Problem {
  Uniformised by_columns;
  std::vector<double> initial;
  std::vector<bool> down;
  std::span<const double> shares;
  Tail tail = Tail::at_least;
};

/// One attempt with a given number of levels.
class Attempt {
 public:
  Attempt(const Problem& problem, const PoissonWeights& poisson, std::size_t levels)
      : problem_(problem),
        poisson_(poisson),
        levels_(levels),
        mass_(problem.by_columns, problem.initial, problem.down, levels),
        certain_(problem.shares.size()),
        possible_(problem.shares.size()) {
    for (const double y : problem.shares) tails_.emplace_back(y, levels);
  }

  bool run(const UniformisationOptions& options, IntervalDistribution& result) {
    for (std::size_t n = 0;; ++n) {
      if (poisson_.weight(n) > 0.0) {
        add(poisson_.weight(n));
        if (n == poisson_.last() || (n % 8 == 0 && static_cast<double>(n) > poisson_.mean())) {
          estimate(n, result);
          if (good(result, options) || n == poisson_.last()) {
            result.steps = (n + 1) * (levels_ + 1);
            return good(result, options);
          }
        }
      }
      mass_.step();
      for (BinomialTails& tail : tails_) tail.grow();
    }
  }

 private:
  void add(double weight) {
    const std::vector<double> mass = mass_.mass();
    for (std::size_t s = 0; s < tails_.size(); ++s) {
      const BinomialTails& tails = tails_[s];
      CompensatedSum sum;
      for (std::size_t k = 0; k < levels_; ++k) {
        sum.add(mass[k] * (problem_.tail == Tail::at_least ? tails.below(k) : tails.at_least(k)));
      }
      // The last level holds that many down intervals or more: D >= y with at least below().
      if (problem_.tail == Tail::at_least) sum.add(mass[levels_] * tails.below(levels_));
      certain_[s].add(weight * sum.value());
      possible_[s].add(weight * mass[levels_] * tails.at_least(levels_));
    }
  }

  double relative_error(std::size_t n) const {
    return static_cast<double>(n + 1) * (problem_.by_columns.step_error + 4 * kUnit) +
           poisson_.relative_error() + 8 * kUnit;
  }

  void estimate(std::size_t n, IntervalDistribution& result) const {
    const double error = relative_error(n);
    const double rest = poisson_.at_least(n + 1) + poisson_.omitted_below() +
                        poisson_.omitted_above() + std::numeric_limits<double>::min();
    result.probability.resize(tails_.size());
    for (std::size_t s = 0; s < tails_.size(); ++s) {
      const double lower = certain_[s].value() * (1 - error);
      const double upper = (certain_[s].value() + possible_[s].value()) * (1 + error) + rest;
      result.probability[s] = {lower + (upper - lower) / 2, lower, upper, Method::bounded};
    }
  }

  static bool good(const IntervalDistribution& result, const UniformisationOptions& options) {
    return std::all_of(
        result.probability.begin(), result.probability.end(), [&](const Estimate& e) {
          return (e.upper - e.lower) / 2 <=
                 std::max(options.relative_tolerance * e.lower, options.absolute_tolerance);
        });
  }

  const Problem& problem_;
  const PoissonWeights& poisson_;
  std::size_t levels_;
  Levels mass_;
  std::vector<BinomialTails> tails_;
  std::vector<CompensatedSum> certain_;   ///< one a share
  std::vector<CompensatedSum> possible_;  ///< what may come on top
};

/// The n from which on no tolerance is touched.
std::uint64_t last_of_interest(const PoissonWeights& poisson) {
  std::uint64_t n = static_cast<std::uint64_t>(poisson.mean());
  while (n < poisson.last() && poisson.at_least(n + 1) > 1e-30) ++n;
  return n;
}

Result<IntervalDistribution> solved(const Problem& problem, double t,
                                    const UniformisationOptions& options) {
  const auto failed = [](Fault fault, const char* message) {
    return tl::unexpected(Error{fault, message, ""});
  };
  const Result<PoissonWeights> poisson = poisson_weights(problem.by_columns.rate, t);
  if (!poisson) return tl::unexpected(poisson.error());
  const auto n = static_cast<double>(last_of_interest(*poisson));
  const double rounding = n * (problem.by_columns.step_error + 4 * kUnit);
  if (options.absolute_tolerance == 0.0 && rounding > options.relative_tolerance) {
    return failed(Fault::not_converged,
                  "so many steps of uniformisation round more than the tolerance");
  }
  const double greatest = *std::max_element(problem.shares.begin(), problem.shares.end());
  double chance = 1e-3 * std::clamp(options.relative_tolerance, 1e-13, 1e-3);
  std::size_t levels = 0;
  for (int attempt = 0; attempt < 5 && static_cast<double>(levels) <= n; ++attempt) {
    levels = level_beyond(n, greatest, chance);
    if (static_cast<double>(levels) > n) levels = poisson->last() + 1;  // all there can be
    if (n * static_cast<double>(levels + 1) > static_cast<double>(options.step_limit)) {
      return failed(Fault::budget_exhausted, "interval availability needs more steps than allowed");
    }
    IntervalDistribution result;
    if (Attempt(problem, *poisson, levels).run(options, result)) return result;
    chance = std::max(chance * chance, 1e-300);
  }
  return failed(Fault::not_converged, "interval availability does not reach the tolerance");
}

Result<IntervalDistribution> distribution(const Chain& chain, std::span<const double> initial,
                                          const std::vector<bool>& down,
                                          std::span<const double> shares, double t, Tail tail,
                                          const UniformisationOptions& options) {
  if (Result<void> checked = check_transient(chain, initial, t, options); !checked) {
    return tl::unexpected(checked.error());
  }
  HAPLAN_EXPECTS(down.size() == chain.state_count());
  Problem problem;
  problem.tail = tail;
  std::vector<double> inner;  // y = 0 is settled: D is never less
  for (const double y : shares) {
    if (!(y >= 0.0 && y <= 1.0) || t == 0.0) {
      return tl::unexpected(Error{Fault::invalid_input,
                                  "a share is outside 0 to 1, or the interval has no length", ""});
    }
    if (y > 0.0) inner.push_back(y);
  }
  IntervalDistribution result;
  if (!inner.empty()) {
    const std::vector<std::uint32_t> states = reachable(chain, initial);
    problem.by_columns = transposed(uniformised(chain, states, options.rate_factor));
    problem.initial = gathered(initial, states);
    for (const std::uint32_t state : states) problem.down.push_back(down[state]);
    problem.shares = inner;
    Result<IntervalDistribution> found = solved(problem, t, options);
    if (!found) return found;
    result = std::move(*found);
  }
  for (std::size_t s = 0; s < shares.size(); ++s) {
    if (shares[s] > 0.0) continue;
    result.probability.insert(result.probability.begin() + static_cast<std::ptrdiff_t>(s),
                              Estimate::exactly(tail == Tail::at_least ? 1.0 : 0.0));
  }
  return result;
}

}  // namespace

Result<IntervalDistribution> down_share_at_least(const Chain& chain,
                                                 std::span<const double> initial,
                                                 const std::vector<bool>& down,
                                                 std::span<const double> shares, double t,
                                                 const UniformisationOptions& options) {
  return distribution(chain, initial, down, shares, t, Tail::at_least, options);
}

Result<IntervalDistribution> down_share_less(const Chain& chain, std::span<const double> initial,
                                             const std::vector<bool>& down,
                                             std::span<const double> shares, double t,
                                             const UniformisationOptions& options) {
  return distribution(chain, initial, down, shares, t, Tail::less, options);
}

}  // namespace haplan::model
