#include "model/recovery/domain.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"
#include "model/numerics/normal.hpp"

namespace haplan::model {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// (ln t - mu) / sigma of a lognormal with mean r: mu = ln r - sigma^2 / 2.
double standardized(const DomainMode& mode, double t) {
  return std::log(t / mode.repair) / mode.sigma + 0.5 * mode.sigma;
}

/// E[max(R - t, 0)]: what of a lognormal repair is left beyond age t.
double lognormal_excess(const DomainMode& mode, double t) {
  if (t == kInfinity) return 0.0;
  if (t <= 0.0) return mode.repair;
  const double z = standardized(mode, t);
  return mode.repair * normal_tail(z - mode.sigma) - t * normal_tail(z);
}

double lognormal_min(const DomainMode& mode, double t) {
  const double z = standardized(mode, t);
  return mode.repair * normal_cdf(z - mode.sigma) + t * normal_tail(z);
}

/// Fixed in effect: a repair time without spread.
bool has_no_spread(const DomainMode& mode) {
  return mode.law == RepairLaw::fixed || (mode.law == RepairLaw::lognormal && mode.sigma == 0.0);
}

/// Mean time per outage spent at an age in (after, until], without subtracting near-equal numbers
/// where avoidable.
double expected_between(const DomainMode& mode, double after, double until) {
  if (mode.repair <= 0.0 || until <= after) return 0.0;
  if (has_no_spread(mode)) {
    return std::max(0.0, std::min(mode.repair, until) - std::min(mode.repair, after));
  }
  if (mode.law == RepairLaw::exponential) {
    return mode.repair * std::exp(-after / mode.repair) *
           -std::expm1(-(until - after) / mode.repair);
  }
  // Both are the integral of the survival function over (after, until]; take the one that cancels
  // less.
  const double below = expected_min(mode, until);
  const double above = lognormal_excess(mode, after);
  return below < above ? below - expected_min(mode, after) : above - lognormal_excess(mode, until);
}

double total_outage(const std::vector<DomainMode>& modes) {
  double sum = 0.0;
  for (const DomainMode& mode : modes) sum += mode.rate * mode.repair;
  return sum;
}

}  // namespace

double expected_min(const DomainMode& mode, double t) {
  HAPLAN_EXPECTS(t >= 0.0);
  if (t == kInfinity) return mode.repair;
  if (t == 0.0 || mode.repair <= 0.0) return 0.0;
  if (has_no_spread(mode)) return std::min(mode.repair, t);
  if (mode.law == RepairLaw::exponential) return mode.repair * -std::expm1(-t / mode.repair);
  return lognormal_min(mode, t);
}

double down_probability(const std::vector<DomainMode>& modes, bool down) {
  if (down) return 1.0;
  const double outage = total_outage(modes);
  return outage / (1.0 + outage);
}

double up_probability(const std::vector<DomainMode>& modes, bool down) {
  return down ? 0.0 : 1.0 / (1.0 + total_outage(modes));
}

double down_between(const std::vector<DomainMode>& modes, bool down, double after, double until) {
  HAPLAN_EXPECTS(after >= 0.0);
  if (down) return until == kInfinity ? 1.0 : 0.0;
  double sum = 0.0;
  for (const DomainMode& mode : modes) sum += mode.rate * expected_between(mode, after, until);
  return sum / (1.0 + total_outage(modes));
}

bool fail_alike(const std::vector<DomainMode>& a, const std::vector<DomainMode>& b) {
  return std::ranges::equal(a, b, [](const DomainMode& x, const DomainMode& y) {
    return x.rate == y.rate && x.repair == y.repair && x.law == y.law && x.sigma == y.sigma;
  });
}

}  // namespace haplan::model
