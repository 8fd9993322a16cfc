#include "model/markov/phase_type.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"
#include "model/markov/poisson.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {
namespace {

/// With this many events expected, fewer than kMostPhases of them have a probability below 1e-400.
constexpr double kCertain = 4.0 * kMostPhases;

/// Branches this short are summed term by term, longer ones share a window of weights per rate.
constexpr std::uint32_t kShort = 40;

/// P(N < stages) and E[max(stages - N, 0)] for a Poisson number N of this mean > 0.
struct Left {
  double any = 0.0;
  double stages = 0.0;
};

Left left_of(std::uint32_t stages, double mean) {
  Left left;
  const auto add = [&](std::uint32_t i, double term) {  // term = P(N = i)
    left.any += term;
    left.stages += (stages - i) * term;
  };
  // From the end where the terms are great, so that none underflows before they matter.
  if (mean < stages) {
    double term = std::exp(-mean);
    for (std::uint32_t i = 0; i < stages; ++i) {
      add(i, term);
      term *= mean / (i + 1.0);
    }
    return left;
  }
  double term = std::exp((stages - 1.0) * std::log(mean) - mean - std::lgamma(stages));
  for (std::uint32_t i = stages; i-- > 0;) {
    add(i, term);
    term *= i / mean;
  }
  return left;
}

/// Sum over branches of probability * value(branch, what is left of it at t > 0).
template <class Value>
double over_branches(const std::vector<ErlangBranch>& branches, double t, const Value& value) {
  CompensatedSum sum;
  double rate = -1.0;
  PoissonWeights poisson;
  for (const ErlangBranch& branch : branches) {
    HAPLAN_EXPECTS(branch.rate > 0.0 && branch.stages >= 1 && branch.stages <= kMostPhases);
    if (branch.rate * t > kCertain) continue;
    if (branch.stages <= kShort) {
      sum.add(branch.probability * value(branch, left_of(branch.stages, branch.rate * t)));
      continue;
    }
    if (branch.rate != rate) {
      rate = branch.rate;
      poisson = *poisson_weights(rate, t);
    }
    const Left left{poisson.below(branch.stages), poisson.shortfall(branch.stages)};
    sum.add(branch.probability * value(branch, left));
  }
  return sum.value();
}

}  // namespace

double PhaseType::mean() const {
  CompensatedSum sum;
  for (const ErlangBranch& b : branches) sum.add(b.probability * b.stages / b.rate);
  return sum.value();
}

double PhaseType::variance() const {
  // Within the branches and between their means: no difference of squares.
  const double centre = mean();
  CompensatedSum sum;
  for (const ErlangBranch& b : branches) {
    const double own = b.stages / b.rate;
    sum.add(b.probability * (own / b.rate + (own - centre) * (own - centre)));
  }
  return sum.value();
}

double PhaseType::survival(double t) const {
  if (t <= 0.0) return 1.0;
  return over_branches(branches, t, [](const ErlangBranch&, const Left& left) { return left.any; });
}

double PhaseType::expected_excess(double t) const {
  if (t <= 0.0) return mean() - t;
  return over_branches(branches, t, [](const ErlangBranch& branch, const Left& left) {
    return left.stages / branch.rate;
  });
}

std::vector<Phase> phases_of(const PhaseType& type) {
  std::vector<Phase> phases;
  std::vector<bool> done(type.branches.size(), false);
  for (std::size_t first = 0; first < type.branches.size(); ++first) {
    if (done[first]) continue;
    const double rate = type.branches[first].rate;
    std::vector<double> enter;  // by remaining stages - 1
    for (std::size_t b = first; b < type.branches.size(); ++b) {
      if (type.branches[b].rate != rate) continue;
      done[b] = true;
      const std::size_t stages = type.branches[b].stages;
      if (enter.size() < stages) enter.resize(stages, 0.0);
      enter[stages - 1] += type.branches[b].probability;
    }
    for (std::size_t left = enter.size(); left > 0; --left) {
      const auto next = static_cast<std::uint32_t>(phases.size() + 1);
      phases.push_back(
          {enter[left - 1], rate, left > 1 ? next : std::numeric_limits<std::uint32_t>::max()});
    }
  }
  for (Phase& phase : phases) {
    phase.next = std::min(phase.next, static_cast<std::uint32_t>(phases.size()));
  }
  return phases;
}

}  // namespace haplan::model
