#include "solver/verify/choices.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/availability/service_levels.hpp"
#include "model/recovery/failover.hpp"
#include "model/recovery/replica.hpp"
#include "solver/spending.hpp"
#include "solver/verify/stand_in.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

enum class Kind { count, toleration, probe, controller };

Kind kind_of(const Decision& decision) {
  switch (decision.setting) {
    case Setting::replicas:
    case Setting::autoscale_min:
    case Setting::autoscale_max:
    case Setting::autoscale_target: return Kind::count;
    case Setting::toleration_seconds: return Kind::toleration;
    default: return decision.probe == ProbeKind::none ? Kind::controller : Kind::probe;
  }
}

double worst_recovery(const ReplicaModel& replica) {
  double worst = 0.0;
  for (const ModeOutage& mode : replica.modes) worst = std::max(worst, mode.worst.value_or(0.0));
  return worst;
}

std::int64_t request_of(const Component& component, const char* resource) {
  const auto found = component.requests.find(resource);
  return found == component.requests.end() ? 0 : found->second;
}

/// The mode with these numbers given, whatever the probes are.
FailureMode fixed_mode(const ModeOutage& mode) {
  FailureMode fixed;
  fixed.name = mode.name;
  fixed.rate = mode.rate;
  fixed.detection = Detection::manual;
  fixed.repair = mode.mean;
  return fixed;
}

}  // namespace

Choices::Choices(const Problem& what)
    : problem(what),
      load(load_table(what.system)),
      counts_of_(what.system.components.size()),
      probes_of_(counts_of_.size()),
      controller_of_(counts_of_.size()),
      most_recovery_(counts_of_.size(), kNever) {
  for (ComponentId c = 0; c < counts_of_.size(); ++c)
    if (what.system.components[c].replicated()) replicated.push_back(c);
  for (std::size_t d = 0; d < what.decisions.size(); ++d) {
    const Decision& decision = what.decisions[d];
    switch (kind_of(decision)) {
      case Kind::toleration: toleration_ = d; break;
      case Kind::count: counts_of_[*decision.component].push_back(d); break;
      case Kind::probe: probes_of_[*decision.component].push_back(d); break;
      case Kind::controller: controller_of_[*decision.component].push_back(d); break;
    }
  }
  cost_.assign(counts_of_.size(), 0.0);
  if (std::ranges::count(what.minimize, Preference::cost) > 0)
    for (ComponentId c = 0; c < cost_.size(); ++c)
      if (what.system.components[c].type != ComponentType::gate)
        cost_[c] = cost_of_one(what, what.system.components[c]).value();
  for (const Objective& objective : what.objectives)
    if (objective.max_recovery_time)
      for (const ComponentId c : reach_of(what.system, objective.service))
        most_recovery_[c] = std::min(most_recovery_[c], *objective.max_recovery_time);
}

bool Choices::is_count(std::size_t decision) const {
  return kind_of(problem.decisions[decision]) == Kind::count;
}

const std::vector<Counts>& Choices::counts(const Box& box, ComponentId c) {
  std::vector<std::size_t> key = box.key(counts_of_[c]);
  key.push_back(c);
  const auto [found, fresh] = known_counts_.try_emplace(std::move(key));
  if (!fresh) return found->second;
  Deployment scratch = problem.before;
  ComponentPlan& plan = scratch.components[c];
  std::map<std::vector<int>, ComponentPlan> by_count;
  for_each_choice(problem, box, counts_of_[c], scratch, [&] {
    if (plan.autoscale && plan.autoscale->min > plan.autoscale->max) return;
    std::vector<int> replicas;
    for (LevelId l = 0; l < problem.system.levels.size(); ++l)
      replicas.push_back(replicas_at(problem.system, load, plan, c, l));
    const auto [known, first] = by_count.try_emplace(std::move(replicas), plan);
    if (!first && plan.autoscale && plan.autoscale->target < known->second.autoscale->target)
      known->second = plan;
  });
  for (auto& [replicas, chosen] : by_count) found->second.push_back({replicas, chosen});
  return found->second;
}

bool Choices::empty(const Box& box) {
  return std::ranges::any_of(replicated, [&](ComponentId c) { return counts(box, c).empty(); });
}

const BestSettings& Choices::best(const Box& box, ComponentId c) {
  std::vector<std::size_t> key = box.key(probes_of_[c]);
  const std::vector<std::size_t> controller = box.key(controller_of_[c]);
  key.insert(key.end(), controller.begin(), controller.end());
  key.push_back(c);
  const auto [found, fresh] = known_best_.try_emplace(std::move(key));
  if (fresh) found->second = find_best(box, c);
  return found->second;
}

BestSettings Choices::find_best(const Box& box, ComponentId c) const {
  const Component& component = problem.system.components[c];
  BestSettings best;
  best.any = false;
  best.recovery = kNever;
  Deployment scratch = problem.before;
  const Probes& probes = scratch.components[c].probes;
  bool always_killed = true;
  for_each_choice(problem, box, probes_of_[c], scratch, [&] {
    const auto replica = replica_model(component, probes);
    if (!replica) return;  // settings that mean nothing are in no plan
    const double recovery = worst_recovery(*replica);
    best.recovery = std::min(best.recovery, recovery);
    if (!within(recovery, most_recovery_[c])) return;
    double exposure = 0.0;
    for (const ModeOutage& mode : replica->modes)
      exposure += mode.rate * window_of_mode(problem.system, mode, probes);
    exposure *= 1.0 - component.retry;
    const double restart = replica->start + replica->ready_mean;
    const bool killed = !replica->modes.empty() && replica->modes.back().spurious;
    always_killed = always_killed && killed;
    if (!best.any) {
      best.any = true;
      best.unavailability = replica->unavailability;
      best.restart = restart;
      best.exposure = exposure;
      for (const ModeOutage& mode : replica->modes) best.modes.push_back(fixed_mode(mode));
      return;
    }
    best.unavailability = std::min(best.unavailability, replica->unavailability);
    best.restart = std::min(best.restart, restart);
    best.exposure = std::min(best.exposure, exposure);
    // Modes stand in the component's order, a kill of the healthy behind them.
    for (std::size_t m = 0; m < std::min(best.modes.size(), replica->modes.size()); ++m) {
      best.modes[m].rate = std::min(best.modes[m].rate, replica->modes[m].rate);
      best.modes[m].repair = std::min(*best.modes[m].repair, replica->modes[m].mean);
    }
  });
  if (!always_killed) best.modes.resize(std::min(best.modes.size(), component.modes.size()));
  find_quickest(box, c, best);
  return best;
}

void Choices::find_quickest(const Box& box, ComponentId c, BestSettings& best) const {
  const auto& failover = problem.system.components[c].failover;
  Deployment scratch = problem.before;
  FailoverSettings& settings = scratch.components[c].failover;
  best.quickest = best.quickest_at_worst = settings;
  if (!failover) return;
  FailoverTime least{kNever, kNever};
  for_each_choice(problem, box, controller_of_[c], scratch, [&] {
    if (!broken_floors(failover->controller, settings).empty()) return;
    const FailoverTime time =
        failover_time(failover->controller, settings, problem.system.node_detection);
    if (time.mean < least.mean) best.quickest = settings;
    if (time.worst < least.worst) best.quickest_at_worst = settings;
    least = {std::min(least.mean, time.mean), std::min(least.worst, time.worst)};
  });
  if (std::isinf(least.mean)) best.any = false;
}

int Choices::toleration(const Box& box) const {
  if (!toleration_) return problem.before.toleration_seconds;
  const double least = problem.decisions[*toleration_].values[box.of(*toleration_).first];
  return static_cast<int>(std::lround(least));
}

CountRank Choices::least_rank(const Box& box) {
  const System& system = problem.system;
  CountRank least;
  bool one = true;  // vector of counts
  std::vector<int> sums(system.levels.size(), 0);
  std::vector<double> costs(sums.size(), standing_cost());
  std::vector<CountRank> requested(sums.size());
  for (const ComponentId c : replicated) {
    const std::vector<Counts>& all = counts(box, c);
    one = one && all.size() == 1;
    for (LevelId l = 0; l < sums.size(); ++l) {
      int fewest = std::numeric_limits<int>::max();
      for (const Counts& counts : all) fewest = std::min(fewest, counts.replicas[l]);
      sums[l] += fewest;
      costs[l] += fewest * cost_[c];
      requested[l].cpu += fewest * request_of(system.components[c], "cpu");
      requested[l].memory += fewest * request_of(system.components[c], "memory");
    }
  }
  const auto most = std::ranges::max_element(sums);
  least.peak = *most;
  for (LevelId l = 0; l < sums.size(); ++l) least.mean += system.levels[l].share * sums[l];
  least.peak_cost = std::ranges::max(costs);
  least.mean_cost = weighted(system, costs);
  const auto peak = static_cast<std::size_t>(most - sums.begin());
  least.cpu = requested[peak].cpu;
  least.memory = requested[peak].memory;
  if (one) return least;
  // Which level is the busiest differs between the vectors of a box.
  for (const CountRank& level : requested) {
    least.cpu = std::min(least.cpu, level.cpu);
    least.memory = std::min(least.memory, level.memory);
  }
  return least;
}

CountRank Choices::rank_of(const Deployment& deployment) const {
  const System& system = problem.system;
  std::vector<int> sums(system.levels.size(), 0);
  std::vector<double> costs(sums.size(), standing_cost());
  for (const ComponentId c : replicated)
    for (LevelId l = 0; l < sums.size(); ++l) {
      const int n = replicas_at(system, load, deployment.components[c], c, l);
      sums[l] += n;
      costs[l] += n * cost_[c];
    }
  const auto most = std::ranges::max_element(sums);
  const auto peak = static_cast<LevelId>(most - sums.begin());
  CountRank rank;
  rank.peak = *most;
  for (LevelId l = 0; l < sums.size(); ++l) rank.mean += system.levels[l].share * sums[l];
  rank.peak_cost = std::ranges::max(costs);
  rank.mean_cost = weighted(system, costs);
  for (const ComponentId c : replicated) {
    const int n = replicas_at(system, load, deployment.components[c], c, peak);
    rank.cpu += n * request_of(system.components[c], "cpu");
    rank.memory += n * request_of(system.components[c], "memory");
  }
  return rank;
}

/// Of what has no replicas.
double Choices::standing_cost() const {
  double sum = 0.0;
  for (ComponentId c = 0; c < cost_.size(); ++c)
    if (!problem.system.components[c].replicated()) sum += cost_[c];
  return sum;
}

bool not_before(const CountRank& least, const CountRank& plan,
                const std::vector<Preference>& minimize) {
  /// -1, 0 or 1.
  const auto order = [](double a, double b, double equal) {
    const double difference = a - b;
    if (std::abs(difference) <= equal * std::max(a, b)) return 0;
    return difference < 0.0 ? -1 : 1;
  };
  constexpr double kEqual = 1e-12;
  constexpr double kEqualCosts = 1e-11;
  bool cost = false;
  for (const Preference what : minimize) {
    if (what == Preference::replicas) {
      if (least.peak != plan.peak) return least.peak > plan.peak;
      if (const int c = order(least.mean, plan.mean, kEqual); c != 0) return c > 0;
      continue;
    }
    cost = true;
    if (const int c = order(least.peak_cost, plan.peak_cost, kEqualCosts); c != 0) return c > 0;
    if (const int c = order(least.mean_cost, plan.mean_cost, kEqualCosts); c != 0) return c > 0;
  }
  if (cost) return true;
  if (least.cpu != plan.cpu) return least.cpu > plan.cpu;
  return least.memory >= plan.memory;
}

}  // namespace haplan::solver
