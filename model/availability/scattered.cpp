#include "model/availability/scattered.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "model/availability/down_by_count.hpp"
#include "model/availability/stages.hpp"
#include "model/numerics/either.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

constexpr std::size_t kMostPlacements = 200;
constexpr double kStands =
    1e-3;  ///< more downtime that one lost node makes, of those that stand it

constexpr double kForever = std::numeric_limits<double>::infinity();

class Scatter {
 public:
  ///   apart  components that stand one loss meet seldom, rather than use nodes evenly
  Scatter(const System& system, const Deployment& deployment, const LoadTable& load,
          const ComponentNumbers& numbers, const PlacementSpace& space, bool apart)
      : system_(system),
        deployment_(deployment),
        load_(load),
        numbers_(numbers),
        space_(space),
        apart_(apart),
        node_load_(system, space.replicas),
        weight_(system.nodes.size(), 0.0),
        light_(system.nodes.size(), 0.0),
        count_(system.nodes.size(), 0),
        near_(system.nodes.size()),
        cripples_(system.domains.size(), 0.0) {
    double most = 0.0;
    for (const Node& node : system.nodes) {
      often_.push_back(down_probability(node.modes, node.down));
      most = std::max(most, often_.back());
    }
    for (double& often : often_) often = most > 0.0 ? often / most : 1.0;
  }

  /// All that the function has in series. False: it does not fit.
  bool place(const ServiceFunctions& functions, const ServiceFunction& function) {
    std::set<ComponentId> wanted;
    for (const std::size_t i : function.series) wanted.insert(functions.inputs[i]);
    std::vector<Unit> units;
    for (const PlacementUnit& members : space_.units) {
      Unit unit;
      for (const ComponentId c : members)
        (wanted.contains(c) ? unit.members : unit.mates).push_back(c);
      if (unit.members.empty()) continue;
      const UnitPlacements list = unit_placements(space_, members, space_.cell, kMostPlacements);
      for (const UnitPlacement& option : list.options) {
        std::vector<std::vector<NodeId>> kept;
        for (std::size_t m = 0; m < members.size(); ++m)
          if (wanted.contains(members[m])) kept.push_back(option[m]);
        unit.weights.push_back(weight(unit.members, kept));
        unit.pair = std::max(unit.pair, pair_weight(unit.members, kept));
        unit.options.push_back(std::move(kept));
      }
      if (unit.options.empty()) return false;
      units.push_back(std::move(unit));
    }
    // What one lost node does: those that stand it come last, the most compact of the others first, and of these the slowest to be
    // rescheduled: where two share a node, what they need until then counts once. Of those that stand it, those that two take down.
    std::ranges::stable_sort(units, std::ranges::greater{}, [this](const Unit& unit) {
      constexpr double kAlike = 1e-3;
      const double most = *std::ranges::max_element(unit.weights);
      const double weight = most / static_cast<double>(unit.options.front().front().size());
      const bool stands = most < kStands;
      return std::tuple(stands ? 0.0 : std::round(weight / kAlike), stands ? 0.0 : slowest(unit),
                        unit.pair, weight);
    });
    // The others stay where they are.
    for (const PlacementUnit& members : space_.units)
      for (const ComponentId c : members)
        if (std::ranges::none_of(members, [&](ComponentId m) { return wanted.contains(m); }))
          node_load_.add(c, deployment_.components[c].nodes, 1);
    for (const Unit& unit : units) place(unit);
    return node_load_.fits();
  }

  /// What was placed.
  [[nodiscard]] const std::vector<SeriesPart>& parts() const { return parts_; }

  /// P(down | k reachable) per level, of a component on these nodes.
  std::vector<std::vector<double>> down(ComponentId c, const std::vector<NodeId>& nodes) {
    deployment_.components[c].nodes = nodes;
    return down_by_count(system_, deployment_, load_, numbers_, c);
  }

 private:
  struct Unit {
    std::vector<ComponentId> members;
    std::vector<ComponentId> mates;  ///< that only take room on their node
    std::vector<UnitPlacement> options;
    std::vector<double> weights;  ///< per option
    double pair = 0.0;            ///< the largest pair_weight
  };

  /// More downtime when one of the nodes is lost, summed over them as often as they are and mean over levels.
  double weight(const std::vector<ComponentId>& members, const UnitPlacement& option) {
    double sum = 0.0;
    for (std::size_t m = 0; m < members.size(); ++m) {
      const auto table = down(members[m], option[m]);
      for (const NodeId node : std::set<NodeId>(option[m].begin(), option[m].end()))
        for (LevelId l = 0; l < table.size(); ++l)
          sum += often_[node] * system_.levels[l].share *
                 (table[l][left_without(table[l], option[m], [&](NodeId n) { return n == node; })] -
                  table[l].back());
    }
    return sum;
  }

  /// More downtime when two of the nodes are lost, at most and mean over levels.
  double pair_weight(const std::vector<ComponentId>& members, const UnitPlacement& option) {
    double most = 0.0;
    for (std::size_t m = 0; m < members.size(); ++m) {
      const auto table = down(members[m], option[m]);
      const std::set<NodeId> used(option[m].begin(), option[m].end());
      for (auto a = used.begin(); a != used.end(); ++a)
        for (auto b = std::next(a); b != used.end(); ++b) {
          double sum = 0.0;
          for (LevelId l = 0; l < table.size(); ++l)
            sum += system_.levels[l].share *
                   (table[l][left_without(table[l], option[m],
                                          [&](NodeId n) { return n == *a || n == *b; })] -
                    table[l].back());
          most = std::max(most, sum);
        }
    }
    return most;
  }

  /// [s] infinite: never
  [[nodiscard]] double reschedule(ComponentId c) const {
    if (!system_.components[c].movable) return kForever;
    return reschedule_delay(system_, deployment_, c, numbers_.replicas[c]);
  }

  [[nodiscard]] double slowest(const Unit& unit) const {
    double most = 0.0;
    for (const ComponentId c : unit.members) most = std::max(most, reschedule(c));
    return most;
  }

  template <class Lost>
  static std::size_t left_without(const std::vector<double>& by_count,
                                  const std::vector<NodeId>& nodes, const Lost& lost) {
    const auto used = static_cast<std::ptrdiff_t>(by_count.size()) - 1;
    return static_cast<std::size_t>(
        std::count_if(nodes.begin(), nodes.begin() + used, [&](NodeId n) { return !lost(n); }));
  }

  [[nodiscard]] bool below(NodeId node, DomainId domain) const {
    for (auto above = system_.nodes[node].parent; above; above = system_.domains[*above].parent)
      if (*above == domain) return true;
    return false;
  }

  /// How far the loss of each domain takes a member down, mean over levels.
  std::vector<double> cripples(const Unit& unit, const UnitPlacement& option) {
    std::vector<double> result(system_.domains.size(), 0.0);
    for (std::size_t m = 0; m < unit.members.size(); ++m) {
      const auto table = down(unit.members[m], option[m]);
      for (DomainId d = 0; d < result.size(); ++d) {
        double sum = 0.0;
        for (LevelId l = 0; l < table.size(); ++l)
          sum += system_.levels[l].share *
                 table[l][left_without(table[l], option[m], [&](NodeId n) { return below(n, d); })];
        result[d] = std::max(result[d], sum);
      }
    }
    return result;
  }

  /// Other nodes of what stands one loss on some of these: what such a pair has in common with others is as often down as three nodes are.
  [[nodiscard]] std::size_t beside(const std::set<NodeId>& nodes) const {
    std::set<NodeId> others;
    for (const NodeId n : nodes) others.insert(near_[n].begin(), near_[n].end());
    for (const NodeId n : nodes) others.erase(n);
    return others.size();
  }

  [[nodiscard]] std::vector<NodeId> cell_of(NodeId node) const {
    std::vector<NodeId> cell;
    for (NodeId n = 0; n < space_.cell.size(); ++n)
      if (space_.cell[n] == space_.cell[node]) cell.push_back(n);
    return cell;
  }

  /// Two nodes exchanged for those of their cells that have least beside them.
  void choose_pair(std::map<NodeId, NodeId>& now) const {
    constexpr std::size_t kMostPairs = 2'000;
    const auto [first, second] = std::pair(now.begin()->first, now.rbegin()->first);
    const std::vector<NodeId> firsts = cell_of(first);
    const std::vector<NodeId> seconds = cell_of(second);
    if (firsts.size() * seconds.size() > kMostPairs) return;
    std::optional<std::tuple<double, int, std::size_t, int, NodeId, NodeId>> best;
    for (const NodeId a : firsts)
      for (const NodeId b : seconds) {
        if (a == b) continue;
        const double weight = weight_[a] + weight_[b];
        if (best && weight > std::get<0>(*best)) continue;
        const auto pair = together_.find(std::minmax(a, b));
        const std::tuple key{weight,
                             pair == together_.end() ? 0 : pair->second,
                             beside({a, b}),
                             count_[a] + count_[b],
                             a,
                             b};
        if (!best || key < *best) best = key;
      }
    if (!best) return;
    now[first] = std::get<4>(*best);
    now[second] = std::get<5>(*best);
  }

  /// Its nodes exchanged for those of their cells that are used least, and least often together.
  [[nodiscard]] UnitPlacement exchanged(const UnitPlacement& option, bool stands) const {
    std::map<NodeId, NodeId> now;
    std::set<NodeId> taken;
    UnitPlacement result = option;
    for (auto& nodes : result)
      for (const NodeId node : nodes) {
        const auto [known, fresh] = now.try_emplace(node, node);
        if (fresh) {
          std::optional<std::tuple<double, int, int, NodeId>> best;
          for (NodeId n = 0; n < space_.cell.size(); ++n) {
            if (space_.cell[n] != space_.cell[node] || taken.contains(n)) continue;
            int together = 0;
            for (const NodeId t : taken) {
              const auto pair = together_.find(std::minmax(n, t));
              together += pair == together_.end() ? 0 : pair->second;
            }
            const std::tuple key{weight_[n] + (apart_ ? 0.0 : light_[n]), together, count_[n], n};
            if (!best || key < *best) best = key;
          }
          known->second = std::get<NodeId>(*best);
          taken.insert(known->second);
        }
      }
    if (apart_ && stands && now.size() == 2) choose_pair(now);
    for (auto& nodes : result)
      for (NodeId& node : nodes) node = now[node];
    return result;
  }

  /// Units per node of a cell.
  [[nodiscard]] double crowd_of(std::size_t cell) const {
    double used = 0.0;
    double size = 0.0;
    for (NodeId n = 0; n < count_.size(); ++n) {
      if (space_.cell[n] != cell) continue;
      size += 1.0;
      used += count_[n];
    }
    return used / size;
  }

  /// Adds a unit's replicas to what nodes have, or removes them.
  void load(const Unit& unit, const UnitPlacement& option, int sign) {
    if (space_.capacity_never_binds) return;
    for (std::size_t m = 0; m < unit.members.size(); ++m)
      node_load_.add(unit.members[m], option[m], sign);
    for (const ComponentId mate : unit.mates) {
      const auto count = static_cast<std::size_t>(std::ranges::max(space_.replicas[mate]));
      node_load_.add(mate, std::vector<NodeId>(count, option.front().front()), sign);
    }
  }

  [[nodiscard]] bool fits(const Unit& unit, const UnitPlacement& option) {
    load(unit, option, 1);
    const bool fits = node_load_.fits();
    load(unit, option, -1);
    return fits;
  }

  void place(const Unit& unit) {
    constexpr double kTie = 1e-9;
    std::optional<std::tuple<bool, double, double, std::size_t, double>> best_key;
    UnitPlacement best;
    std::vector<double> best_cripples;
    double best_weight = 0.0;
    for (std::size_t o = 0; o < unit.options.size(); ++o) {
      const bool stands = unit.weights[o] < kStands;
      const UnitPlacement option = exchanged(unit.options[o], stands);
      std::vector<double> crippled = cripples(unit, option);
      double taken_down = 0.0;
      for (DomainId d = 0; d < crippled.size(); ++d)
        taken_down += std::max(crippled[d], cripples_[d]);
      double busy = 0.0;
      double crowd = 0.0;  // of the cells
      std::set<NodeId> own;
      for (const auto& nodes : option)
        for (const NodeId n : nodes) {
          busy += weight_[n];
          crowd += crowd_of(space_.cell[n]);
          own.insert(n);
        }
      const std::tuple key{!fits(unit, option), -std::round((unit.weights[o] - busy) / kTie),
                           -taken_down, apart_ && stands ? beside(own) : 0, crowd};
      if (best_key && !(key < *best_key)) continue;
      best_key = key;
      best = option;
      best_cripples = std::move(crippled);
      best_weight = unit.weights[o];
    }
    load(unit, best, 1);
    std::set<NodeId> nodes;
    for (std::size_t m = 0; m < unit.members.size(); ++m) {
      const ComponentId c = unit.members[m];
      nodes.insert(best[m].begin(), best[m].end());
      parts_.push_back({down(c, best[m]), best[m], reschedule(c), kForever, c});
      if (system_.components[c].movable)
        parts_.back().settle = drain_delay(system_.components[c], numbers_.replicas[c]);
    }
    for (const NodeId n : nodes) {
      const double part = best_weight / static_cast<double>(nodes.size());
      (best_weight < kStands ? light_ : weight_)[n] += part;
      ++count_[n];
      for (const NodeId other : nodes) {
        if (other < n) ++together_[{other, n}];
        if (other != n && best_weight < kStands) near_[n].insert(other);
      }
    }
    for (DomainId d = 0; d < cripples_.size(); ++d)
      cripples_[d] = std::max(cripples_[d], best_cripples[d]);
  }

  const System& system_;
  Deployment deployment_;
  const LoadTable& load_;
  const ComponentNumbers& numbers_;
  const PlacementSpace& space_;
  const bool apart_;
  NodeLoad node_load_;
  std::vector<SeriesPart> parts_;
  std::vector<double> often_;   ///< per node: that it is lost, the most often one 1
  std::vector<double> weight_;  ///< per node: of what is there and does not stand its loss
  std::vector<double> light_;   ///< per node: of the rest
  std::vector<int> count_;      ///< per node
  std::map<std::pair<NodeId, NodeId>, int> together_;
  std::vector<std::set<NodeId>>
      near_;                      ///< per node: other nodes of what stands one loss and is there
  std::vector<double> cripples_;  ///< per domain: most so far
};

/// P(down by anything but what is in series) per level, at least.
std::vector<double> rest_of(Scatter& scatter, const System& system, const Deployment& deployment,
                            const ServiceFunctions& functions, const ServiceFunction& function) {
  std::vector<double> rest;
  std::vector<double> scratch;
  for (LevelId l = 0; l < system.levels.size(); ++l) {
    std::vector<double> down(functions.inputs.size(), 0.0);
    for (const std::size_t i : function.gated) {
      const ComponentId c = functions.inputs[i];
      // How often a failover strikes depends on the nodes.
      if (system.components[c].failover) continue;
      down[i] = scatter.down(c, deployment.components[c].nodes)[l].back();
    }
    rest.push_back(functions.value(function, down, scratch));
  }
  return rest;
}

double both(const System& system, const std::vector<double>& series,
            const std::vector<double>& rest) {
  double sum = 0.0;
  for (LevelId l = 0; l < system.levels.size(); ++l)
    sum += system.levels[l].share * either(series[l], rest[l]);
  return sum;
}

}  // namespace

std::optional<ScatteredPlacement> scattered_placement(
    const System& system, const Deployment& deployment, const LoadTable& load,
    const ComponentNumbers& numbers, const PlacementSpace& space, const ServiceFunctions& functions,
    const ServiceFunction& function, std::optional<double> limit) {
  if (system.nodes.empty() || functions.network_bounded) return std::nullopt;
  std::optional<ScatteredPlacement> worst;
  for (const bool apart : {false, true}) {
    Scatter scatter(system, deployment, load, numbers, space, apart);
    if (!scatter.place(functions, function)) continue;
    ScatteredPlacement placed{.rest = rest_of(scatter, system, deployment, functions, function)};
    auto series = undrained_down(system, scatter.parts());
    if (!series) return std::nullopt;
    placed.unavailability = both(system, *series, placed.rest);
    const bool enough = limit && placed.unavailability > *limit;
    if (!enough) {
      for (LevelId l = 0; l < series->size(); ++l)
        (*series)[l] += drained_down(system, scatter.parts(), l);
      placed.unavailability = both(system, *series, placed.rest);
    }
    if (worst && placed.unavailability <= worst->unavailability) continue;
    placed.parts = scatter.parts();
    worst = std::move(placed);
    if (enough) break;
  }
  return worst;
}

std::vector<double> scattered_unavailability(const System& system, const Deployment& deployment,
                                             const LoadTable& load, const ComponentNumbers& numbers,
                                             const PlacementSpace& space,
                                             const ServiceFunctions& functions) {
  std::vector<double> bounds;
  for (const ServiceFunction& function : functions.functions) {
    const auto placed =
        scattered_placement(system, deployment, load, numbers, space, functions, function);
    bounds.push_back(placed ? placed->unavailability : 0.0);
  }
  return bounds;
}

}  // namespace haplan::model
