#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "model/base/abandon.hpp"
#include "model/markov/phase_distance.hpp"
#include "model/markov/phase_type.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {
namespace {

struct Moments {
  double mean = 0.0;
  double variance = 0.0;
  double relative() const { return variance / (mean * mean); }
};

PhaseType erlang(double mean, std::uint32_t stages) { return {{{1.0, stages, stages / mean}}}; }

/// [Tij94]: k - 1 stages with probability p, else k, so that mean and variance are exact.
std::optional<PhaseType> two_erlangs(const Moments& target, std::uint32_t most) {
  const double c = target.relative();
  if (!(c * most >= 1.0) || c > 1.0) return std::nullopt;
  const auto k = static_cast<std::uint32_t>(std::ceil(1.0 / c));
  if (k > most) return std::nullopt;
  if (k == 1) return erlang(target.mean, 1);
  const double n = k;
  const double p = std::max(0.0, (n * c - std::sqrt(n * (1 + c - n * c))) / (1 + c));
  const double rate = (n - p) / target.mean;
  return PhaseType{{{p, k - 1, rate}, {1 - p, k, rate}}};
}

/// Means t of the branches are the roots of t^2 - a t + b that fit the reduced moments E[X^n] / n!.
std::optional<PhaseType> two_exponentials(const LognormalDelay& delay) {
  const double c = std::expm1(delay.sigma * delay.sigma);
  if (!(c > 1.0)) return std::nullopt;
  const double second = (1 + c) / 2;  // in units of the mean
  const double third = third_moment_of({1.0, delay.sigma}) / 6;
  const double a = (third - second) / (second - 1);
  const double b = a - second;
  const double root = std::sqrt(a * a - 4 * b);
  const double slow = (a + root) / 2;
  const double fast = b / slow;
  const double p = (1 - fast) / (slow - fast);  // of the slow branch: p slow + (1 - p) fast = 1
  if (!(fast > 0.0 && p > 0.0 && p < 1.0)) return std::nullopt;
  return PhaseType{{{p, 1, 1 / (slow * delay.mean)}, {1 - p, 1, 1 / (fast * delay.mean)}}};
}

/// J in 1..n: the delay, shifted and narrowed, in units of a stage and rounded at random so that
/// the mean stays. Then Erlang(J, rate) has the mean E[J] / rate and the variance
/// Var(J) / rate^2 + E[J] / rate^2.
class Shape {
 public:
  Shape(const SingleDelay& delay, std::uint32_t stages, double rate)
      : delay_(delay), stages_(stages), rate_(rate), mean_(mean_of(delay)) {}

  struct Weights {
    std::vector<double> p;  ///< of J = 1..n
    double mean = 0.0;
    double variance = 0.0;
  };

  /// Weights for rate * (centre + narrow (X - E[X])), cut to 1..n.
  Weights at(double centre, double narrow) const {
    const auto time_of = [&](double j) { return mean_ + (j / rate_ - centre) / narrow; };
    const auto excess = [&](double j) {
      const double t = time_of(j);
      return rate_ * narrow * (t < 0.0 ? mean_ - t : expected_excess(delay_, t));
    };
    // P(J >= j) is the mean of a ramp from j - 1 to j, the difference of two expected excesses.
    Weights result;
    result.p.resize(stages_);
    double above = 1.0;
    double here = excess(1.0);
    for (std::uint32_t j = 1; j <= stages_; ++j) {
      const double next = j < stages_ ? excess(j + 1.0) : here;
      const double more = j < stages_ ? std::min(above, here - next) : 0.0;
      result.p[j - 1] = above - more;
      above = more;
      here = next;
    }
    CompensatedSum mean;
    for (std::uint32_t j = 1; j <= stages_; ++j) mean.add(j * result.p[j - 1]);
    result.mean = mean.value();
    CompensatedSum variance;
    for (std::uint32_t j = 1; j <= stages_; ++j) {
      variance.add((j - result.mean) * (j - result.mean) * result.p[j - 1]);
    }
    result.variance = variance.value();
    return result;
  }

  /// The centre at which E[J] is right: it rises with the centre.
  Weights centred(double narrow) const {
    double low = 0.0;
    double high = 2 * mean_;
    for (int i = 0; i < 100 && high - low > 1e-15 * mean_; ++i) {
      const double middle = (low + high) / 2;
      (at(middle, narrow).mean < rate_ * mean_ ? low : high) = middle;
    }
    return at((low + high) / 2, narrow);
  }

  /// The narrowing at which mean and variance are right; none when the stages are too few.
  std::optional<PhaseType> matched(double variance) const {
    const double wanted = rate_ * rate_ * variance - rate_ * mean_;
    if (!(wanted > 0.0) || centred(1.5).variance < wanted) return std::nullopt;
    double low = 1e-6;
    double high = 1.5;
    if (centred(low).variance > wanted) return std::nullopt;
    for (int i = 0; i < 60; ++i) {
      const double middle = (low + high) / 2;
      (centred(middle).variance < wanted ? low : high) = middle;
    }
    const Weights weights = centred((low + high) / 2);
    PhaseType type;
    for (std::uint32_t j = 1; j <= stages_; ++j) {
      if (weights.p[j - 1] > 0.0) type.branches.push_back({weights.p[j - 1], j, rate_});
    }
    // What the searches leave in the mean is scaled away.
    const double scale = type.mean() / mean_;
    for (ErlangBranch& branch : type.branches) branch.rate *= scale;
    return type;
  }

 private:
  const SingleDelay& delay_;
  std::uint32_t stages_;
  double rate_;
  double mean_;
};

/// Erlang(k) branches whose means are lognormal themselves, on a grid of values of Z from -reach
/// to reach; narrower than the delay by what the stages add.
std::optional<PhaseType> lognormal_branches(const LognormalDelay& delay, std::uint32_t stages,
                                            std::uint32_t branches, double reach) {
  const auto at = [&](double sigma) {
    may_abandon();
    PhaseType type;
    CompensatedSum total;
    for (std::uint32_t i = 0; i < branches; ++i) {
      const double z = reach * (2.0 * i / (branches - 1) - 1);
      type.branches.push_back({std::exp(-z * z / 2), stages, stages * std::exp(-sigma * z)});
      total.add(type.branches.back().probability);
    }
    for (ErlangBranch& branch : type.branches) branch.probability /= total.value();
    const double scale = type.mean() / delay.mean;
    for (ErlangBranch& branch : type.branches) branch.rate *= scale;
    return type;
  };
  const double wanted = variance_of(delay);
  double low = 0.0;
  double high = 2 * delay.sigma;
  if (at(low).variance() > wanted || at(high).variance() < wanted) return std::nullopt;
  for (int i = 0; i < 80; ++i) {
    const double middle = (low + high) / 2;
    (at(middle).variance() < wanted ? low : high) = middle;
  }
  return at((low + high) / 2);
}

/// Where the last stage may stand, in the order in which the fits are tried.
std::vector<double> reaches(const SingleDelay& delay) {
  if (const auto* uniform = std::get_if<UniformDelay>(&delay)) {
    return {0.98 * uniform->to, uniform->to, 1.05 * uniform->to};
  }
  std::vector<double> result;
  if (const auto* lognormal = std::get_if<LognormalDelay>(&delay)) {
    const double s = lognormal->sigma;
    for (const double z : {2.0, 2.5, 3.0, 3.5, 4.0}) {
      result.push_back(lognormal->mean * std::exp(s * z - s * s / 2));
    }
  }
  return result;
}

std::vector<PhaseType> candidates(const SingleDelay& delay, std::uint32_t most) {
  const Moments target{mean_of(delay), variance_of(delay)};
  std::vector<PhaseType> result;
  const auto add = [&](std::optional<PhaseType> type) {
    if (type) result.push_back(std::move(*type));
  };
  if (target.relative() * most < 1.0) add(erlang(target.mean, most));
  add(two_erlangs(target, most));
  for (const double reach : reaches(delay)) {
    add(Shape(delay, most, most / reach).matched(target.variance));
  }
  const auto* lognormal = std::get_if<LognormalDelay>(&delay);
  if (lognormal == nullptr) return result;
  if (most == 1 && target.relative() > 1.0) add(erlang(target.mean, 1));
  if (most >= 2) add(two_exponentials(*lognormal));
  for (std::uint32_t stages = 1; stages * 2 <= std::min<std::uint32_t>(most, 400);
       stages += 1 + stages / 2) {
    for (const std::uint32_t branches : {2U, 3U, 4U, 5U, 7U, 10U, 15U}) {
      if (branches * stages > most) break;
      for (const double reach : {2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0}) {
        add(lognormal_branches(*lognormal, stages, branches, reach));
      }
    }
  }
  return result;
}

/// The greatest difference of the two distribution functions at some times: to choose by.
double rough_distance(const SingleDelay& delay, const PhaseType& type) {
  double greatest = 0.0;
  const auto look = [&](double t) {
    greatest = std::max(greatest, std::abs(1 - cdf(delay, t) - type.survival(t)));
  };
  const double mean = mean_of(delay);
  for (int i = -60; i <= 30; ++i) look(mean * std::exp2(i / 6.0));
  for (int i = 1; i <= 60; ++i) look(mean * i / 30.0);
  return greatest;
}

}  // namespace

Result<PhaseFit> fit_phases(const SingleDelay& delay, std::uint32_t most_phases) {
  if (Result<void> checked = check_delay(delay); !checked) {
    return tl::unexpected(checked.error());
  }
  if (most_phases < 1 || most_phases > kMostPhases) {
    return tl::unexpected(Error{Fault::invalid_input, "the number of phases is out of range", ""});
  }
  const double variance = variance_of(delay);
  const auto matches = [&](const PhaseType& type) {
    return std::abs(type.variance() - variance) <= 1e-9 * variance;
  };
  PhaseType best;
  std::pair<bool, double> rank{true,
                               2.0};  // a variance that is wrong comes after any that is right
  for (PhaseType& type : candidates(delay, most_phases)) {
    may_abandon();
    const std::pair<bool, double> now{!matches(type), rough_distance(delay, type)};
    if (now >= rank) continue;
    rank = now;
    best = std::move(type);
  }
  const Result<PhaseDistances> far = distances(delay, best);
  if (!far) return tl::unexpected(far.error());
  const bool matched = matches(best);
  return PhaseFit{std::move(best), matched, far->cdf, far->mean};
}

}  // namespace haplan::model
