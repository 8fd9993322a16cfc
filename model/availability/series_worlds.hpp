#pragma once

#include <vector>

#include "model/availability/series_down.hpp"

/// The worlds in which a series system in one placement is told apart: which domains are down, and which nodes are lost of those that
/// a group of parts uses.
namespace haplan::model {

/// Parts that share nodes, directly or through others.
struct SeriesGroup {
  std::vector<std::size_t> parts;
  std::vector<NodeId> nodes;  ///< reachable ones
};

class SeriesWorlds {
 public:
  /// Both must outlive it.
  ///   most_states  sets of lost nodes listed per group and set of domains
  SeriesWorlds(const System& system, const std::vector<SeriesPart>& parts, std::size_t most_states);

  /// False: nodes do not come and go alone, or too many domains can fail.
  [[nodiscard]] bool possible() const;

  [[nodiscard]] std::size_t domain_sets() const { return std::size_t{1} << may_fail_.size(); }
  /// More than one.
  [[nodiscard]] static bool several(std::size_t domain_set) {
    return (domain_set & (domain_set - 1)) != 0;
  }

  /// From here on these domains are down and the others up; 0: none is down.
  ///   returns  the probability of that
  double enter(std::size_t domain_set);

  /// Independent of each other under that condition.
  [[nodiscard]] std::vector<SeriesGroup> groups() const;

  /// Some part is down whatever else is up.
  [[nodiscard]] bool surely_down(const SeriesGroup& group, LevelId level) const;

  /// For sets of lost nodes, smaller ones first to last that can be listed: world(mass, left), with what is reachable of each part of
  /// the group.
  template <class World>
  void each_world(const SeriesGroup& group, LevelId level, const World& world) {
    std::vector<std::size_t> left;
    for (const std::size_t p : group.parts) left.push_back(reachable(p, group, level));
    std::vector<std::vector<std::size_t>> hits;
    double all_up = 1.0;
    for (const NodeId n : group.nodes) {
      auto& here = hits.emplace_back();
      for (const std::size_t p : group.parts) here.push_back(count_on(p, level, n));
      all_up *= 1.0 - lost(n);
    }
    visit(group, hits, left, 0, deepest(group.nodes.size()), all_up, world);
  }

  /// P(every node up).
  [[nodiscard]] double all_up() const;
  /// P(the node itself down).
  [[nodiscard]] double lost(NodeId node) const { return lost_[node]; }
  /// Replicas of the part on the node at a level.
  [[nodiscard]] std::size_t count_on(std::size_t part, LevelId level, NodeId node) const;

 private:
  [[nodiscard]] std::size_t reachable(std::size_t part, const SeriesGroup& group,
                                      LevelId level) const;
  [[nodiscard]] std::size_t deepest(std::size_t nodes) const;

  template <class World>
  void visit(const SeriesGroup& group, const std::vector<std::vector<std::size_t>>& hits,
             std::vector<std::size_t>& left, std::size_t next, std::size_t more, double mass,
             const World& world) {
    world(mass, left);
    if (more == 0) return;
    for (std::size_t v = next; v < group.nodes.size(); ++v) {
      const double lost_here = lost(group.nodes[v]);
      if (lost_here == 0.0) continue;
      for (std::size_t i = 0; i < left.size(); ++i) left[i] -= hits[v][i];
      visit(group, hits, left, v + 1, more - 1, mass * lost_here / (1.0 - lost_here), world);
      for (std::size_t i = 0; i < left.size(); ++i) left[i] += hits[v][i];
    }
  }

  const System& system_;
  const std::vector<SeriesPart>& parts_;
  std::size_t most_states_;
  std::vector<double> lost_;
  std::vector<DomainId> may_fail_;
  std::vector<bool> reachable_;
};

}  // namespace haplan::model
