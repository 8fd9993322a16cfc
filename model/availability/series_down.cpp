#include "model/availability/series_down.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "model/numerics/either.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

constexpr double kForever = std::numeric_limits<double>::infinity();
constexpr std::size_t kMostDomains = 6;

/// Parts that share nodes, directly or through others.
struct Group {
  std::vector<std::size_t> parts;
  std::vector<NodeId> nodes;  ///< reachable ones
};

class Series {
 public:
  Series(const System& system, const std::vector<SeriesPart>& parts, std::size_t most_states)
      : system_(system), parts_(parts), most_states_(most_states) {
    for (const Node& node : system.nodes) lost_.push_back(down_probability(node.modes, false));
    for (DomainId d = 0; d < system.domains.size(); ++d)
      if (!system.domains[d].modes.empty()) may_fail_.push_back(d);
  }

  [[nodiscard]] bool possible() const {
    return !system_.drain && may_fail_.size() <= kMostDomains &&
           std::ranges::none_of(system_.nodes, &Node::down) &&
           std::ranges::none_of(system_.domains, &Domain::down);
  }

  std::vector<double> down() {
    std::vector<double> total(system_.levels.size(), 0.0);
    for (std::size_t set = 0; set < std::size_t{1} << may_fail_.size(); ++set) {
      double mass = 1.0;
      for (std::size_t i = 0; i < may_fail_.size(); ++i) {
        const double down = down_probability(system_.domains[may_fail_[i]].modes, false);
        mass *= (set >> i & 1) != 0 ? down : 1.0 - down;
      }
      reach(set);
      const std::vector<Group> groups = find_groups();
      for (LevelId l = 0; l < total.size(); ++l) {
        double down = 0.0;
        for (const Group& group : groups) {
          if (down >= 1.0) break;
          down = either(down, group_down(group, l));
        }
        if (set == 0) down -= credit(l);
        total[l] += mass * down;
      }
    }
    return total;
  }

 private:
  /// Which nodes have all of their domains up.
  void reach(std::size_t set) {
    reachable_.assign(system_.nodes.size(), true);
    for (NodeId n = 0; n < reachable_.size(); ++n)
      for (auto above = system_.nodes[n].parent; above; above = system_.domains[*above].parent)
        for (std::size_t i = 0; i < may_fail_.size(); ++i)
          if (may_fail_[i] == *above && (set >> i & 1) != 0) reachable_[n] = false;
  }

  std::vector<Group> find_groups() {
    std::vector<std::size_t> root(parts_.size());
    std::iota(root.begin(), root.end(), std::size_t{0});
    const auto find = [&](std::size_t p) {
      while (root[p] != p) p = root[p];
      return p;
    };
    std::vector<std::size_t> first(system_.nodes.size(), parts_.size());
    for (std::size_t p = 0; p < parts_.size(); ++p)
      for (const NodeId n : parts_[p].nodes) {
        if (!reachable_[n]) continue;
        if (first[n] == parts_.size()) first[n] = p;
        const std::size_t a = find(p);
        const std::size_t b = find(first[n]);
        root[std::max(a, b)] = std::min(a, b);
      }
    std::vector<Group> groups(parts_.size());
    for (std::size_t p = 0; p < parts_.size(); ++p) groups[find(p)].parts.push_back(p);
    for (NodeId n = 0; n < first.size(); ++n)
      if (first[n] < parts_.size()) groups[find(first[n])].nodes.push_back(n);
    std::erase_if(groups, [](const Group& group) { return group.parts.empty(); });
    return groups;
  }

  [[nodiscard]] std::size_t count_on(const SeriesPart& part, LevelId level, NodeId node) const {
    const auto used = static_cast<std::ptrdiff_t>(part.down[level].size()) - 1;
    return static_cast<std::size_t>(
        std::count(part.nodes.begin(), part.nodes.begin() + used, node));
  }

  double group_down(const Group& group, LevelId level) {
    left_.clear();
    hits_.clear();
    for (const std::size_t p : group.parts) {
      const SeriesPart& part = parts_[p];
      std::size_t left = 0;
      for (const NodeId n : group.nodes) left += count_on(part, level, n);
      left_.push_back(left);
      // Nothing that is lost besides makes it serve.
      if (part.down[level][left] >= 1.0) return 1.0;
    }
    double all_up = 1.0;
    for (const NodeId n : group.nodes) {
      auto& hits = hits_.emplace_back();
      for (const std::size_t p : group.parts) hits.push_back(count_on(parts_[p], level, n));
      all_up *= 1.0 - lost_[n];
    }
    // As many at once as can be listed.
    std::size_t deepest = 0;
    double sets = 1.0;
    for (double more = 1.0; deepest < group.nodes.size(); ++deepest) {
      more *= static_cast<double>(group.nodes.size() - deepest) / static_cast<double>(deepest + 1);
      sets += more;
      if (sets > static_cast<double>(most_states_)) break;
    }
    return visit(group, level, 0, deepest, all_up);
  }

  /// P(some part down and these nodes lost, or besides them up to `more` of those from `next` on).
  double visit(const Group& group, LevelId level, std::size_t next, std::size_t more, double mass) {
    double down = 0.0;
    for (std::size_t i = 0; i < group.parts.size(); ++i)
      down = either(down, parts_[group.parts[i]].down[level][left_[i]]);
    double sum = mass * down;
    if (more == 0) return sum;
    for (std::size_t v = next; v < group.nodes.size(); ++v) {
      const double lost = lost_[group.nodes[v]];
      if (lost == 0.0) continue;
      for (std::size_t i = 0; i < left_.size(); ++i) left_[i] -= hits_[v][i];
      sum += visit(group, level, v + 1, more - 1, mass * lost / (1.0 - lost));
      for (std::size_t i = 0; i < left_.size(); ++i) left_[i] += hits_[v][i];
    }
    return sum;
  }

  /// What rescheduling takes away while no domain is down and one node alone is lost.
  [[nodiscard]] double credit(LevelId level) const {
    double all_up = 1.0;
    for (const double lost : lost_) all_up *= 1.0 - lost;
    double sum = 0.0;
    for (NodeId n = 0; n < lost_.size(); ++n) {
      double others = 1.0;
      std::vector<std::size_t> here;
      for (std::size_t p = 0; p < parts_.size(); ++p) {
        if (count_on(parts_[p], level, n) > 0)
          here.push_back(p);
        else
          others *= 1.0 - parts_[p].down[level].back();
      }
      std::ranges::sort(here, {}, [&](std::size_t p) { return parts_[p].reschedule; });
      double before = 1.0;
      for (const std::size_t p : here) before *= serves(p, level, n, false);
      double share = 0.0;
      for (std::size_t i = 0; i < here.size() && parts_[here[i]].reschedule < kForever; ++i) {
        double up = 1.0;
        for (std::size_t j = 0; j < here.size(); ++j) up *= serves(here[j], level, n, j <= i);
        const double until = i + 1 < here.size() ? parts_[here[i + 1]].reschedule : kForever;
        if (until > parts_[here[i]].reschedule)
          share += down_between(system_.nodes[n].modes, false, parts_[here[i]].reschedule, until) *
                   (up - before);
      }
      sum += all_up / (1.0 - lost_[n]) * others * share;
    }
    return sum;
  }

  /// P(part up) while the node is lost, its replicas there moved or not.
  [[nodiscard]] double serves(std::size_t p, LevelId level, NodeId node, bool moved) const {
    const auto& down = parts_[p].down[level];
    return 1.0 - down[down.size() - 1 - (moved ? 0 : count_on(parts_[p], level, node))];
  }

  const System& system_;
  const std::vector<SeriesPart>& parts_;
  std::size_t most_states_;
  std::vector<double> lost_;  ///< per node: P(down itself)
  std::vector<DomainId> may_fail_;
  std::vector<bool> reachable_;
  std::vector<std::size_t> left_;               ///< per part of the group: reachable replicas
  std::vector<std::vector<std::size_t>> hits_;  ///< per node and part of the group
};

}  // namespace

std::optional<std::vector<double>> series_down(const System& system,
                                               const std::vector<SeriesPart>& parts,
                                               std::size_t most_states) {
  Series series(system, parts, most_states);
  if (!series.possible()) return std::nullopt;
  return series.down();
}

}  // namespace haplan::model
