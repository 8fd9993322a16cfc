#include "model/markov/long_run.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "model/base/contract.hpp"
#include "model/markov/bias.hpp"
#include "model/markov/bicgstab.hpp"
#include "model/markov/components.hpp"
#include "model/markov/elimination.hpp"
#include "model/markov/ordered_elimination.hpp"
#include "model/markov/ordered_split.hpp"
#include "model/markov/steady_state.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {

namespace {

using States = std::vector<std::uint32_t>;

constexpr double kUnit = std::numeric_limits<double>::epsilon() / 2;
constexpr std::uint32_t kTransient = BottomComponents::kTransient;

double middle(const Enclosure& e) { return e.lower + (e.upper - e.lower) / 2; }

/// What half of the interval may be. Relative to the end that is nearer to 0.
double allowed(const Enclosure& e, const LongRunOptions& options) {
  const double least =
      (e.lower > 0) == (e.upper > 0) ? std::min(std::abs(e.lower), std::abs(e.upper)) : 0.0;
  return std::max(options.absolute, options.relative * least);
}

bool within(const Enclosure& e, const LongRunOptions& options) {
  return (e.upper - e.lower) / 2 <= allowed(e, options);
}

Enclosure common(const Enclosure& a, const Enclosure& b) {
  return {std::max(a.lower, b.lower), std::min(a.upper, b.upper)};
}

LongRunMean answer(const Enclosure& e, std::size_t iterations) {
  return {{middle(e), e.lower, e.upper, Method::bounded}, iterations};
}

tl::unexpected<Error> not_converged() {
  return tl::unexpected(Error{Fault::not_converged,
                              "the long-run mean of the chain did not reach its tolerance", ""});
}

/// All states of the order eliminated; those of a closed set in an order of distance from the
/// likeliest state.
std::optional<OrderedElimination> eliminated(const Chain& chain, bool closed,
                                             const EliminationLimits& limits, States& order) {
  auto result = OrderedElimination::of(chain, order, limits);
  if (!result || !closed) return result;
  const std::uint32_t likeliest = order[result->likeliest()];
  if (likeliest == order[0]) return result;
  result.reset();
  std::vector<bool> member(chain.state_count(), false);
  for (const std::uint32_t state : order) member[state] = true;
  order = ordered_by_distance(chain, member, {&likeliest, 1});
  return OrderedElimination::of(chain, order, limits);
}

/// Refines a function h of the state until Q h + f is nearly constant (closed set) or nearly 0: by
/// elimination where that is cheap, else by iteration, and where that stalls by elimination after
/// all.
class Refinement {
 public:
  Refinement(const Chain& chain, States order, bool closed, const LongRunOptions& options)
      : chain_(chain),
        order_(std::move(order)),
        closed_(closed),
        options_(options),
        residual_(order_.size()),
        correction_(order_.size()),
        elimination_(eliminated(chain_, closed_, cheap(), order_)) {}

  /// f + Q h over the set.
  Enclosure check(std::span<const double> f, const Bias& h) {
    return enclose(chain_, order_, f, h, residual_);
  }

  /// Improves h from the last check, aiming at residuals below the tolerance. False when no
  /// iterations are left.
  bool improve_bias(Bias& h, double centre, double tolerance) {
    if (elimination_) {
      elimination_->solve(residual_, correction_);
    } else {
      if (iterations >= options_.most_iterations) return false;
      if (!split_) split_.emplace(chain_, order_, closed_);
      for (double& r : residual_) r = centre - r;
      split_->left(residual_, residual_);
      iterations += improve(*split_, residual_, correction_,
                            {tolerance, options_.most_iterations - iterations});
      split_->right(correction_, correction_);
    }
    const double base = closed_ ? correction_[0] : 0.0;
    for (std::size_t i = 0; i < order_.size(); ++i) h.add(order_[i], correction_[i] - base);
    return true;
  }

  /// Goes over to elimination, whatever it costs within the limit. False when that is not new. Start
  /// again from h = 0 then: what a failed iteration leaves may be anything.
  bool eliminate_instead() {
    if (elimination_ || iterations >= options_.most_iterations) return false;
    split_.reset();
    elimination_ = eliminated(chain_, closed_, {options_.most_products}, order_);
    return elimination_.has_value();
  }

  std::size_t iterations = 0;

 private:
  /// Less work than an iteration, and given up at the first state with much fill.
  EliminationLimits cheap() const {
    const std::size_t products = chain_.transition_count() + 4 * chain_.state_count();
    return {std::min(options_.most_products, products), 64};
  }

  const Chain& chain_;
  States order_;
  bool closed_;
  LongRunOptions options_;
  std::vector<double> residual_;
  std::vector<double> correction_;
  std::optional<OrderedElimination> elimination_;
  std::optional<OrderedSplit> split_;
};

/// Ends a series of refinements of which two in a row gain less than half.
class Gain {
 public:
  bool is_lost(double width) {
    lost_ = width < 0.5 * least_ ? 0 : lost_ + 1;
    least_ = std::min(least_, width);
    return lost_ > 1;
  }

 private:
  double least_ = std::numeric_limits<double>::infinity();
  int lost_ = 0;
};

/// Mean over an eliminated component. The entrywise error counts on f - m only, for any constant m;
/// the reward of the likeliest state leaves least.
Enclosure eliminated_mean(const Chain& chain, const States& states, std::span<const double> f) {
  const Eliminated pi = eliminate(dense_rates(chain, states), states.size());
  const auto likeliest = std::max_element(pi.probability.begin(), pi.probability.end());
  const double m = f[states[static_cast<std::size_t>(likeliest - pi.probability.begin())]];
  CompensatedSum sum;
  CompensatedSum size;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const double term = pi.probability[i] * (f[states[i]] - m);
    sum.add(term);
    size.add(std::abs(term));
  }
  const double value = m + sum.value();
  const double error = 1.001 * (pi.relative_error + 6 * kUnit) * size.value() +
                       (m == 0.0 ? 0.0 : 2 * kUnit * (std::abs(value) + std::abs(m)));
  return {value - error, value + error};
}

/// `order` holds the component.
Result<LongRunMean> iterated_mean(const Chain& chain, States order, std::span<const double> f,
                                  Enclosure known, const LongRunOptions& options) {
  Refinement refinement(chain, std::move(order), true, options);
  Bias h(chain.state_count());
  Gain gain;
  for (;;) {
    const Enclosure now = refinement.check(f, h);
    known = common(known, now);
    if (within(known, options)) return answer(known, refinement.iterations);
    const double width = now.upper - now.lower;
    if (gain.is_lost(width)) {
      if (!refinement.eliminate_instead()) return not_converged();
      h = Bias(chain.state_count());
      gain = Gain();
      refinement.check(f, h);
    }
    const double aim = std::max(0.5 * allowed(known, options), 1e-14 * width);
    if (!refinement.improve_bias(h, middle(known), aim)) return not_converged();
  }
}

Result<LongRunMean> component_mean(const Chain& chain, const States& states,
                                   std::span<const double> f, const LongRunOptions& options) {
  Enclosure known{-HUGE_VAL, HUGE_VAL};
  if (states.size() <= options.dense_states || states.size() == 1) {
    known = eliminated_mean(chain, states, f);
    if (within(known, options)) return answer(known, 0);
  }
  std::vector<bool> member(chain.state_count(), false);
  for (const std::uint32_t state : states) member[state] = true;
  States order = ordered_by_distance(chain, member, std::span(states).first(1));
  return iterated_mean(chain, std::move(order), f, known, options);
}

/// All states by distance to state 0 when each leads to every other; else none. Most large chains
/// are such, and this is much faster than looking for components.
States irreducible_order(const Chain& chain) {
  const std::size_t n = chain.state_count();
  std::vector<bool> seen(n, false);
  seen[0] = true;
  States open{0};
  std::size_t count = 1;
  while (!open.empty()) {
    const std::uint32_t state = open.back();
    open.pop_back();
    for (const std::uint32_t to : chain.targets(state)) {
      if (seen[to]) continue;
      seen[to] = true;
      ++count;
      open.push_back(to);
    }
  }
  if (count < n) return {};
  const std::uint32_t seed = 0;
  States order = ordered_by_distance(chain, seen, {&seed, 1});
  return order.size() == n ? order : States{};
}

std::optional<Error> mistake(const Chain& chain, std::span<const double> f) {
  HAPLAN_EXPECTS(f.size() == chain.state_count());
  for (const double x : f)
    if (!std::isfinite(x)) return Error{Fault::invalid_input, "a reward must be finite", ""};
  return std::nullopt;
}

/// Mean over what transient states end in, `ends` holding the mean of each bottom component on its
/// states.
///
/// x approximates the exact v, which has Q v = 0 on the transient states and equals `ends` elsewhere.
/// With V >= 0 such that Q V <= -s < 0 on them and V = 0 elsewhere, |x - v| <= max |Q x| V / s.
class Absorption {
 public:
  Absorption(const Chain& chain, const BottomComponents& bottoms, const LongRunOptions& options)
      : options_(options),
        zero_(chain.state_count(), 0.0),
        time_(chain.state_count()),
        refinement_(chain, order(chain, bottoms), false, options) {}

  Result<Enclosure> mean(Bias& x, std::span<const double> initial) {
    const std::optional<double> steepness = hitting_time();
    if (!steepness) return not_converged();
    double time = 0.0;
    for (std::size_t i = 0; i < initial.size(); ++i) time += initial[i] * time_.high[i];
    const double factor = 1.001 * time / *steepness;
    const Bias start = x;
    Gain gain;
    for (;;) {
      const Enclosure rest = refinement_.check(zero_, x);
      const double residual = std::max(std::abs(rest.lower), std::abs(rest.upper));
      CompensatedSum sum;
      CompensatedSum size;
      for (std::size_t i = 0; i < initial.size(); ++i) {
        sum.add(initial[i] * x.high[i]);
        size.add(initial[i] * std::abs(x.high[i]));
      }
      const double error = residual * factor + 8 * kUnit * size.value();
      const Enclosure value{sum.value() - error, sum.value() + error};
      const double enough = 0.5 * allowed(value, options_);
      if (error <= enough) return value;
      if (gain.is_lost(error)) {
        if (!refinement_.eliminate_instead()) return not_converged();
        x = start;
        gain = Gain();
        refinement_.check(zero_, x);
      }
      const double aim = std::max(0.2 * enough / factor, 1e-14 * residual);
      if (!refinement_.improve_bias(x, 0.0, aim)) return not_converged();
    }
  }

  std::size_t iterations() const { return refinement_.iterations; }

 private:
  /// Transient states that can be met, those that may leave at once first.
  static States order(const Chain& chain, const BottomComponents& bottoms) {
    std::vector<bool> member(chain.state_count(), false);
    States seeds;
    for (std::uint32_t i = 0; i < chain.state_count(); ++i) {
      member[i] = bottoms.of[i] == kTransient;
      if (!member[i]) continue;
      for (const std::uint32_t to : chain.targets(i)) {
        if (bottoms.of[to] == kTransient) continue;
        seeds.push_back(i);
        break;
      }
    }
    return ordered_by_distance(chain, member, seeds);
  }

  /// Brings time_ near to the mean time until absorption; returns s.
  std::optional<double> hitting_time() {
    const std::vector<double> one(zero_.size(), 1.0);
    Gain gain;
    for (;;) {
      const Enclosure slope = refinement_.check(one, time_);  // 1 + Q V
      if (slope.upper <= 0.5) return 1.0 - slope.upper;
      if (gain.is_lost(slope.upper - slope.lower)) {
        if (!refinement_.eliminate_instead()) return std::nullopt;
        time_ = Bias(zero_.size());
        gain = Gain();
        refinement_.check(one, time_);
      }
      if (!refinement_.improve_bias(time_, 0.0, 0.1)) return std::nullopt;
    }
  }

  LongRunOptions options_;
  std::vector<double> zero_;
  Bias time_;
  Refinement refinement_;
};

}  // namespace

Result<LongRunMean> long_run_mean(const Chain& chain, std::span<const double> f,
                                  const LongRunOptions& options) {
  if (const auto error = mistake(chain, f)) return tl::unexpected(*error);
  if (chain.state_count() > options.dense_states) {
    States order = irreducible_order(chain);
    if (!order.empty())
      return iterated_mean(chain, std::move(order), f, {-HUGE_VAL, HUGE_VAL}, options);
  }
  const BottomComponents bottoms = bottom_components(chain);
  if (bottoms.count != 1) {
    return tl::unexpected(
        Error{Fault::not_unique, "the long-run mean of the chain depends on its first state", ""});
  }
  return component_mean(chain, bottoms.states(0), f, options);
}

Result<LongRunMean> long_run_mean_from(const Chain& chain, std::span<const double> f,
                                       std::span<const double> initial,
                                       const LongRunOptions& options) {
  if (const auto error = mistake(chain, f)) return tl::unexpected(*error);
  HAPLAN_EXPECTS(initial.size() == chain.state_count());
  States start;
  double mass = 0.0;
  bool positive = true;
  for (std::uint32_t i = 0; i < initial.size(); ++i) {
    positive = positive && initial[i] >= 0.0;
    mass += initial[i];
    if (initial[i] != 0.0) start.push_back(i);
  }
  if (!positive || !(std::abs(mass - 1.0) <= 1e-9)) {
    return tl::unexpected(
        Error{Fault::invalid_input, "an initial distribution must be >= 0 with sum 1", ""});
  }
  const BottomComponents bottoms = bottom_components(chain, start);
  LongRunOptions part = options;
  if (bottoms.count > 1) {  // one half for the ends, one for the way there
    part.absolute /= 2;
    part.relative /= 2;
  }
  std::vector<Estimate> means;
  std::size_t iterations = 0;
  for (std::uint32_t b = 0; b < bottoms.count; ++b) {
    Result<LongRunMean> mean = component_mean(chain, bottoms.states(b), f, part);
    if (!mean || bottoms.count == 1) return mean;
    means.push_back(mean->value);
    iterations += mean->iterations;
  }
  Bias ends(chain.state_count());
  double error = 0.0;
  for (std::size_t i = 0; i < chain.state_count(); ++i) {
    if (bottoms.of[i] == kTransient) continue;
    const Estimate& mean = means[bottoms.of[i]];
    ends.high[i] = mean.value;
    error = std::max({error, mean.upper - mean.value, mean.value - mean.lower});
  }
  Absorption absorption(chain, bottoms, options);
  const Result<Enclosure> mixed = absorption.mean(ends, initial);
  if (!mixed) return tl::unexpected(mixed.error());
  const Enclosure value{mixed->lower - 1.001 * error, mixed->upper + 1.001 * error};
  if (!within(value, options)) return not_converged();
  return answer(value, iterations + absorption.iterations());
}

}  // namespace haplan::model
