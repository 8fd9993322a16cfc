#include "model/recovery/replica.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/contract.hpp"
#include "model/numerics/normal.hpp"

namespace haplan::model {

namespace {

/// The kubelet looks at its containers once a second.
constexpr double kRelist = 1.0;
/// A container that has run this long restarts without back-off again.
constexpr double kBackOffReset = 600.0;
constexpr double kBackOffFirst = 10.0;
constexpr double kBackOffCap = 300.0;

/// Sum over i >= 1 of (1-q) q^i min(10 2^(i-1), 300): mean wait before a restart, where each exit
/// finds the previous restart less than ten minutes ago with probability q.
double mean_back_off(double exit_rate) {
  const double q = -std::expm1(-kBackOffReset * exit_rate);
  const double not_q = std::exp(-kBackOffReset * exit_rate);
  double sum = 0.0;
  double power = q;
  double wait = kBackOffFirst;
  for (; wait < kBackOffCap; wait *= 2.0) {
    sum += not_q * power * wait;
    power *= q;
  }
  return sum + power * kBackOffCap;  // the rest is geometric: (1-q)(q^i + q^(i+1) + ...) = q^i
}

double exit_rate(const Component& component) {
  double sum = 0.0;
  for (const FailureMode& mode : component.modes) {
    if (mode.detection == Detection::exit) sum += mode.rate;
  }
  return sum;
}

/// Seconds that the kubelet waits after SIGTERM when a liveness probe has failed.
double kill_grace(const Component& component, const Probe& liveness) {
  return liveness.grace ? static_cast<double>(*liveness.grace) : component.grace;
}

void fill_start_and_ready(const Component& component, const Probes& probes, ReplicaModel& model) {
  model.start = component.start;
  double repeats = 0.0;
  if (probes.readiness) {
    const Probe& readiness = *probes.readiness;
    model.start = std::max(model.start, static_cast<double>(readiness.initial_delay));
    repeats = static_cast<double>(readiness.success_threshold - 1) * readiness.period;
  }
  double phase = kRelist;
  if (probes.startup) {
    phase = probes.startup->period;
  } else if (probes.readiness) {
    phase = probes.readiness->period;
  }
  model.ready_mean = phase / 2.0 + repeats;
  model.ready_worst = phase + repeats;
}

Error unusable(const Component& component, const FailureMode& mode, const char* reason) {
  return {Fault::invalid_input, reason, "components." + component.name + ".failures." + mode.name};
}

Result<ModeOutage> mode_outage(const Component& component, const Probes& probes,
                               const FailureMode& mode, const ReplicaModel& model) {
  ModeOutage outage{.name = mode.name, .rate = mode.rate, .detection = mode.detection};
  if (mode.repair) {
    outage.mean = *mode.repair;
    return outage;
  }
  if (mode.detection == Detection::manual) {
    return tl::unexpected(unusable(component, mode, "a manual failure mode needs a repair time"));
  }
  double mean = 0.0;
  double worst = 0.0;
  if (mode.detection == Detection::exit) {
    mean = kRelist / 2.0 + back_off_mean(component);
    worst = kRelist;
  } else {
    if (!probes.liveness) {
      return tl::unexpected(
          unusable(component, mode, "a failure mode detected by liveness needs a liveness probe"));
    }
    const double grace = kill_grace(component, *probes.liveness);
    const double stop = mode.ignores_sigterm ? grace : std::min(component.shutdown, grace);
    mean = detection_mean(*probes.liveness) + stop;
    worst = detection_worst(*probes.liveness) + stop;
  }
  outage.mean = mean + model.start + model.ready_mean;
  outage.worst = worst + model.start + model.ready_worst;
  return outage;
}

void add_spurious_kill(const Component& component, const Probe& liveness, ReplicaModel& model) {
  const double p = false_failure_probability(component, liveness);
  if (p <= 0.0) return;
  // (1-p) / (1-p^F) = 1 / (1 + p + ... + p^(F-1)): no singularity at p = 1.
  double power = 1.0;
  double sum = 0.0;
  for (int i = 0; i < liveness.failure_threshold; ++i) {
    sum += power;
    power *= p;
  }
  const double rate = power / (liveness.period * sum);
  if (rate <= 0.0) return;  // p^F below the smallest number
  const double stop = std::min(component.shutdown, kill_grace(component, liveness));
  model.modes.push_back({.name = "spurious-kill",
                         .rate = rate,
                         .mean = stop + model.start + model.ready_mean,
                         .worst = std::nullopt,
                         .detection = Detection::liveness,
                         .spurious = true});
}

double detection_after_phase(const Probe& liveness) {
  return static_cast<double>(liveness.failure_threshold - 1) *
             std::max(liveness.period, liveness.timeout) +
         liveness.timeout;
}

}  // namespace

double back_off_mean(const Component& component) { return mean_back_off(exit_rate(component)); }

double detection_mean(const Probe& liveness) {
  return liveness.period / 2.0 + detection_after_phase(liveness);
}

double detection_worst(const Probe& liveness) {
  return liveness.period + detection_after_phase(liveness);
}

double false_failure_probability(const Component& component, const Probe& liveness) {
  if (component.false_failure) return *component.false_failure;
  if (!component.probe_latency) return 0.0;
  const auto [p50, p99] = *component.probe_latency;
  HAPLAN_EXPECTS(p50 > 0.0 && p99 >= p50);
  const double timeout = liveness.timeout;
  if (p50 == p99) return p50 > timeout ? 1.0 : 0.0;
  static const double z99 = normal_quantile(0.99);
  return normal_tail(z99 * std::log(timeout / p50) / std::log(p99 / p50));
}

Result<ReplicaModel> replica_model(const Component& component, const Probes& probes) {
  ReplicaModel model;
  fill_start_and_ready(component, probes, model);
  if (component.replica_unavailability) {
    model.unavailability = *component.replica_unavailability;
    return model;
  }
  for (const FailureMode& mode : component.modes) {
    Result<ModeOutage> outage = mode_outage(component, probes, mode, model);
    if (!outage) return tl::unexpected(outage.error());
    model.modes.push_back(std::move(*outage));
  }
  if (probes.liveness) add_spurious_kill(component, *probes.liveness, model);
  double sum = 0.0;
  for (const ModeOutage& mode : model.modes) sum += mode.rate * mode.mean;
  model.unavailability = sum / (1.0 + sum);
  return model;
}

}  // namespace haplan::model
