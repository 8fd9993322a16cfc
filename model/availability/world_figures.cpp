#include "model/availability/world_figures.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

std::vector<double> distinct(std::vector<double> ages) {
  std::erase(ages, kNever);
  std::sort(ages.begin(), ages.end());
  ages.erase(std::unique(ages.begin(), ages.end()), ages.end());
  return ages;
}

}  // namespace

WorldFigures::WorldFigures(const System& system, const Deployment& deployment,
                           const LoadTable& load, const ComponentNumbers& numbers,
                           const WorldFiguresOptions& options)
    : system_(system),
      load_(load),
      numbers_(numbers),
      deployment_(deployment),
      functions_(service_functions(system, numbers)),
      beside_(options.beside) {
  find_timing();
  make_classes();
  list_worlds(options);
}

void WorldFigures::find_timing() {
  for (const ComponentId c : placed()) {
    const Component& component = system_.components[c];
    Timing timing{kNever, kNever};
    if (component.movable) {
      const ReplicaModel& replica = numbers_.replicas[c];
      timing.reschedule = reschedule_delay(system_, deployment_, c, replica);
      timing.settle = drain_delay(component, replica);
    }
    timing_.push_back(timing);
  }
}

TableKey WorldFigures::key(ComponentId component, const LevelClass& level) const {
  const ComponentPlan& plan = deployment_.components[component];
  const int n = replicas_at(system_, load_, plan, component, level.level);
  return {component, n, needed(system_, load_, component, level.level, n), level.level};
}

void WorldFigures::make_classes() {
  std::map<std::vector<double>, std::size_t> known;
  for (LevelId level = 0; level < system_.levels.size(); ++level) {
    std::vector<double> signature;
    for (const ComponentId c : placed()) {
      const TableKey at = key(c, {level, 0.0});
      signature.insert(
          signature.end(),
          {static_cast<double>(at.replicas), static_cast<double>(at.need),
           ramp_unavailability(system_, deployment_, load_, numbers_.replicas[c], c, level)});
    }
    const auto [found, fresh] = known.try_emplace(std::move(signature), classes_.size());
    if (fresh) classes_.push_back({level, 0.0});
    classes_[found->second].share += system_.levels[level].share;
  }
}

FailureLimits WorldFigures::failure_limits(std::size_t reschedule, std::size_t drain,
                                           const WorldFiguresOptions& options) const {
  const int all = static_cast<int>(system_.nodes.size() + system_.domains.size() + beside_.size());
  FailureLimits most{all, all, false};
  const auto too_many = [&](std::size_t stages) {
    return world_count(system_, reschedule, stages, most, beside_.size()) > options.most_worlds;
  };
  if (!options.merge_drains) {
    while (most.quiet > 1 && too_many(drain)) most.drained = --most.quiet;
    return most;
  }
  while (most.quiet > 1 && too_many(0)) most.drained = --most.quiet;
  // A drain is rare: fewer failures are followed during one, and if need be its stages only without.
  while (drain > 0 && most.drained > 1 && too_many(drain)) --most.drained;
  most.merge = drain > 1 && too_many(drain);
  return most;
}

void WorldFigures::list_worlds(const WorldFiguresOptions& options) {
  if (placed().empty() || system_.nodes.empty()) {
    worlds_.worlds.push_back({1.0, 0, kOut, kOut, 0.0});
  } else {
    std::vector<double> reschedule;
    std::vector<double> settle;
    for (const Timing& timing : timing_) {
      reschedule.push_back(timing.reschedule);
      if (system_.drain && timing.settle < system_.drain->per_node) settle.push_back(timing.settle);
    }
    reschedule = distinct(reschedule);
    settle = distinct(settle);
    const FailureLimits most =
        failure_limits(reschedule.size(), system_.drain ? settle.size() + 1 : 0, options);
    worlds_ = make_worlds(system_, reschedule, settle, most, options.stop, beside_);
  }
  for (const LevelClass& level : classes_)
    for (const World& world : worlds_.worlds) mass_.push_back(level.share * world.mass);
}

std::vector<int> WorldFigures::reachable(std::size_t placed, const std::vector<NodeId>& nodes,
                                         bool credit, Moves moves) const {
  const Timing& timing = timing_[placed];
  const NodeLayers layers = node_layers(nodes);
  std::vector<DrainMoves> drains;
  if (system_.drain)
    for (NodeId node = 0; node < system_.nodes.size(); ++node)
      drains.push_back(drain_moves(system_, this->placed()[placed], nodes, node, beside_));
  std::vector<int> counts;
  counts.reserve(worlds_.worlds.size());
  for (const World& world : worlds_.worlds) {
    if (world.drained != kOut) {
      const DrainMoves& drain = drains[world.drained];
      const double age = moves == Moves::fewest ? world.age : world.late;
      counts.push_back(timing.settle <= age ? reachable_after(drain, world.unreachable, moves)
                                            : reachable_replicas(drain.before, world.unreachable));
    } else if (world.lost != kOut && credit && timing.reschedule <= world.age) {
      counts.push_back(static_cast<int>(nodes.size()));
    } else {
      counts.push_back(reachable_replicas(layers, world.unreachable));
    }
  }
  return counts;
}

std::vector<double> WorldFigures::down(std::size_t placed, const std::vector<NodeId>& nodes,
                                       bool credit, Moves moves) const {
  const ComponentId component = this->placed()[placed];
  std::vector<double> down;
  down.reserve(size());
  std::vector<NodeId>& scratch = deployment_.components[component].nodes;
  const std::vector<NodeId> before = std::exchange(scratch, nodes);
  int last = -1;
  std::vector<int> counts;
  for (const LevelClass& level : classes_) {
    const TableKey at = key(component, level);
    HAPLAN_EXPECTS(system_.nodes.empty() || at.replicas <= static_cast<int>(nodes.size()));
    const TableNumbers table = table_numbers(system_, deployment_, load_, numbers_, at);
    std::vector<double> by_count;
    for (int k = 0; k <= at.replicas; ++k) by_count.push_back(down_given(table, k, 1.0));
    if (system_.nodes.empty()) {
      counts.assign(1, at.replicas);
    } else if (at.replicas != last) {
      counts = reachable(placed, {nodes.begin(), nodes.begin() + at.replicas}, credit, moves);
      last = at.replicas;
    }
    for (const int k : counts) down.push_back(by_count[static_cast<std::size_t>(k)]);
  }
  scratch = before;
  return down;
}

}  // namespace haplan::model
