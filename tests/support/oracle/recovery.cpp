#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/support/oracle/parts.hpp"

// One replica, one domain, one failover: settings to times.
namespace haplan::test::oracle {

namespace {

Real upper_tail(Real z) { return std::erfc(z / std::sqrt(Real(2))) / 2; }

/// The 99 % point of the standard normal, by bisection.
Real normal_99() {
  Real low = 2, high = 3;
  for (int i = 0; i < 120; ++i) {
    const Real middle = (low + high) / 2;
    (upper_tail(middle) > Real(0.01L) ? low : high) = middle;
  }
  return low;
}

Real false_failure(const model::Component& component, const model::Probe& liveness) {
  if (component.false_failure) return *component.false_failure;
  if (!component.probe_latency) return 0;
  const Real p50 = component.probe_latency->p50;
  const Real sigma = std::log(Real(component.probe_latency->p99) / p50) / normal_99();
  return upper_tail(std::log(Real(liveness.timeout) / p50) / sigma);
}

/// Mean wait for the restart back-off: the i-th consecutive crash within 600 s waits min(10 *
/// 2^(i-1), 300).
Real back_off(Real exit_rate) {
  const Real q = -std::expm1(-600 * exit_rate);
  Real sum = 0, power = q;
  for (int i = 1; power > 1e-30L; ++i, power *= q) {
    sum += (1 - q) * power *
           std::min(Real(10) * std::pow(Real(2), Real(std::min(i - 1, 20))), Real(300));
  }
  return sum;
}

Real mode_detection(const model::Probe& p, bool worst) {
  return (worst ? Real(p.period) : Real(p.period) / 2) +
         Real(p.failure_threshold - 1) * std::max(p.period, p.timeout) + p.timeout;
}

void set_ready(Replica& out, const model::Component& component, const model::Probes& probes) {
  out.start = component.start;
  out.ready_mean = 0.5L;
  out.ready_worst = 1;
  Real further = 0;
  if (probes.readiness) {
    const model::Probe& r = *probes.readiness;
    out.start = std::max(out.start, Real(r.initial_delay));
    further = Real(r.success_threshold - 1) * r.period;
    out.ready_mean = Real(r.period) / 2 + further;
    out.ready_worst = r.period + further;
  }
  if (probes.startup) {
    out.ready_mean = Real(probes.startup->period) / 2 + further;
    out.ready_worst = probes.startup->period + further;
  }
}

Mode outage(const model::FailureMode& mode, const model::Component& component,
            const model::Probes& probes, const Replica& times, Real exit_rate) {
  Mode out{mode.name, mode.rate, 0, std::nullopt, mode.detection};
  // A given repair replaces the whole sum, so that no worst case is known either.
  if (mode.repair) {
    out.mean = *mode.repair;
    return out;
  }
  if (mode.detection == model::Detection::manual)
    throw std::invalid_argument("manual without repair");
  if (mode.detection == model::Detection::exit) {
    out.mean = 0.5L + times.start + times.ready_mean + back_off(exit_rate);
    out.worst = 1 + times.start + times.ready_worst;
    return out;
  }
  if (!probes.liveness) throw std::invalid_argument("liveness mode without probe");
  const model::Probe& p = *probes.liveness;
  const Real grace = p.grace ? Real(*p.grace) : Real(component.grace);
  const Real stop = mode.ignores_sigterm ? grace : std::min(Real(component.shutdown), grace);
  out.mean = mode_detection(p, false) + stop + times.start + times.ready_mean;
  out.worst = mode_detection(p, true) + stop + times.start + times.ready_worst;
  return out;
}

}  // namespace

Replica replica(const model::Component& component, const model::Probes& probes) {
  Replica out;
  set_ready(out, component, probes);
  if (component.replica_unavailability) {
    out.u = *component.replica_unavailability;  // instead of all modes, spurious kills among them
    return out;
  }
  Real exit_rate = 0;
  for (const auto& mode : component.modes) {
    if (mode.detection == model::Detection::exit) exit_rate += mode.rate;
  }
  for (const auto& mode : component.modes)
    out.modes.push_back(outage(mode, component, probes, out, exit_rate));
  if (probes.liveness) {
    const model::Probe& l = *probes.liveness;
    const Real p = false_failure(component, l);
    if (p > 0) {
      const Real run = std::pow(p, Real(l.failure_threshold));
      const Real grace = l.grace ? Real(*l.grace) : Real(component.grace);
      out.modes.push_back({"spurious-kill", (1 - p) * run / (l.period * (1 - run)),
                           std::min(Real(component.shutdown), grace) + out.start + out.ready_mean,
                           std::nullopt, model::Detection::exit});
    }
  }
  Real odds = 0;
  for (const Mode& mode : out.modes) odds += mode.rate * mode.mean;
  out.u = odds / (1 + odds);
  return out;
}

Real tail_mean(const model::DomainMode& mode, Real t) {
  const Real r = mode.repair;
  if (std::isinf(t)) return 0;
  if (t <= 0) return r;
  switch (mode.law) {
    case model::RepairLaw::exponential: return r * std::exp(-t / r);
    case model::RepairLaw::fixed: return std::max(r - t, Real(0));
    case model::RepairLaw::lognormal: {
      const Real sigma = mode.sigma;
      const Real mu = std::log(r) - sigma * sigma / 2;
      const Real z = (std::log(t) - mu) / sigma;
      return r * upper_tail(z - sigma) - t * upper_tail(z);
    }
  }
  throw std::invalid_argument("law");
}

Real cut_mean(const model::DomainMode& mode, Real t) {
  const Real r = mode.repair;
  if (std::isinf(t)) return r;
  if (t <= 0) return 0;
  if (mode.law == model::RepairLaw::exponential) return -r * std::expm1(-t / r);
  if (mode.law == model::RepairLaw::fixed) return std::min(r, t);
  const Real sigma = mode.sigma;
  const Real z = (std::log(t) - (std::log(r) - sigma * sigma / 2)) / sigma;
  return r * upper_tail(sigma - z) + t * upper_tail(z);
}

Real total_rate(const std::vector<model::DomainMode>& modes) {
  Real sum = 0;
  for (const auto& mode : modes) sum += mode.rate;
  return sum;
}

Real load_of(const std::vector<model::DomainMode>& modes) {
  Real sum = 0;
  for (const auto& mode : modes) sum += Real(mode.rate) * mode.repair;
  return sum;
}

std::pair<Real, Real> failover_times(const World& world, model::ComponentId component) {
  const model::FailoverSettings& s = world.deployment.components[component].failover;
  const model::NodeDetection& nd = world.system.node_detection;
  using model::Controller;
  switch (world.system.components[component].failover->controller) {
    case Controller::patroni: return {Real(s.ttl) + 6.5L, Real(s.ttl) + s.loop_wait + 10};
    case Controller::cloudnative_pg:
      return {Real(nd.mean) + s.failover_delay + s.lease + Real(s.retry_period) / 2 + 2,
              Real(nd.worst) + s.failover_delay + s.lease + s.retry_period + 5};
    case Controller::redis_sentinel: return {Real(s.down_after) + 2.3L, Real(s.down_after) + 5};
    case Controller::redis_cluster:
      return {1.25L * s.node_timeout + 1.25L, 1.5L * s.node_timeout + 2};
    case Controller::repmgr:
      return {s.reconnect_attempts * (Real(s.reconnect_interval) + Real(s.connect_timeout) / 2) + 2,
              s.reconnect_attempts * (Real(s.reconnect_interval) + s.connect_timeout) + 5};
    case Controller::none:
      return {Real(s.detect_mean) + s.promote_mean, Real(s.detect_worst) + s.promote_worst};
  }
  throw std::invalid_argument("controller");
}

}  // namespace haplan::test::oracle
