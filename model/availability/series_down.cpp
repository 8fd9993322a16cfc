#include "model/availability/series_down.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "model/availability/series_worlds.hpp"
#include "model/availability/stages.hpp"
#include "model/numerics/either.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

constexpr double kForever = std::numeric_limits<double>::infinity();

double group_down(SeriesWorlds& worlds, const std::vector<SeriesPart>& parts,
                  const SeriesGroup& group, LevelId level) {
  // Nothing that is lost besides makes it serve.
  if (worlds.surely_down(group, level)) return 1.0;
  double sum = 0.0;
  worlds.each_world(group, level, [&](double mass, const std::vector<std::size_t>& left) {
    double down = 0.0;
    for (std::size_t i = 0; i < group.parts.size(); ++i)
      down = either(down, parts[group.parts[i]].down[level][left[i]]);
    sum += mass * down;
  });
  return sum;
}

/// P(part up) while the node is lost, its replicas there moved or not.
double serves(const SeriesPart& part, LevelId level, std::size_t lost, bool moved) {
  const auto& down = part.down[level];
  return 1.0 - down[down.size() - 1 - (moved ? 0 : lost)];
}

/// What rescheduling takes away while no domain is down and one node alone is lost.
double credit(const System& system, const SeriesWorlds& worlds,
              const std::vector<SeriesPart>& parts, LevelId level) {
  const double all_up = worlds.all_up();
  double sum = 0.0;
  for (NodeId n = 0; n < system.nodes.size(); ++n) {
    double others = 1.0;
    std::vector<std::size_t> here;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      if (worlds.count_on(p, level, n) > 0)
        here.push_back(p);
      else
        others *= 1.0 - parts[p].down[level].back();
    }
    std::ranges::sort(here, {}, [&](std::size_t p) { return parts[p].reschedule; });
    const auto up_after = [&](std::size_t moved) {  // the first so many of them
      double up = 1.0;
      for (std::size_t i = 0; i < here.size(); ++i)
        up *= serves(parts[here[i]], level, worlds.count_on(here[i], level, n), i < moved);
      return up;
    };
    const double before = up_after(0);
    double share = 0.0;
    for (std::size_t i = 0; i < here.size() && parts[here[i]].reschedule < kForever; ++i) {
      const double from = parts[here[i]].reschedule;
      const double until = i + 1 < here.size() ? parts[here[i + 1]].reschedule : kForever;
      if (until > from)
        share +=
            down_between(system.nodes[n].modes, false, from, until) * (up_after(i + 1) - before);
    }
    sum += all_up / (1.0 - worlds.lost(n)) * others * share;
  }
  return sum;
}

/// P(some part down) at a level given which domains are down, nothing rescheduled.
double joint_down(SeriesWorlds& worlds, const std::vector<SeriesPart>& parts, LevelId level) {
  double down = 0.0;
  for (const SeriesGroup& group : worlds.groups()) {
    if (down >= 1.0) break;
    down = either(down, group_down(worlds, parts, group, level));
  }
  return down;
}

/// P(some part down) while a node is drained, with those of its parts moved that are back by then.
double down_during_drain(const System& system, const std::vector<SeriesPart>& parts, LevelId level,
                         NodeId drained, double age, std::size_t most_states) {
  std::vector<SeriesPart> moved = parts;
  for (SeriesPart& part : moved) {
    part.nodes.resize(part.down[level].size() - 1);
    part.nodes =
        nodes_during_drain(system, part.component, part.nodes, drained, part.settle <= age);
  }
  SeriesWorlds worlds(system, moved, most_states);
  double sum = 0.0;
  for (std::size_t set = 0; set < worlds.domain_sets(); ++set)
    if (!SeriesWorlds::several(set)) sum += worlds.enter(set) * joint_down(worlds, moved, level);
  return sum;
}

}  // namespace

double drained_down(const System& system, const std::vector<SeriesPart>& parts, LevelId level,
                    std::size_t most_states) {
  if (!system.drain) return 0.0;
  double sum = 0.0;
  for (NodeId n = 0; n < system.nodes.size(); ++n) {
    std::set<double> times{0.0, system.drain->per_node};
    for (const SeriesPart& part : parts)
      if (std::ranges::count(part.nodes, n) > 0 && part.settle < system.drain->per_node)
        times.insert(part.settle);
    for (auto from = times.begin(); std::next(from) != times.end(); ++from)
      sum += (*std::next(from) - *from) / system.drain->every *
             down_during_drain(system, parts, level, n, *from, most_states);
  }
  return sum;
}

double undrained(const System& system) {
  if (!system.drain) return 1.0;
  return 1.0 -
         static_cast<double>(system.nodes.size()) * system.drain->per_node / system.drain->every;
}

std::optional<std::vector<double>> undrained_down(const System& system,
                                                  const std::vector<SeriesPart>& parts,
                                                  std::size_t most_states) {
  SeriesWorlds worlds(system, parts, most_states);
  if (!worlds.possible()) return std::nullopt;
  const double quiet = undrained(system);
  std::vector<double> total(system.levels.size(), 0.0);
  for (std::size_t set = 0; set < worlds.domain_sets(); ++set) {
    const double mass = quiet * worlds.enter(set);
    for (LevelId l = 0; l < total.size(); ++l) {
      double down = joint_down(worlds, parts, l);
      if (set == 0) down -= credit(system, worlds, parts, l);
      total[l] += mass * down;
    }
  }
  return total;
}

}  // namespace haplan::model
