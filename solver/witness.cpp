#include "solver/witness.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "model/availability/occupancy.hpp"
#include "model/recovery/domain.hpp"
#include "solver/space.hpp"

namespace haplan::solver {

using namespace model;

namespace {

class Unlucky {
 public:
  explicit Unlucky(const Problem& problem)
      : problem_(problem),
        system_(problem.system),
        amounts_(amounts_of(problem.system)),
        left_(amounts_.capacity),
        down_(problem.system.nodes.size(), 0.0),
        used_(down_.size(), 0),
        first_(down_.size(), false),
        kept_(down_.size(), false),
        crowd_(problem.system.domains.size(), 0) {
    for (NodeId node = 0; node < down_.size(); ++node)
      down_[node] = down_probability(system_.nodes[node].modes, system_.nodes[node].down);
    keep_spares();
  }

  /// All replicas of one component after the other.
  std::vector<std::vector<NodeId>> stacked() {
    start();
    for (ComponentId c = 0; c < witness_.size(); ++c)
      while (witness_[c].size() < most_[c] && place_next(c, witness_[c])) {
      }
    return witness_;
  }

  /// Everybody's first replica first: few replicas are what nodes hurt most. The next ones rather share a node with each other than
  /// with one that may be the only one, and one node of each domain is left to such if possible: Series moves them there.
  std::vector<std::vector<NodeId>> scattered(std::vector<ComponentId> order) {
    start();
    scattered_ = true;
    for (ComponentId c = 0; c < witness_.size(); ++c)
      if (std::ranges::count(order, c) == 0) order.push_back(c);
    for (std::size_t round = 0; round < std::ranges::max(most_); ++round)
      for (const ComponentId c : order)
        if (round < most_[c] && witness_[c].size() == round) place_next(c, witness_[c]);
    return witness_;
  }

 private:
  void keep_spares() {
    constexpr std::ptrdiff_t kFew = 3;
    for (DomainId domain = 0; domain < crowd_.size(); ++domain) {
      const auto below = [&](const Node& node) { return node.parent == domain; };
      if (std::ranges::count_if(system_.nodes, below) < kFew) continue;
      NodeId last = system_.nodes.size() - 1;
      while (!below(system_.nodes[last])) --last;
      kept_[last] = true;
    }
  }

  void start() {
    const Space space = make_space(problem_, load_table(system_));
    witness_.resize(system_.components.size());
    most_.assign(witness_.size(), 0);
    if (system_.nodes.empty()) return;
    for (ComponentId c = 0; c < witness_.size(); ++c)
      for (const CountOption& option : space.components[c].options)
        most_[c] = std::max(most_[c],
                            static_cast<std::size_t>(*std::ranges::max_element(option.replicas)));
  }

  [[nodiscard]] std::vector<NodeId> hosts(ComponentId c) const {
    if (problem_.rules[c].allowed) return system_.components[c].allowed;
    std::vector<NodeId> all(system_.nodes.size());
    std::iota(all.begin(), all.end(), NodeId{0});
    return all;
  }

  [[nodiscard]] bool has_room(ComponentId c, NodeId node) const {
    for (std::size_t r = 0; r < amounts_.resource.size(); ++r)
      if (left_[node][r] < amounts_.request[c][r]) return false;
    return true;
  }

  void put(ComponentId c, NodeId node, std::vector<NodeId>& nodes) {
    for (const NodeId other : nodes)
      if (other != node) ++pairs_[std::minmax(other, node)];
    if (nodes.empty()) first_[node] = true;
    nodes.push_back(node);
    ++used_[node];
    if (system_.nodes[node].parent) ++crowd_[*system_.nodes[node].parent];
    for (std::size_t r = 0; r < amounts_.resource.size(); ++r)
      left_[node][r] -= amounts_.request[c][r];
  }

  ///   returns  false: there is no such node
  bool place_next(ComponentId c, std::vector<NodeId>& nodes) {
    const Component& component = system_.components[c];
    const bool hard = problem_.rules[c].spread && spreads_hard(system_, component);
    const bool together = shares_one_node(system_, component);
    std::vector<NodeId> candidates = hosts(c);
    if (together) candidates = common_node(c, candidates);
    std::map<std::size_t, int> per_domain;
    if (hard && !together) {
      for (const NodeId node : candidates)
        if (const auto domain = spread_domain(system_, component.spread, node))
          per_domain[*domain] = 0;
      for (const NodeId node : nodes)
        if (const auto domain = spread_domain(system_, component.spread, node))
          ++per_domain[*domain];
    }
    const NodeId* best = nullptr;
    for (const NodeId& node : candidates) {
      if (!per_domain.empty() && !may_take(component, per_domain, node)) continue;
      if (best == nullptr || score(c, node, nodes) < score(c, *best, nodes)) best = &node;
    }
    if (best == nullptr) return false;
    put(c, *best, nodes);
    return true;
  }

  [[nodiscard]] bool may_take(const Component& component,
                              const std::map<std::size_t, int>& per_domain, NodeId node) const {
    const auto domain = spread_domain(system_, component.spread, node);
    if (!domain) return false;
    int fewest = per_domain.at(*domain) + 1;
    for (const auto& [other, replicas] : per_domain)
      if (other != *domain) fewest = std::min(fewest, replicas);
    return per_domain.at(*domain) + 1 - fewest <= component.spread.max_skew;
  }

  /// Users of a ReadWriteOnce claim all go to the node of the first.
  std::vector<NodeId> common_node(ComponentId c, const std::vector<NodeId>& candidates) {
    const auto claim = *system_.components[c].storage.claim;
    const auto known = claim_node_.find(claim);
    if (known != claim_node_.end()) return {known->second};
    std::vector<NodeId> common = candidates;
    for (ComponentId mate = 0; mate < system_.components.size(); ++mate) {
      if (system_.components[mate].storage.claim != claim) continue;
      const auto other = hosts(mate);
      std::erase_if(common, [&](NodeId n) { return !std::ranges::binary_search(other, n); });
    }
    if (common.empty()) return {};
    const NodeId node = *std::ranges::max_element(common, {}, [&](NodeId n) { return down_[n]; });
    claim_node_[claim] = node;
    return {node};
  }

  /// Domains that two nodes stand and fall with.
  [[nodiscard]] int common_domains(NodeId a, NodeId b) const {
    int common = 0;
    for (auto above = system_.nodes[a].parent; above; above = system_.domains[*above].parent)
      for (auto other = system_.nodes[b].parent; other; other = system_.domains[*other].parent)
        if (*above == *other) ++common;
    return common;
  }

  using Score = std::tuple<bool, int, int, bool, bool, int, int, double, int, int, NodeId>;
  [[nodiscard]] Score score(ComponentId c, NodeId node, const std::vector<NodeId>& nodes) const {
    int pairs = 0;
    for (const NodeId other : nodes)
      if (const auto found = pairs_.find(std::minmax(other, node)); found != pairs_.end())
        pairs += found->second;
    const auto own = static_cast<int>(std::ranges::count(nodes, node));
    const auto parent = system_.nodes[node].parent;
    int near = 0;
    for (const NodeId other : nodes)
      if (!scattered_) near += common_domains(other, node);
    const int alone = scattered_ ? used_[node] : 0;
    const int beside = scattered_ && parent ? crowd_[*parent] : 0;
    const bool taken = scattered_ && first_[node];
    const bool kept = scattered_ && kept_[node];
    return {!has_room(c, node), -own,   -near,       taken, kept, pairs, alone,
            -down_[node],       beside, used_[node], node};
  }

  const Problem& problem_;
  const System& system_;
  Amounts amounts_;
  std::vector<std::vector<std::int64_t>> left_;
  std::vector<double> down_;  ///< per node, by itself
  std::vector<int> used_;     ///< per node: replicas
  std::vector<bool> first_;   ///< per node: somebody's first replica is there
  std::vector<bool> kept_;    ///< per node: it is left to single replicas
  std::vector<int> crowd_;    ///< per domain: replicas on nodes right below
  std::map<std::pair<NodeId, NodeId>, int> pairs_;
  std::map<ClaimId, NodeId> claim_node_;
  bool scattered_ = false;
  std::vector<std::vector<NodeId>> witness_;
  std::vector<std::size_t> most_;  ///< per component: replicas
};

}  // namespace

std::vector<std::vector<NodeId>> unlucky_nodes(const Problem& problem) {
  return Unlucky(problem).stacked();
}

std::vector<std::vector<NodeId>> scattered_nodes(const Problem& problem,
                                                 const std::vector<ComponentId>& order) {
  return Unlucky(problem).scattered(order);
}

}  // namespace haplan::solver
