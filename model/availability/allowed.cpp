#include "model/availability/allowed.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "model/availability/occupancy.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

constexpr std::size_t kNoNode = static_cast<std::size_t>(-1);

/// Largest count of a domain that a total with this skew allows: the others are at most `skew` below it.
int most_in_domain(const PlacementRule& rule, int total) {
  if (rule.max_skew == 0) return total;
  const int domains = static_cast<int>(rule.domain_count);
  if (domains == 0) return 0;
  return std::min(total, (total + (domains - 1) * rule.max_skew) / domains);
}

bool within_skew(const PlacementRule& rule, const std::vector<int>& per_domain) {
  if (rule.max_skew == 0 || per_domain.empty()) return true;
  const auto [least, most] = std::ranges::minmax(per_domain);
  return most - least <= rule.max_skew;
}

int most_repeated(const std::vector<NodeId>& nodes) {
  std::ptrdiff_t most = 0;
  for (const NodeId node : nodes) most = std::max(most, std::ranges::count(nodes, node));
  return static_cast<int>(most);
}

/// Depth-first over levels ("blocks" of replicas that a level adds) and nodes.
class Lister {
 public:
  Lister(const PlacementRule& rule, const std::vector<std::size_t>& cell, std::size_t limit)
      : rule_(rule),
        limit_(limit),
        per_domain_(rule.domain_count, 0),
        added_(rule.counts.size(), std::vector<int>(rule.nodes.size(), 0)),
        previous_(rule.nodes.size(), kNoNode) {
    std::map<std::size_t, std::size_t> last;
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
      const auto [found, fresh] = last.try_emplace(cell[rule.nodes[i]], i);
      if (!fresh) previous_[i] = std::exchange(found->second, i);
    }
  }

  PlacementList list() {
    if (rule_.fixed) {
      result_.placements.push_back(*rule_.fixed);
    } else if (rule_.together) {
      list_together();
    } else {
      block(0);
    }
    return std::move(result_);
  }

 private:
  void list_together() {
    for (std::size_t i = 0; i < rule_.nodes.size(); ++i)
      if (previous_[i] == kNoNode)
        result_.placements.emplace_back(static_cast<std::size_t>(rule_.counts.back()),
                                        rule_.nodes[i]);
  }

  void block(std::size_t b) {
    if (b == rule_.counts.size()) {
      emit();
      return;
    }
    const int before = b == 0 ? 0 : rule_.counts[b - 1];
    place(b, 0, rule_.counts[b] - before, most_in_domain(rule_, rule_.counts[b]));
  }

  void place(std::size_t b, std::size_t i, int left, int cap) {
    if (!result_.complete) return;
    if (++steps_ > 64 * limit_ + 4096) {
      result_.complete = false;
      return;
    }
    if (i == rule_.nodes.size()) {
      if (left == 0 && within_skew(rule_, per_domain_)) block(b + 1);
      return;
    }
    int& domain = per_domain_[rule_.domain[i]];
    int most = std::min(left, cap - domain);
    if (tied_so_far(b, i)) most = std::min(most, added_[b][previous_[i]]);
    // Most first: lists in lexicographic order of nodes.
    for (int count = most; count >= 0; --count) {
      domain += count;
      added_[b][i] = count;
      place(b, i + 1, left - count, cap);
      domain -= count;
      added_[b][i] = 0;
    }
  }

  /// The node and the one before it in its cell got the same from all earlier blocks.
  [[nodiscard]] bool tied_so_far(std::size_t b, std::size_t i) const {
    if (previous_[i] == kNoNode) return false;
    for (std::size_t e = 0; e < b; ++e)
      if (added_[e][i] != added_[e][previous_[i]]) return false;
    return true;
  }

  void emit() {
    if (result_.placements.size() >= limit_) {
      result_.complete = false;
      return;
    }
    std::vector<NodeId>& nodes = result_.placements.emplace_back();
    for (const auto& counts : added_)
      for (std::size_t i = 0; i < counts.size(); ++i)
        nodes.insert(nodes.end(), static_cast<std::size_t>(counts[i]), rule_.nodes[i]);
  }

  const PlacementRule& rule_;
  std::size_t limit_;
  std::size_t steps_ = 0;
  std::vector<int> per_domain_;
  std::vector<std::vector<int>> added_;  ///< [block][node]
  std::vector<std::size_t> previous_;    ///< per node: the one before it in its cell
  PlacementList result_;
};

}  // namespace

PlacementRule placement_rule(const System& system, const LoadTable& load, const ComponentPlan& plan,
                             ComponentId component, const CarriedRules& carried) {
  const Component& what = system.components[component];
  PlacementRule rule;
  std::set<int> counts;
  for (LevelId level = 0; level < system.levels.size(); ++level)
    counts.insert(replicas_at(system, load, plan, component, level));
  rule.counts.assign(counts.begin(), counts.end());
  std::vector<NodeId> all(system.nodes.size());
  std::iota(all.begin(), all.end(), NodeId{0});
  rule.nodes = carried.allowed ? what.allowed : all;
  rule.together = shares_one_node(system, what);
  const bool hard = spreads_hard(system, what) && carried.spread;
  if (!hard) {
    rule.domain.assign(rule.nodes.size(), 0);
    return rule;
  }
  rule.max_skew = what.spread.max_skew;
  std::map<std::size_t, std::size_t> number;
  std::erase_if(rule.nodes,
                [&](NodeId node) { return !spread_domain(system, what.spread, node).has_value(); });
  for (const NodeId node : rule.nodes) {
    const auto [found, fresh] =
        number.try_emplace(*spread_domain(system, what.spread, node), number.size());
    rule.domain.push_back(found->second);
  }
  rule.domain_count = number.size();
  return rule;
}

int most_on_one_node(const PlacementRule& rule) {
  const int total = rule.counts.back();
  if (rule.fixed) return most_repeated(*rule.fixed);
  return rule.together || rule.nodes.empty() ? total : most_in_domain(rule, total);
}

bool obeys(const PlacementRule& rule, const std::vector<NodeId>& nodes) {
  if (rule.fixed) return nodes == *rule.fixed;
  if (static_cast<int>(nodes.size()) != rule.counts.back()) return false;
  std::vector<int> per_domain(rule.domain_count, 0);
  std::size_t next = 0;
  for (const int count : rule.counts) {
    for (; next < static_cast<std::size_t>(count); ++next) {
      const auto found = std::ranges::lower_bound(rule.nodes, nodes[next]);
      if (found == rule.nodes.end() || *found != nodes[next]) return false;
      if (rule.together && nodes[next] != nodes[0]) return false;
      ++per_domain[rule.domain[static_cast<std::size_t>(found - rule.nodes.begin())]];
    }
    if (!within_skew(rule, per_domain)) return false;
  }
  return true;
}

PlacementList allowed_placements(const PlacementRule& rule, const std::vector<std::size_t>& cell,
                                 std::size_t limit) {
  return Lister(rule, cell, limit).list();
}

std::vector<std::size_t> interchangeable_nodes(const System& system,
                                               const std::vector<PlacementRule>& rules) {
  const auto same = [&](NodeId a, NodeId b) {
    const Node& x = system.nodes[a];
    const Node& y = system.nodes[b];
    if (x.parent != y.parent || x.down != y.down || x.capacity != y.capacity ||
        !fail_alike(x.modes, y.modes))
      return false;
    const auto both = [&](const std::vector<NodeId>& nodes) {
      return std::ranges::binary_search(nodes, a) == std::ranges::binary_search(nodes, b);
    };
    return std::ranges::all_of(rules,
                               [&](const PlacementRule& rule) { return both(rule.nodes); }) &&
           std::ranges::all_of(system.components,
                               [&](const Component& c) { return both(c.allowed); });
  };
  std::vector<std::size_t> cell(system.nodes.size());
  for (NodeId node = 0; node < cell.size(); ++node) {
    cell[node] = node;
    for (NodeId other = 0; other < node; ++other)
      if (cell[other] == other && same(other, node)) {
        cell[node] = other;
        break;
      }
  }
  return cell;
}

std::vector<std::size_t> refined(const std::vector<std::size_t>& cell,
                                 const std::vector<NodeId>& placement,
                                 const std::vector<int>& counts) {
  // Signature of a node: its cell, then its replicas in each block.
  std::vector<std::vector<std::size_t>> signature(cell.size());
  for (std::size_t node = 0; node < cell.size(); ++node) signature[node] = {cell[node]};
  std::size_t next = 0;
  for (const int count : counts) {
    for (auto& s : signature) s.push_back(0);
    for (; next < static_cast<std::size_t>(count); ++next) ++signature[placement[next]].back();
  }
  std::map<std::vector<std::size_t>, std::size_t> first;
  std::vector<std::size_t> result(cell.size());
  for (std::size_t node = 0; node < cell.size(); ++node)
    result[node] = first.try_emplace(signature[node], node).first->second;
  return result;
}

}  // namespace haplan::model
