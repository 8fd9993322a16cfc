#include "tests/support/all_placements.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "tests/support/oracle.hpp"
#include "tests/support/oracle/parts.hpp"

namespace haplan::test {

namespace {

using namespace model;
using Nodes = std::vector<NodeId>;

class Placements {
 public:
  Placements(const System& system, const Deployment& deployment,
             const std::vector<CarriedRules>& rules)
      : system_(system),
        deployment_(deployment),
        rules_(rules),
        load_(oracle::load(system, deployment)) {
    for (ComponentId c = 0; c < system.components.size(); ++c) choices_.push_back(choices(c));
  }

  std::optional<std::vector<double>> largest(std::size_t limit) {
    std::size_t combinations = 1;
    for (const auto& list : choices_) {
      combinations *= list.size();
      if (combinations > limit) return std::nullopt;
    }
    Deployment trial = deployment_;
    visit(trial, 0);
    if (worst_.empty()) return std::nullopt;
    return worst_;
  }

 private:
  bool together(const Component& c) const {
    return c.storage.claim && system_.claims[*c.storage.claim].read_write_once;
  }

  Nodes candidates(ComponentId c) const {
    const Component& component = system_.components[c];
    Nodes out;
    for (NodeId d = 0; d < system_.nodes.size(); ++d) {
      const bool allowed = std::find(component.allowed.begin(), component.allowed.end(), d) !=
                           component.allowed.end();
      if (rules_[c].allowed && !allowed) continue;
      if (bound(c) && !oracle::spread_domain(system_, d, component.spread.over)) continue;
      out.push_back(d);
    }
    return out;
  }

  /// A spread rule that the scheduler must keep.
  bool bound(ComponentId c) const {
    const Component& component = system_.components[c];
    return rules_[c].spread && component.spread.hard && !together(component);
  }

  std::set<std::size_t> counts(ComponentId c) const {
    std::set<std::size_t> out;
    for (const auto& level : load_.replicas) out.insert(static_cast<std::size_t>(level[c]));
    return out;
  }

  bool spread_kept(ComponentId c, const Nodes& from, const Nodes& nodes) const {
    if (!bound(c)) return true;
    const Spread& spread = system_.components[c].spread;
    for (const std::size_t n : counts(c)) {
      std::map<std::size_t, int> count;
      for (const NodeId d : from) count[*oracle::spread_domain(system_, d, spread.over)] += 0;
      for (std::size_t i = 0; i < n; ++i)
        ++count[*oracle::spread_domain(system_, nodes[i], spread.over)];
      int low = 1 << 20, high = 0;
      for (const auto& [domain, value] : count)
        low = std::min(low, value), high = std::max(high, value);
      if (high - low > spread.max_skew) return false;
    }
    return true;
  }

  std::vector<Nodes> choices(ComponentId c) const {
    const Component& component = system_.components[c];
    const ComponentPlan& plan = deployment_.components[c];
    if (!component.replicated() || system_.nodes.empty()) return {{}};
    if (component.pinned && rules_[c].pinned) return {plan.nodes};
    const Nodes from = candidates(c);
    if (from.empty()) return {};
    const auto levels = counts(c);
    const std::size_t most = *levels.rbegin();
    std::set<Nodes> found;
    std::vector<std::size_t> digit(most, 0);
    for (;;) {
      Nodes nodes;
      for (const std::size_t i : digit) nodes.push_back(from[i]);
      // Replicas that the same level adds are interchangeable: only their sorted order is kept.
      std::size_t begin = 0;
      bool sorted = true;
      for (const std::size_t end : levels) {
        sorted = sorted && std::is_sorted(nodes.begin() + static_cast<std::ptrdiff_t>(begin),
                                          nodes.begin() + static_cast<std::ptrdiff_t>(end));
        begin = end;
      }
      const bool one =
          std::adjacent_find(nodes.begin(), nodes.end(), std::not_equal_to<>()) == nodes.end();
      if (sorted && (one || !together(component)) && spread_kept(c, from, nodes))
        found.insert(nodes);
      std::size_t at = 0;
      while (at < most && ++digit[at] == from.size()) digit[at++] = 0;
      if (at == most) break;
    }
    return {found.begin(), found.end()};
  }

  bool claims_kept(const Deployment& trial) const {
    std::map<ClaimId, NodeId> node;
    for (ComponentId c = 0; c < system_.components.size(); ++c) {
      const Component& component = system_.components[c];
      if (!component.replicated() || !together(component) || trial.components[c].nodes.empty())
        continue;
      const NodeId here = trial.components[c].nodes.front();
      if (node.emplace(*component.storage.claim, here).first->second != here) return false;
    }
    return true;
  }

  bool capacity_kept(const Deployment& trial) const {
    for (const auto& level : load_.replicas) {
      std::vector<Resources> used(system_.nodes.size());
      for (ComponentId c = 0; c < system_.components.size(); ++c) {
        for (std::size_t i = 0; !system_.nodes.empty() && i < static_cast<std::size_t>(level[c]);
             ++i) {
          Resources& here = used[trial.components[c].nodes[i]];
          for (const auto& [name, amount] : system_.components[c].requests) here[name] += amount;
          here["pods"] += 1000;
        }
      }
      for (NodeId d = 0; d < used.size(); ++d) {
        for (const auto& [name, amount] : used[d]) {
          const auto limit = system_.nodes[d].capacity.find(name);
          if (limit != system_.nodes[d].capacity.end() && amount > limit->second) return false;
        }
      }
    }
    return true;
  }

  void visit(Deployment& trial, ComponentId c) {
    if (c == choices_.size()) {
      if (!claims_kept(trial) || !capacity_kept(trial)) return;
      const auto figures = oracle_evaluate(system_, trial, false);
      worst_.resize(figures.size(), 0.0);
      for (std::size_t s = 0; s < figures.size(); ++s) {
        worst_[s] = std::max(worst_[s], static_cast<double>(figures[s].unavailability));
      }
      return;
    }
    for (const Nodes& nodes : choices_[c]) {
      trial.components[c].nodes = nodes;
      visit(trial, c + 1);
    }
  }

  const System& system_;
  const Deployment& deployment_;
  const std::vector<CarriedRules>& rules_;
  oracle::Load load_;
  std::vector<std::vector<Nodes>> choices_;
  std::vector<double> worst_;
};

}  // namespace

std::optional<std::vector<double>> largest_unavailability(const System& system,
                                                          const Deployment& deployment,
                                                          const std::vector<CarriedRules>& rules,
                                                          std::size_t limit) {
  return Placements(system, deployment, rules).largest(limit);
}

}  // namespace haplan::test
