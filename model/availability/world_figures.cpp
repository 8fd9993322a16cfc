#include "model/availability/world_figures.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <set>

#include "model/availability/structure.hpp"
#include "model/base/contract.hpp"
#include "model/diagram/diagram.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

std::vector<double> distinct(std::vector<double> ages) {
  std::erase(ages, kNever);
  std::sort(ages.begin(), ages.end());
  ages.erase(std::unique(ages.begin(), ages.end()), ages.end());
  return ages;
}

/// Rewrites a function of the shared diagram as a list of its own nodes, children first.
class Flattener {
 public:
  Flattener(Diagram& diagram, const std::map<std::size_t, int>& inputs, ServiceFunction& function)
      : diagram_(diagram), inputs_(inputs), function_(function) {
    function_.nodes.resize(2);
    index_ = {{Diagram::kFalse, 0}, {Diagram::kTrue, 1}};
  }

  std::uint32_t visit(Diagram::Ref f) {
    if (const auto found = index_.find(f); found != index_.end()) return found->second;
    const std::size_t variable = diagram_.support(f).front();
    const std::uint32_t up = visit(diagram_.restricted(f, variable, 0));
    const std::uint32_t down = visit(diagram_.restricted(f, variable, 1));
    function_.nodes.push_back({inputs_.at(variable), up, down});
    return index_[f] = static_cast<std::uint32_t>(function_.nodes.size() - 1);
  }

 private:
  Diagram& diagram_;
  const std::map<std::size_t, int>& inputs_;
  ServiceFunction& function_;
  std::map<Diagram::Ref, std::uint32_t> index_;
};

}  // namespace

WorldFigures::WorldFigures(const System& system, const Deployment& deployment,
                           const LoadTable& load, const ComponentNumbers& numbers,
                           const WorldFiguresOptions& options)
    : system_(system), load_(load), numbers_(numbers), deployment_(deployment) {
  find_placed();
  make_classes();
  list_worlds(options);
  build_functions();
}

void WorldFigures::find_placed() {
  if (system_.nodes.empty()) return;
  std::set<ComponentId> reached;
  for (ServiceId s = 0; s < system_.services.size(); ++s)
    for (const ComponentId c : reach_of(system_, s)) reached.insert(c);
  for (const ComponentId c : reached) {
    const Component& component = system_.components[c];
    if (!component.replicated()) continue;
    placed_.push_back(c);
    Timing timing{kNever, kNever};
    if (component.movable) {
      const ReplicaModel& replica = numbers_.replicas[c];
      timing.reschedule = reschedule_delay(system_, deployment_, c, replica);
      timing.settle =
          std::min(component.shutdown, component.grace) + replica.start + replica.ready_mean;
    }
    timing_.push_back(timing);
  }
}

TableKey WorldFigures::key(ComponentId component, const LevelClass& level) const {
  const ComponentPlan& plan = deployment_.components[component];
  const int n = system_.components[component].replicated()
                    ? replicas_at(system_, load_, plan, component, level.level)
                    : 0;
  return {component, n, needed(system_, load_, component, level.level, n), level.level};
}

void WorldFigures::make_classes() {
  std::set<ComponentId> reached;
  for (ServiceId s = 0; s < system_.services.size(); ++s)
    for (const ComponentId c : reach_of(system_, s)) reached.insert(c);
  std::map<std::vector<double>, std::size_t> known;
  for (LevelId level = 0; level < system_.levels.size(); ++level) {
    std::vector<double> signature;
    for (const ComponentId c : reached) {
      if (!system_.components[c].replicated()) continue;
      const TableKey at = key(c, {level, 0.0});
      signature.insert(signature.end(),
                       {static_cast<double>(at.replicas), static_cast<double>(at.need),
                        ramp_unavailability(system_, deployment_, load_, numbers_.replicas[c], c,
                                            level)});
    }
    const auto [found, fresh] = known.try_emplace(std::move(signature), classes_.size());
    if (fresh) classes_.push_back({level, 0.0});
    classes_[found->second].share += system_.levels[level].share;
  }
}

void WorldFigures::list_worlds(const WorldFiguresOptions& options) {
  if (placed_.empty()) {
    worlds_.worlds.push_back({1.0, 0, kOut, kOut, 0.0});
  } else {
    std::vector<double> reschedule;
    std::vector<double> settle;
    for (const Timing& timing : timing_) {
      reschedule.push_back(timing.reschedule);
      if (system_.drain && timing.settle < system_.drain->per_node)
        settle.push_back(timing.settle);
    }
    reschedule = distinct(reschedule);
    settle = distinct(settle);
    int most = static_cast<int>(system_.nodes.size());
    const std::size_t drains = system_.drain ? settle.size() + 1 : 0;
    while (most > 1 && world_count(system_.nodes.size(), reschedule.size(), drains, most) >
                           options.most_worlds)
      --most;
    worlds_ = make_worlds(system_, reschedule, settle, most);
  }
  for (const LevelClass& level : classes_)
    for (const World& world : worlds_.worlds) mass_.push_back(level.share * world.mass);
}

void WorldFigures::build_functions() {
  Diagram diagram;
  const Structure structure = make_structure(system_, diagram);
  std::map<std::size_t, int> inputs;
  const auto constant = [&](std::size_t variable, std::vector<double> values) {
    inputs[variable] = ~static_cast<int>(constants_.size());
    constants_.push_back(std::move(values));
  };
  for (ComponentId c = 0; c < system_.components.size(); ++c) {
    if (structure.component[c] == kNone) continue;
    const auto found = std::find(placed_.begin(), placed_.end(), c);
    if (found != placed_.end()) {
      inputs[structure.component[c]] = static_cast<int>(found - placed_.begin());
      continue;
    }
    std::vector<double> values;
    for (const LevelClass& level : classes_) {
      const TableKey at = key(c, level);
      const TableNumbers table = table_numbers(system_, deployment_, load_, numbers_, at);
      values.push_back(down_given(table, at.replicas, 1.0));
    }
    constant(structure.component[c], std::move(values));
  }
  for (ClaimId claim = 0; claim < system_.claims.size(); ++claim)
    if (structure.claim[claim] != kNone)
      constant(structure.claim[claim],
               std::vector<double>(classes_.size(),
                                   down_probability(system_.claims[claim].modes, false)));
  for (const SwitchoverFactor& factor : structure.switchovers) {
    const double load = factor.rate * factor.outage;
    constant(factor.variable, std::vector<double>(classes_.size(), load / (1.0 + load)));
  }
  std::map<Diagram::Ref, std::size_t> known;
  for (ServiceId s = 0; s < system_.services.size(); ++s) {
    const Diagram::Ref f = service_down(system_, structure, diagram, s, Instant::single);
    const auto [found, fresh] = known.try_emplace(f, functions_.size());
    if (fresh) {
      ServiceFunction& function = functions_.emplace_back();
      function.root = Flattener(diagram, inputs, function).visit(f);
      for (const std::size_t variable : diagram.support(f)) {
        if (inputs.at(variable) < 0) continue;
        auto& list = diagram.restricted(f, variable, 1) == Diagram::kTrue ? function.series
                                                                          : function.gated;
        list.push_back(static_cast<std::size_t>(inputs.at(variable)));
      }
    }
    functions_[found->second].services.push_back(s);
  }
}

std::vector<int> WorldFigures::reachable(std::size_t placed, const std::vector<NodeId>& nodes,
                                         bool credit, Moves moves) const {
  const Timing& timing = timing_[placed];
  const int n = static_cast<int>(nodes.size());
  std::vector<int> counts(worlds_.worlds.size());
  // Where replicas are during a drain, per drained node, before and after the move.
  std::vector<std::vector<NodeId>> drained(2 * system_.nodes.size());
  for (std::size_t w = 0; w < counts.size(); ++w) {
    const World& world = worlds_.worlds[w];
    const auto is_up = [&world](NodeId node) {
      return node != kOut && ((world.unreachable >> node) & 1) == 0;
    };
    int& k = counts[w];
    if (world.lost != kOut && credit && timing.reschedule <= world.age) {
      k = n;
    } else if (world.drained == kOut) {
      for (const NodeId node : nodes) k += is_up(node);
    } else {
      const bool moved = timing.settle <= world.age;
      const bool named = moved && (moves == Moves::exact || world.unreachable == 0);
      std::vector<NodeId>& now = drained[2 * world.drained + (named ? 1 : 0)];
      if (now.empty() && n > 0)
        now = nodes_during_drain(system_, placed_[placed], nodes, world.drained, named);
      for (const NodeId node : now) k += is_up(node);
      if (moved && !named && moves == Moves::most)
        k += static_cast<int>(std::count(nodes.begin(), nodes.end(), world.drained));
    }
  }
  return counts;
}

std::vector<double> WorldFigures::down(std::size_t placed, const std::vector<NodeId>& nodes,
                                       bool credit, Moves moves) const {
  const ComponentId component = placed_[placed];
  std::vector<double> down;
  down.reserve(size());
  std::vector<NodeId>& scratch = deployment_.components[component].nodes;
  const std::vector<NodeId> before = std::exchange(scratch, nodes);
  int last = -1;
  std::vector<int> counts;
  for (const LevelClass& level : classes_) {
    const TableKey at = key(component, level);
    HAPLAN_EXPECTS(at.replicas <= static_cast<int>(nodes.size()));
    const TableNumbers table = table_numbers(system_, deployment_, load_, numbers_, at);
    std::vector<double> by_count;
    for (int k = 0; k <= at.replicas; ++k) by_count.push_back(down_given(table, k, 1.0));
    if (at.replicas != last) {
      counts = reachable(placed, {nodes.begin(), nodes.begin() + at.replicas}, credit, moves);
      last = at.replicas;
    }
    for (const int k : counts) down.push_back(by_count[static_cast<std::size_t>(k)]);
  }
  scratch = before;
  return down;
}

}  // namespace haplan::model
