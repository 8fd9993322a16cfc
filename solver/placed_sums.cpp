#include "solver/placed_sums.hpp"

#include <algorithm>
#include <limits>

#include "model/availability/down_by_count.hpp"
#include "model/availability/scattered.hpp"
#include "model/availability/series_changes.hpp"
#include "model/availability/stages.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// A component's settings, and the others as they are.
class Instead {
 public:
  Instead(const Workbench& bench, const Deployment& base)
      : bench_(bench), deployment_(base), numbers_(bench.before) {}

  void place(ComponentId c, const std::vector<NodeId>& nodes) {
    deployment_.components[c].nodes = nodes;
  }

  void choose(const SettingList& member, std::size_t option) {
    const SettingOptions& settings = *member.set->settings;
    const OptionFigures& figures = member.set->figures[option];
    numbers_.replicas[member.component] = settings.probes[figures.probe].replica;
    deployment_.components[member.component].failover =
        settings.controllers[figures.controller].settings;
  }

  /// Better than any option in everything.
  void choose_ideal(const SettingList& member) {
    const SettingOptions& settings = *member.set->settings;
    numbers_.replicas[member.component] = ideal_replica(settings.probes);
    deployment_.components[member.component].failover =
        std::ranges::min_element(settings.controllers, {}, [](const ControllerOption& c) {
          return c.time.mean;
        })->settings;
    const ComponentSpace& space = bench_.space.components[member.component];
    for (std::size_t i = 0; i < space.counts.size(); ++i)
      assign(deployment_, bench_.problem.decisions[space.counts[i]], member.set->choice[i]);
  }

  [[nodiscard]] SeriesOption figures(ComponentId c) const {
    const System& system = bench_.problem.system;
    return {down_by_count(system, deployment_, bench_.load, numbers_, c),
            system.components[c].movable
                ? reschedule_delay(system, deployment_, c, numbers_.replicas[c])
                : std::numeric_limits<double>::infinity()};
  }

  [[nodiscard]] const Deployment& deployment() const { return deployment_; }
  [[nodiscard]] const ComponentNumbers& numbers() const { return numbers_; }

 private:
  const Workbench& bench_;
  Deployment deployment_;
  ComponentNumbers numbers_;
};

/// What no option is better than.
void lower(SeriesPart& part, const SeriesOption& option) {
  part.reschedule = std::min(part.reschedule, option.reschedule);
  for (LevelId l = 0; l < part.down.size(); ++l)
    for (std::size_t k = 0; k < part.down[l].size(); ++k)
      part.down[l][k] = std::min(part.down[l][k], option.down[l][k]);
}

}  // namespace

std::vector<Additive> placed_sums(const Workbench& bench, const Deployment& base,
                                  const PlacementSpace& space,
                                  const std::vector<SettingList>& members) {
  const System& system = bench.problem.system;
  Instead instead(bench, base);
  for (const SettingList& member : members) instead.choose_ideal(member);
  std::vector<Additive> result;
  for (const Objective& objective : bench.problem.objectives) {
    if (!objective.max_unavailability) continue;
    auto placed =
        scattered_placement(system, instead.deployment(), bench.load, instead.numbers(), space,
                            bench.functions, bench.bounds.function_of(objective.service));
    if (!placed) return {};
    std::vector<std::vector<SeriesOption>> options(placed->parts.size());
    std::vector<std::size_t> part_of(members.size(), placed->parts.size());
    for (std::size_t m = 0; m < members.size(); ++m) {
      const auto found =
          std::ranges::find(placed->parts, members[m].component, &SeriesPart::component);
      if (found == placed->parts.end()) continue;
      const auto p = static_cast<std::size_t>(found - placed->parts.begin());
      part_of[m] = p;
      SeriesPart& part = placed->parts[p];
      Instead one = instead;
      one.place(members[m].component, part.nodes);
      for (const std::size_t o : *members[m].order) {
        one.choose(members[m], o);
        options[p].push_back(one.figures(members[m].component));
      }
      part.down = options[p].front().down;
      part.reschedule = options[p].front().reschedule;
      for (const SeriesOption& option : options[p]) lower(part, option);
      if (options[p].size() == 1) options[p].clear();
    }
    double rest = 0.0;
    std::vector<double> weights;
    for (LevelId l = 0; l < system.levels.size(); ++l) {
      rest += system.levels[l].share * placed->rest[l];
      weights.push_back(system.levels[l].share * (1.0 - placed->rest[l]));
    }
    const auto changes = series_changes(system, placed->parts, options, weights);
    if (!changes) return {};
    Additive sum;
    sum.budget = *objective.max_unavailability * (1.0 + kSlack) - rest - changes->down;
    sum.losses.assign(1, 0.0);
    for (std::size_t m = 0; m < members.size(); ++m) {
      const std::size_t count = members[m].order->size();
      sum.adds.push_back(part_of[m] < options.size() && !options[part_of[m]].empty()
                             ? changes->adds[part_of[m]]
                             : std::vector<double>(count, 0.0));
      sum.crippled.emplace_back(count, false);
    }
    result.push_back(std::move(sum));
  }
  return result;
}

}  // namespace haplan::solver
