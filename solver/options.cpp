#include "solver/options.hpp"

#include <algorithm>

#include "model/availability/service_levels.hpp"
#include "solver/solve.hpp"

namespace haplan::solver {

namespace {

/// The values that a search for feasibility has to look at.
std::vector<double> worth_trying(const Problem& problem, std::size_t d, const Allowed& allowed) {
  const std::vector<double>& values = allowed[d];
  if (values.empty() || !smaller_is_better(problem, problem.decisions[d])) return values;
  return {*std::ranges::min_element(values)};
}

/// Calls `visit` with the deployment set to every combination of the decisions' values.
template <class Visit>
void for_each(const Problem& problem, const std::vector<std::size_t>& decisions,
              const Allowed& allowed, model::Deployment& scratch, std::size_t depth,
              const Visit& visit) {
  if (depth == decisions.size()) {
    visit();
    return;
  }
  for (const double value : worth_trying(problem, decisions[depth], allowed)) {
    assign(scratch, problem.decisions[decisions[depth]], value);
    for_each(problem, decisions, allowed, scratch, depth + 1, visit);
  }
}

double checks_per_second(const model::Probes& probes) {
  double sum = 0.0;
  for (const auto* probe : {&probes.liveness, &probes.readiness, &probes.startup})
    if (*probe) sum += 1.0 / (*probe)->period;
  return sum;
}

double worst_recovery(const model::ReplicaModel& replica) {
  double worst = 0.0;
  for (const model::ModeOutage& mode : replica.modes)
    if (mode.worst && !mode.spurious) worst = std::max(worst, *mode.worst);
  return worst;
}

std::vector<double> effects_of(const model::Component& component, const ProbeOption& option) {
  const model::ReplicaModel& replica = option.replica;
  std::vector<double> all{option.checks,
                          replica.unavailability,
                          option.exposure,
                          replica.start + replica.ready_mean,
                          replica.start + replica.ready_worst,
                          option.recovery};
  if (!component.failover) return all;
  // A failover is shortened by replicas that come back first: every mode's outage counts by itself.
  double spurious_rate = 0.0;
  double spurious_mean = 0.0;
  for (const model::ModeOutage& mode : replica.modes) {
    if (mode.spurious) {
      spurious_rate = mode.rate;
      spurious_mean = mode.mean;
    } else {
      all.push_back(mode.mean);
    }
  }
  all.push_back(spurious_rate);
  all.push_back(spurious_mean);
  return all;
}

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b, std::ranges::less_equal{});
}

/// Keeps the options that no other one dominates; of equal ones the first.
void keep_undominated(const model::Component& component, std::vector<ProbeOption>& options) {
  std::vector<std::pair<std::vector<double>, std::size_t>> order;
  for (std::size_t i = 0; i < options.size(); ++i) {
    options[i].effects = effects_of(component, options[i]);
    order.emplace_back(options[i].effects, i);
  }
  // Whatever dominates an option comes before it.
  std::ranges::stable_sort(order, {}, &std::pair<std::vector<double>, std::size_t>::first);
  std::vector<const std::vector<double>*> front;
  std::vector<ProbeOption> kept;
  for (const auto& [effect, i] : order) {
    const bool dominated = std::ranges::any_of(
        front, [&effect](const std::vector<double>* other) { return dominates(*other, effect); });
    if (dominated) continue;
    front.push_back(&effect);
    kept.push_back(std::move(options[i]));
  }
  options = std::move(kept);
}

std::vector<ControllerOption> controller_options(const Problem& problem,
                                                 const ComponentSpace& space,
                                                 model::ComponentId component,
                                                 const Allowed& allowed,
                                                 model::Deployment& scratch) {
  const auto& failover = problem.system.components[component].failover;
  const model::Controller controller = failover ? failover->controller : model::Controller::none;
  std::vector<ControllerOption> options;
  for_each(problem, space.controller, allowed, scratch, 0, [&] {
    const model::FailoverSettings& settings = scratch.components[component].failover;
    if (!model::broken_floors(controller, settings).empty()) return;
    const auto time = model::failover_time(controller, settings, problem.system.node_detection);
    const auto covered = [&](const ControllerOption& other) {
      return other.time.mean <= time.mean && other.time.worst <= time.worst;
    };
    if (std::ranges::any_of(options, covered)) return;
    std::erase_if(options, [&](const ControllerOption& other) {
      return time.mean <= other.time.mean && time.worst <= other.time.worst;
    });
    options.push_back({settings, time});
  });
  return options;
}

}  // namespace

model::ReplicaModel ideal_replica(const std::vector<ProbeOption>& options) {
  model::ReplicaModel ideal = options.front().replica;
  bool kills = true;
  for (const ProbeOption& option : options) {
    const model::ReplicaModel& other = option.replica;
    ideal.unavailability = std::min(ideal.unavailability, other.unavailability);
    ideal.start = std::min(ideal.start, other.start);
    ideal.ready_mean = std::min(ideal.ready_mean, other.ready_mean);
    ideal.ready_worst = std::min(ideal.ready_worst, other.ready_worst);
    kills = kills && !other.modes.empty() && other.modes.back().spurious;
    // Modes stand in the component's order; a spurious kill is the last, where there is one.
    for (std::size_t m = 0; m < std::min(ideal.modes.size(), other.modes.size()); ++m) {
      ideal.modes[m].rate = std::min(ideal.modes[m].rate, other.modes[m].rate);
      ideal.modes[m].mean = std::min(ideal.modes[m].mean, other.modes[m].mean);
    }
  }
  if (!kills && !ideal.modes.empty() && ideal.modes.back().spurious) ideal.modes.pop_back();
  return ideal;
}

std::vector<double> settings_key(const model::Probes& probes,
                                 const model::FailoverSettings& failover) {
  std::vector<double> key;
  for (const auto* probe : {&probes.liveness, &probes.readiness, &probes.startup}) {
    key.push_back(probe->has_value() ? 1.0 : 0.0);
    if (!*probe) continue;
    const model::Probe& p = **probe;
    for (const int value : {p.initial_delay, p.period, p.timeout, p.failure_threshold,
                            p.success_threshold, p.grace.value_or(-1)})
      key.push_back(value);
  }
  const model::FailoverSettings& f = failover;
  key.insert(key.end(),
             {f.ttl, f.loop_wait, f.retry_timeout, f.failover_delay, f.lease, f.retry_period,
              f.down_after, f.node_timeout, f.reconnect_attempts, f.reconnect_interval,
              f.connect_timeout, f.detect_mean, f.detect_worst, f.promote_mean, f.promote_worst});
  return key;
}

double own_exposure(const model::System& system, const model::ReplicaModel& replica,
                    const model::Probes& probes) {
  double exposure = 0.0;
  for (const model::ModeOutage& mode : replica.modes)
    exposure += mode.rate * model::window_of_mode(system, mode, probes);
  return exposure;
}

model::Result<SettingOptions> setting_options(const Problem& problem, const Space& space,
                                              model::ComponentId component, const Allowed& allowed,
                                              double most_recovery) {
  const model::Component& what = problem.system.components[component];
  const ComponentSpace& own = space.components[component];
  model::Deployment scratch = problem.before;
  SettingOptions result;
  std::optional<model::Error> error;
  for_each(problem, own.probes, allowed, scratch, 0, [&] {
    if (error) return;
    ProbeOption option;
    option.probes = scratch.components[component].probes;
    auto replica = model::replica_model(what, option.probes);
    if (!replica) {
      error = replica.error();
      return;
    }
    option.replica = std::move(*replica);
    option.recovery = worst_recovery(option.replica);
    if (!within(option.recovery, most_recovery)) return;
    option.checks = checks_per_second(option.probes);
    option.exposure = own_exposure(problem.system, option.replica, option.probes);
    result.probes.push_back(std::move(option));
  });
  if (error) return tl::unexpected(*error);
  keep_undominated(what, result.probes);
  result.controllers = controller_options(problem, own, component, allowed, scratch);
  return result;
}

}  // namespace haplan::solver
