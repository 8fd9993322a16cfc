#include "model/recovery/laws.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

/// Alternatives with their probabilities, each a chain of stages.
using Alternatives = std::vector<std::pair<double, std::vector<Stage>>>;

DelayMixture mixture_of(const Alternatives& alternatives) {
  DelayMixture mixture;
  for (const auto& [probability, stages] : alternatives) mixture.add(probability, Delay(stages));
  return mixture;
}

/// A time of which only mean and worst case are known, as uniform parts whose widths are in these ratios.
Alternatives between(double mean, double worst, const std::vector<double>& ratios) {
  HAPLAN_EXPECTS(mean >= 0.0);
  if (worst <= mean) return {{1.0, {Stage::fixed(mean)}}};
  const bool centred = 2.0 * mean >= worst;
  const double width = centred ? 2.0 * (worst - mean) : worst;
  double total = 0.0;
  for (const double ratio : ratios) total += ratio;
  std::vector<Stage> stages{Stage::fixed(centred ? 2.0 * mean - worst : 0.0)};
  for (const double ratio : ratios) stages.push_back(Stage::uniform(0.0, width * ratio / total));
  if (centred) return {{1.0, stages}};
  const double probability = 2.0 * mean / worst;
  return {{probability, stages}, {1.0 - probability, {}}};
}

Alternatives between(double mean, double worst) { return between(mean, worst, {1.0}); }

Alternatives then(const Alternatives& first, const Alternatives& second) {
  Alternatives both;
  for (const auto& [p, stages] : first)
    for (const auto& [q, more] : second) {
      both.emplace_back(p * q, stages);
      both.back().second.insert(both.back().second.end(), more.begin(), more.end());
    }
  return both;
}

Alternatives after(std::vector<Stage> stages, const Alternatives& rest) {
  return then({{1.0, std::move(stages)}}, rest);
}

constexpr double kRelist = 1.0;

double kill_grace(const Component& component, const Probes& probes) {
  return probes.liveness && probes.liveness->grace ? static_cast<double>(*probes.liveness->grace)
                                                   : component.grace;
}

std::vector<Stage> detection_stages(const Probe& liveness) {
  const double checks =
      (liveness.failure_threshold - 1.0) * std::max(liveness.period, liveness.timeout) +
      liveness.timeout;
  return {Stage::uniform(0.0, liveness.period), Stage::fixed(checks)};
}

/// Waits before a restart: none with probability 1 - q, the i-th with (1-q) q^i, the last with all that is left.
Alternatives back_off(const Component& component) {
  double exits = 0.0;
  for (const FailureMode& mode : component.modes)
    if (mode.detection == Detection::exit) exits += mode.rate;
  constexpr double kReset = 600.0;
  constexpr double kFirst = 10.0;
  constexpr double kCap = 300.0;
  const double q = -std::expm1(-kReset * exits);
  const double not_q = std::exp(-kReset * exits);
  Alternatives waits{{not_q, {}}};
  double power = q;
  for (double wait = kFirst; wait < kCap; wait *= 2.0) {
    waits.push_back({not_q * power, {Stage::fixed(wait)}});
    power *= q;
  }
  waits.push_back({power, {Stage::fixed(kCap)}});
  return waits;
}

}  // namespace

std::vector<Stage> ready_stages(const Probes& probes) {
  double phase = kRelist;
  double repeats = 0.0;
  if (probes.readiness) {
    phase = probes.readiness->period;
    repeats = (probes.readiness->success_threshold - 1.0) * probes.readiness->period;
  }
  if (probes.startup) phase = probes.startup->period;
  return {Stage::uniform(0.0, phase), Stage::fixed(repeats)};
}

ModeLaw mode_law(const Component& component, const Probes& probes, const ReplicaModel& replica,
                 std::size_t mode) {
  HAPLAN_EXPECTS(mode < replica.modes.size());
  const ModeOutage& outage = replica.modes[mode];
  ModeLaw result;
  const FailureMode* own = outage.spurious ? nullptr : &component.modes[mode];
  if (own != nullptr && own->repair) {
    result.steps = {{"repair", {Stage::fixed(*own->repair)}}};
    result.law = DelayMixture(Delay(result.steps[0].stages));
    return result;
  }
  const double grace = kill_grace(component, probes);
  if (own != nullptr && own->detection == Detection::exit) {
    result.steps.push_back({"detect", {Stage::uniform(0.0, kRelist)}});
  } else {
    if (own != nullptr) result.steps.push_back({"detect", detection_stages(*probes.liveness)});
    const bool in_full = own != nullptr && own->ignores_sigterm;
    result.steps.push_back(
        {"stop", {Stage::fixed(in_full ? grace : std::min(component.shutdown, grace))}});
  }
  result.steps.push_back({"start", {Stage::fixed(replica.start)}});
  result.steps.push_back({"ready", ready_stages(probes)});
  std::vector<Stage> all;
  for (const RecoveryStep& step : result.steps)
    all.insert(all.end(), step.stages.begin(), step.stages.end());
  const bool waits = own != nullptr && own->detection == Detection::exit;
  result.law = waits ? mixture_of(after(all, back_off(component))) : DelayMixture(Delay(all));
  return result;
}

DelayMixture node_detection_law(const NodeDetection& detection) {
  // The node monitor looks every 5 s, leases are renewed every 10 s and up to 4 % later.
  return mixture_of(between(detection.mean, detection.worst, {5.0, 10.4}));
}

FailoverLaw failover_law(Controller controller, const FailoverSettings& s) {
  // What a controller does besides its settings, where only its mean and its worst case are known.
  const auto other = [](double mean, double worst) { return between(mean, worst); };
  const auto up_to = [](double end) { return Stage::uniform(0.0, end); };
  switch (controller) {
    case Controller::patroni: {
      // ttl - U(0, loopWait); the check of the balancer is 3 s and up to one interval of 3 s.
      const double first = std::max(0.0, s.ttl - s.loop_wait);
      return {false, DelayMixture(Delay({Stage::uniform(first, s.ttl), up_to(s.loop_wait),
                                         up_to(2.0), up_to(2.0), Stage::uniform(3.0, 6.0)}))};
    }
    case Controller::cloudnative_pg:
      return {true,
              mixture_of(after({Stage::fixed(s.failover_delay + s.lease), up_to(s.retry_period)},
                               other(2.0, 5.0)))};
    case Controller::redis_sentinel:
      return {false, mixture_of(after({Stage::fixed(s.down_after), up_to(1.0), up_to(1.0),
                                       up_to(1.0), up_to(1.0)},
                                      other(0.3, 1.0)))};
    case Controller::redis_cluster:
      return {false, DelayMixture(Delay({Stage::uniform(s.node_timeout, 1.5 * s.node_timeout),
                                         Stage::uniform(0.5, 1.0), up_to(1.0)}))};
    case Controller::repmgr: {
      std::vector<Stage> stages{Stage::fixed(s.reconnect_attempts * s.reconnect_interval)};
      const auto attempts = static_cast<int>(std::lround(s.reconnect_attempts));
      for (int i = 0; i < attempts; ++i) stages.push_back(up_to(s.connect_timeout));
      return {false, mixture_of(after(stages, other(2.0, 5.0)))};
    }
    case Controller::none: break;
  }
  return {false, mixture_of(then(between(s.detect_mean, s.detect_worst),
                                 between(s.promote_mean, s.promote_worst)))};
}

DelayMixture failover_time_law(Controller controller, const FailoverSettings& settings,
                               const NodeDetection& detection) {
  const FailoverLaw law = failover_law(controller, settings);
  return law.after_node_detection ? sum_of(node_detection_law(detection), law.law) : law.law;
}

DelayMixture repair_law(const std::vector<DomainMode>& modes) {
  double rate = 0.0;
  for (const DomainMode& mode : modes) rate += mode.rate;
  HAPLAN_EXPECTS(rate > 0.0);
  DelayMixture mixture;
  for (const DomainMode& mode : modes) {
    Stage stage = Stage::exponential(mode.repair);
    if (mode.law == RepairLaw::fixed) stage = Stage::fixed(mode.repair);
    if (mode.law == RepairLaw::lognormal) stage = Stage::lognormal(mode.repair, mode.sigma);
    mixture.add(mode.rate / rate, Delay({stage}));
  }
  return mixture;
}

DelayMixture sum_of(const DelayMixture& a, const DelayMixture& b) {
  DelayMixture both;
  for (const auto& first : a.parts())
    for (const auto& second : b.parts()) {
      std::vector<Stage> stages = first.delay.stages();
      stages.insert(stages.end(), second.delay.stages().begin(), second.delay.stages().end());
      both.add(first.probability * second.probability, Delay(stages));
    }
  return both;
}

}  // namespace haplan::model
