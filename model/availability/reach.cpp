#include "model/availability/reach.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "model/availability/occupancy.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

constexpr double kForever = std::numeric_limits<double>::infinity();

/// Joint distribution of two sums over independent nodes: replicas, up to `most`, and a tally that
/// stays at `cap` once it is reached. Replicas never exceed `most`, so nothing is cut there.
class Sums {
 public:
  Sums(std::size_t most, std::size_t cap) : cap_(cap), mass_((most + 1) * (cap + 1), 0.0) {
    mass_[0] = 1.0;
  }

  [[nodiscard]] double at(std::size_t replicas, std::size_t tally) const {
    return mass_[replicas * (cap_ + 1) + tally];
  }

  void scale(double by) {
    for (double& mass : mass_) mass *= by;
  }

  void add(std::size_t replicas, std::size_t tally, double mass) {
    mass_[replicas * (cap_ + 1) + std::min(tally, cap_)] += mass;
    largest_ = std::max(largest_, replicas);
  }

  /// One more independent summand with two values.
  void join(std::size_t replicas_up, std::size_t tally_up, double up, std::size_t tally_down,
            double down) {
    // In place: neither sum ever shrinks, so that from the top nothing is met again that was moved.
    for (std::size_t k = largest_ + 1; k-- > 0;)
      for (std::size_t t = cap_ + 1; t-- > 0;) {
        const double mass = std::exchange(mass_[k * (cap_ + 1) + t], 0.0);
        if (mass == 0.0) continue;
        mass_[(k + replicas_up) * (cap_ + 1) + std::min(cap_, t + tally_up)] += mass * up;
        mass_[k * (cap_ + 1) + std::min(cap_, t + tally_down)] += mass * down;
      }
    largest_ += replicas_up;
  }

  /// One more independent summand with a distribution.
  void join(const Sums& other) {
    std::vector<double> next(mass_.size(), 0.0);
    for (std::size_t k = 0; k <= largest_; ++k)
      for (std::size_t t = 0; t <= cap_; ++t) {
        const double mass = at(k, t);
        if (mass == 0.0) continue;
        for (std::size_t j = 0; j <= other.largest_; ++j)
          for (std::size_t s = 0; s <= cap_; ++s)
            next[(k + j) * (cap_ + 1) + std::min(cap_, t + s)] += mass * other.at(j, s);
      }
    mass_ = std::move(next);
    largest_ += other.largest_;
  }

 private:
  std::size_t cap_;
  std::size_t largest_ = 0;  ///< most replicas with mass so far
  std::vector<double> mass_;
};

/// What a node adds to the tally, and whether it can fail.
struct Tally {
  std::size_t up = 0;
  std::size_t down = 0;
  std::size_t domain_down = 0;  ///< when a domain above it is down
  bool never_down = false;
};

/// Sums over the whole domain tree.
class Tree {
 public:
  Tree(const System& system, const std::vector<std::size_t>& replicas,
       const std::vector<Tally>& tallies, std::size_t most, std::size_t cap)
      : system_(system), replicas_(replicas), tallies_(tallies), most_(most), cap_(cap) {}

  Sums sums() { return below(std::nullopt).sums; }

 private:
  struct Part {
    Sums sums;
    std::size_t nodes = 0;
    std::size_t tally_lost = 0;  ///< of all its nodes when a domain above is down
  };

  Part below(std::optional<DomainId> parent) {
    Part part{Sums(most_, cap_), 0, 0};
    for (NodeId node = 0; node < system_.nodes.size(); ++node) {
      const Node& what = system_.nodes[node];
      if (what.parent != parent) continue;
      const Tally& tally = tallies_[node];
      ++part.nodes;
      part.tally_lost += tally.domain_down;
      if (replicas_[node] + tally.up + tally.down == 0) continue;
      const double up = tally.never_down ? 1.0 : up_probability(what.modes, what.down);
      const double down = tally.never_down ? 0.0 : down_probability(what.modes, what.down);
      part.sums.join(replicas_[node], tally.up, up, tally.down, down);
    }
    for (DomainId domain = 0; domain < system_.domains.size(); ++domain) {
      const Domain& what = system_.domains[domain];
      if (what.parent != parent) continue;
      Part inner = below(domain);
      if (inner.nodes == 0) continue;
      inner.sums.scale(up_probability(what.modes, what.down));
      inner.sums.add(0, inner.tally_lost, down_probability(what.modes, what.down));
      part.sums.join(inner.sums);
      part.nodes += inner.nodes;
      part.tally_lost += inner.tally_lost;
    }
    return part;
  }

  const System& system_;
  const std::vector<std::size_t>& replicas_;
  const std::vector<Tally>& tallies_;
  std::size_t most_;
  std::size_t cap_;
};

/// Where the replicas of a drained node go: `sure` whatever the names, and `picks` equally empty
/// nodes of `emptiest` that get `weight` more each. MODEL 2, maintenance.
struct Move {
  std::vector<std::size_t> sure;  ///< per node, those that stay included
  std::vector<bool> emptiest;
  std::size_t size = 0;  ///< of emptiest
  std::size_t picks = 0;
  std::size_t weight = 0;
};

Move move_away(const System& system, ComponentId component,
               const std::vector<std::size_t>& replicas, NodeId drained) {
  const Component& what = system.components[component];
  Move move{replicas, std::vector<bool>(replicas.size(), false), 0, 0, 1};
  std::size_t moving = std::exchange(move.sure[drained], 0);
  std::vector<NodeId> may = what.allowed;
  std::erase(may, drained);
  const bool together = shares_one_node(system, what);
  if (together)
    for (const Component& user : system.components)
      if (user.storage.claim == what.storage.claim)
        std::erase_if(may,
                      [&](NodeId node) { return !std::ranges::binary_search(user.allowed, node); });
  if (may.empty() || moving == 0) return move;
  if (together) {
    for (const NodeId node : may) move.emptiest[node] = true;
    move.size = may.size();
    move.picks = 1;
    move.weight = moving;
    return move;
  }
  while (moving > 0) {
    std::size_t least = std::numeric_limits<std::size_t>::max();
    for (const NodeId node : may) least = std::min(least, move.sure[node]);
    std::vector<NodeId> emptiest;
    for (const NodeId node : may)
      if (move.sure[node] == least) emptiest.push_back(node);
    if (moving < emptiest.size()) {
      for (const NodeId node : emptiest) move.emptiest[node] = true;
      move.size = emptiest.size();
      move.picks = moving;
      return move;
    }
    for (const NodeId node : emptiest) ++move.sure[node];
    moving -= emptiest.size();
  }
  return move;
}

/// During a drain, once the replicas moved: by the number that is reachable.
///   lucky  the picks go to reachable ones of the equally empty nodes as far as there are any; else
///          to unreachable ones
void add_moved(const System& system, const Move& move, NodeId drained, std::size_t n, double mass,
               bool lucky, std::vector<double>& by_count) {
  std::vector<Tally> tallies(system.nodes.size());
  for (NodeId node = 0; node < tallies.size(); ++node) {
    tallies[node].never_down = node == drained;
    if (!move.emptiest[node]) continue;
    // Lucky: the tally counts reachable ones; else unreachable ones.
    (lucky ? tallies[node].up : tallies[node].down) = 1;
    tallies[node].domain_down = lucky ? 0 : 1;
  }
  const Sums sums = Tree(system, move.sure, tallies, n, move.picks).sums();
  for (std::size_t k = 0; k <= n; ++k)
    for (std::size_t t = 0; t <= move.picks; ++t) {
      const double part = sums.at(k, t);
      if (part == 0.0) continue;
      const std::size_t arrived = move.weight * (lucky ? t : move.picks - t);
      by_count[k + arrived] += mass * part;
    }
}

void add_drain(const System& system, ComponentId component,
               const std::vector<std::size_t>& replicas, const std::vector<NodeId>& kind,
               NodeId drained, double mass, Reach& reach) {
  const std::size_t n = reach.other.size() - 1;
  Move stay{replicas, std::vector<bool>(replicas.size(), false), 0, 0, 1};
  stay.sure[drained] = 0;
  add_moved(system, stay, drained, n, mass, true, reach.drain_before);
  const Move move = move_away(system, component, replicas, drained);
  std::vector<double> most(n + 1, 0.0);
  std::vector<double> fewest(n + 1, 0.0);
  add_moved(system, move, drained, n, mass, true, most);
  add_moved(system, move, drained, n, mass, false, fewest);
  for (std::size_t k = 0; k <= n; ++k) {
    reach.drain_most[k] += most[k];
    reach.drain_fewest[k] += fewest[k];
  }
  auto& landings = reach.landings.emplace_back();
  if (move.picks != 1) {
    landings = {most, fewest};
    return;
  }
  // One place, the same in all worlds: one of each kind of node and number of replicas there.
  std::set<std::pair<NodeId, std::size_t>> kinds;
  for (NodeId node = 0; node < system.nodes.size(); ++node) {
    if (!move.emptiest[node] || !kinds.emplace(kind[node], move.sure[node]).second) continue;
    Move landed{move.sure, std::vector<bool>(replicas.size(), false), 0, 0, 1};
    landed.sure[node] += move.weight;
    add_moved(system, landed, drained, n, mass, true, landings.emplace_back(n + 1, 0.0));
  }
}

}  // namespace

Cluster make_cluster(const System& system) {
  Cluster cluster;
  if (system.nodes.empty()) return cluster;
  const std::size_t size = system.nodes.size();
  if (system.drain) cluster.drained = system.drain->per_node / system.drain->every;
  const double quiet = 1.0 - static_cast<double>(size) * cluster.drained;
  std::vector<bool> used(system.domains.size(), false);
  for (const Node& node : system.nodes)
    for (auto above = node.parent; above; above = system.domains[*above].parent)
      used[*above] = true;
  double domains_up = quiet;
  for (DomainId d = 0; d < used.size(); ++d)
    if (used[d]) domains_up *= up_probability(system.domains[d].modes, system.domains[d].down);
  // Products of the others from both ends: nothing is divided, some node may never be up.
  std::vector<double> before(size + 1, domains_up);
  std::vector<double> after(size + 1, 1.0);
  const auto up = [&](NodeId n) {
    return up_probability(system.nodes[n].modes, system.nodes[n].down);
  };
  for (NodeId n = 0; n < size; ++n) before[n + 1] = before[n] * up(n);
  for (NodeId n = size; n-- > 0;) after[n] = after[n + 1] * up(n);
  cluster.calm = before[size];
  const auto same = [&](const Node& a, const Node& b) {
    return a.parent == b.parent && a.down == b.down && fail_alike(a.modes, b.modes);
  };
  for (NodeId n = 0; n < size; ++n) {
    cluster.lost_alone.push_back(before[n] * after[n + 1] *
                                 down_probability(system.nodes[n].modes, system.nodes[n].down));
    NodeId kind = 0;
    while (!same(system.nodes[kind], system.nodes[n])) ++kind;
    cluster.kind.push_back(kind);
  }
  return cluster;
}

Reach reach_of_placement(const System& system, const Cluster& cluster, ComponentId component,
                         const std::vector<NodeId>& nodes) {
  const std::size_t n = nodes.size();
  Reach reach;
  for (auto* by_count : {&reach.other, &reach.drain_before, &reach.drain_fewest, &reach.drain_most})
    by_count->assign(n + 1, 0.0);
  std::vector<std::size_t> replicas(system.nodes.size(), 0);
  for (const NodeId node : nodes) ++replicas[node];

  // Tally 0: all reachable; 1: one node lost by itself; 2: anything else.
  const std::vector<Tally> failures(system.nodes.size(), {0, 1, 2, false});
  const Sums sums = Tree(system, replicas, failures, n, 2).sums();
  const double quiet = 1.0 - static_cast<double>(system.nodes.size()) * cluster.drained;
  for (std::size_t k = 0; k <= n; ++k) reach.other[k] = quiet * sums.at(k, 2);

  std::map<std::pair<NodeId, std::size_t>, double> lost;
  // Drains of nodes of one kind with as many replicas and the same right to host are alike.
  std::map<std::tuple<NodeId, std::size_t, bool>, std::pair<NodeId, double>> drains;
  const auto& allowed = system.components[component].allowed;
  for (NodeId node = 0; node < system.nodes.size(); ++node) {
    lost[{cluster.kind[node], replicas[node]}] += cluster.lost_alone[node];
    if (cluster.drained == 0.0) continue;
    const bool may = std::ranges::binary_search(allowed, node);
    drains.try_emplace({cluster.kind[node], replicas[node], may}, node, 0.0).first->second.second +=
        cluster.drained;
  }
  for (const auto& [key, mass] : lost)
    if (mass > 0.0) reach.lost.push_back({key.first, mass, static_cast<int>(key.second)});
  for (const auto& [key, drain] : drains)
    add_drain(system, component, replicas, cluster.kind, drain.first, drain.second, reach);
  return reach;
}

Timing timing_of(const System& system, const Cluster& cluster, const Delays& delays) {
  Timing timing;
  timing.reschedule = delays.reschedule;
  if (delays.reschedule != kForever) {
    timing.lost.resize(system.nodes.size());
    for (NodeId n = 0; n < system.nodes.size(); ++n) {
      const Node& node = system.nodes[n];
      const double whole = down_probability(node.modes, node.down);
      if (cluster.kind[n] != n || whole <= 0.0) continue;
      timing.lost[n] = {down_between(node.modes, node.down, 0.0, delays.reschedule) / whole,
                        down_between(node.modes, node.down, delays.reschedule, kForever) / whole};
    }
  }
  timing.drains = system.drain.has_value();
  if (timing.drains) timing.unsettled = std::min(1.0, delays.settle / system.drain->per_node);
  return timing;
}

double outside_quiet(const Timing& timing, const Reach& reach, const std::vector<double>& down) {
  double sum = 0.0;
  const std::size_t n = down.size() - 1;
  for (std::size_t k = 0; k <= n; ++k) sum += reach.other[k] * down[k];
  for (const Reach::Lost& lost : reach.lost) {
    const double hit = down[n - static_cast<std::size_t>(lost.hit)];
    if (lost.hit == 0 || timing.lost.empty()) {
      sum += lost.mass * hit;
      continue;
    }
    const Timing::Shares& shares = timing.lost[lost.node];
    sum += lost.mass * (shares.before * hit + shares.after * down[n]);
  }
  return sum;
}

double outside_quiet(const Reach& reach, const std::vector<double>& down) {
  return outside_quiet({}, reach, down);
}

double outside_drained(const Timing& timing, const Reach& reach, const std::vector<double>& down,
                       bool safe) {
  if (!timing.drains) return 0.0;
  double sum = 0.0;
  const std::size_t n = down.size() - 1;
  const double before = timing.unsettled;
  for (std::size_t k = 0; k <= n; ++k) sum += before * reach.drain_before[k] * down[k];
  if (before >= 1.0) return sum;
  for (const auto& places : reach.landings) {
    double chosen = safe ? 0.0 : kForever;
    for (const std::vector<double>& place : places) {
      const double figure = std::inner_product(place.begin(), place.end(), down.begin(), 0.0);
      chosen = safe ? std::max(chosen, figure) : std::min(chosen, figure);
    }
    sum += (1.0 - before) * chosen;
  }
  return sum;
}

double outside(const Timing& timing, const Reach& reach, const std::vector<double>& down,
               bool safe) {
  return outside_quiet(timing, reach, down) + outside_drained(timing, reach, down, safe);
}

}  // namespace haplan::model
