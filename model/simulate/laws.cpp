#include "model/simulate/laws.hpp"

#include <algorithm>
#include <cmath>

#include "model/numerics/normal.hpp"

namespace haplan::model {

namespace {

constexpr double kLook = 1.0;        ///< [s] between two looks of the kubelet at its containers
constexpr double kHealed = 600.0;    ///< [s] after which a crash is forgotten
constexpr double kSlowSpell = 30.0;  ///< [s] mean length where slowness comes in spells
constexpr double kAssumedOutage = 3600.0;

double grace_of(const Component& component, const Probes& probes) {
  if (probes.liveness && probes.liveness->grace) return *probes.liveness->grace;
  return component.grace;
}

/// Every exit finds the one before less than ten minutes ago with probability q: the k-th in a row waits
/// min(10 2^(k-1), 300) s.
double back_off_mean(const Component& component) {
  double exits = 0.0;
  for (const FailureMode& mode : component.modes)
    if (mode.detection == Detection::exit) exits += mode.rate;
  const double recent = -std::expm1(-kHealed * exits);
  const double quiet = std::exp(-kHealed * exits);
  double mean = 0.0;
  double chance = 1.0;
  for (int k = 1; k <= 2000; ++k) {
    chance *= recent;
    mean += quiet * chance * std::min(10.0 * std::exp2(k - 1), 300.0);
  }
  return mean + chance * recent * 300.0;
}

/// P(one probe of a healthy replica fails).
double slow_probability(const Component& component, const Probe& liveness) {
  if (component.false_failure) return *component.false_failure;
  if (!component.probe_latency) return 0.0;
  const double median = component.probe_latency->p50;
  const double spread = std::log(component.probe_latency->p99 / median) / normal_quantile(0.99);
  const double above = std::log(liveness.timeout / median);
  if (spread <= 0.0) return above < 0.0 ? 1.0 : 0.0;
  return normal_tail(above / spread);
}

double spurious_rate(const Component& component, const Probe& liveness, bool independent) {
  const double p = slow_probability(component, liveness);
  if (p <= 0.0) return 0.0;
  const double period = liveness.period;
  const int failures = liveness.failure_threshold;
  if (!independent) {
    // A spell of slowness, exponential of mean kSlowSpell, kills when it outlasts U(0,P) + (F-1) P.
    const double outlast = std::exp(-(failures - 1) * period / kSlowSpell) * kSlowSpell / period *
                           -std::expm1(-period / kSlowSpell);
    return p / kSlowSpell * outlast;
  }
  double runs = 0.0;  // (1 - p^F) / (1 - p)
  for (int i = 0; i < failures; ++i) runs += std::pow(p, i);
  return std::pow(p, failures) / (period * runs);
}

struct Steps {
  double start = 0.0;
  double ready_phase = kLook;
  double ready_repeats = 0.0;
};

Steps steps_of(const Component& component, const Probes& probes) {
  Steps steps{.start = component.start};
  if (probes.readiness) {
    const Probe& readiness = *probes.readiness;
    steps.start = std::max(steps.start, 1.0 * readiness.initial_delay);
    steps.ready_phase = readiness.period;
    steps.ready_repeats = 1.0 * (readiness.success_threshold - 1) * readiness.period;
  }
  if (probes.startup) steps.ready_phase = probes.startup->period;
  return steps;
}

OutageLaw stepwise(double fixed, double first, double second) {
  OutageLaw law;
  law.fixed = fixed;
  law.first = first;
  law.second = second;
  law.mean = fixed + 0.5 * (first + second);
  return law;
}

double readiness_loss(const Probe& r) {
  return 0.5 * r.period + (r.failure_threshold - 1.0) * std::max(r.period, r.timeout) + r.timeout;
}

Error unusable(const Component& component, const FailureMode& mode, const char* message) {
  return {Fault::invalid_input, message, "components." + component.name + ".failures." + mode.name};
}

Result<OutageMode> outage_mode(const Component& component, const Probes& probes,
                               const FailureMode& mode, const Steps& steps, double back_off) {
  OutageMode result{.name = mode.name, .rate = mode.rate};
  const double back_up = steps.start + steps.ready_repeats;
  const bool probed = mode.detection != Detection::exit;
  if (mode.repair) {
    result.law = fixed_law(*mode.repair);
  } else if (mode.detection == Detection::exit) {
    result.law = stepwise(back_up + back_off, kLook, steps.ready_phase);
    result.exits = true;
  } else if (mode.detection == Detection::manual) {
    return tl::unexpected(unusable(component, mode, "a manual failure mode needs a repair time"));
  } else if (!probes.liveness) {
    return tl::unexpected(
        unusable(component, mode, "a failure mode detected by liveness needs a liveness probe"));
  } else {
    const Probe& live = *probes.liveness;
    const double grace = grace_of(component, probes);
    const double stop = mode.ignores_sigterm ? grace : std::min(component.shutdown, grace);
    const double checks =
        1.0 * (live.failure_threshold - 1) * std::max(live.period, live.timeout) + live.timeout;
    result.law = stepwise(checks + stop + back_up, live.period, steps.ready_phase);
  }
  result.avoided = !probed            ? 1.0
                   : probes.readiness ? readiness_loss(*probes.readiness)
                                      : std::numeric_limits<double>::infinity();
  return result;
}

}  // namespace

double OutageLaw::draw(PhiloxStream& stream) const {
  double length = fixed;
  switch (kind) {
    case Kind::steps:
      if (first > 0.0) length += first * stream.uniform();
      if (second > 0.0) length += second * stream.uniform();
      break;
    case Kind::exponential: length = -mean * std::log(stream.uniform()); break;
    case Kind::lognormal:
      length = mean * std::exp(sigma * (normal_quantile(stream.uniform()) - 0.5 * sigma));
      break;
  }
  return std::min(length, most);
}

OutageLaw fixed_law(double length) { return stepwise(length, 0.0, 0.0); }

OutageLaw exponential_law(double mean) {
  OutageLaw law;
  law.kind = OutageLaw::Kind::exponential;
  law.mean = mean;
  return law;
}

OutageLaw law_of(const DomainMode& mode) {
  if (mode.law == RepairLaw::exponential) return exponential_law(mode.repair);
  if (mode.law == RepairLaw::fixed || mode.sigma == 0.0) return fixed_law(mode.repair);
  OutageLaw law;
  law.kind = OutageLaw::Kind::lognormal;
  law.mean = mode.repair;
  law.sigma = mode.sigma;
  return law;
}

Result<ReplicaTimes> replica_times(const Component& component, const Probes& probes,
                                   const Assumptions& assumptions) {
  const Steps steps = steps_of(component, probes);
  ReplicaTimes times;
  times.start = steps.start;
  times.ready_mean = 0.5 * steps.ready_phase + steps.ready_repeats;
  times.settle = std::min(component.shutdown, component.grace) + times.start + times.ready_mean;
  if (component.replica_unavailability) {
    const double u = *component.replica_unavailability;
    if (u > 0.0)
      times.modes.push_back({.name = "outage",
                             .rate = u / (kAssumedOutage * (1.0 - u)),
                             .law = exponential_law(kAssumedOutage),
                             .assumed = true});
    return times;
  }
  const double back_off = assumptions.mean_back_off ? back_off_mean(component) : 0.0;
  for (const FailureMode& mode : component.modes) {
    Result<OutageMode> outage = outage_mode(component, probes, mode, steps, back_off);
    if (!outage) return tl::unexpected(outage.error());
    times.modes.push_back(std::move(*outage));
  }
  if (!probes.liveness) return times;
  const double rate = spurious_rate(component, *probes.liveness, assumptions.independent_probes);
  if (rate > 0.0) {
    const double stop = std::min(component.shutdown, grace_of(component, probes));
    times.modes.push_back(
        {.name = "spurious-kill",
         .rate = rate,
         .law = stepwise(stop + steps.start + steps.ready_repeats, 0.0, steps.ready_phase),
         .avoided = 1.0});
  }
  return times;
}

double mean_failover(Controller controller, const FailoverSettings& s,
                     const NodeDetection& detection) {
  switch (controller) {
    case Controller::patroni: return s.ttl + 6.5;
    case Controller::cloudnative_pg:
      return detection.mean + s.failover_delay + s.lease + 0.5 * s.retry_period + 2.0;
    case Controller::redis_sentinel: return s.down_after + 2.3;
    case Controller::redis_cluster: return 1.25 * (s.node_timeout + 1.0);
    case Controller::repmgr:
      return s.reconnect_attempts * (s.reconnect_interval + 0.5 * s.connect_timeout) + 2.0;
    case Controller::none: break;
  }
  return s.detect_mean + s.promote_mean;
}

double failover_success(const Component& component, int replicas) {
  if (!component.failover) return 1.0;
  const Failover& failover = *component.failover;
  const bool sentinels = failover.controller == Controller::redis_sentinel;
  if (sentinels && failover.sentinels.value_or(replicas) < 3) return 0.0;
  return component.type == ComponentType::quorum ? 1.0 : failover.success;
}

}  // namespace haplan::model
