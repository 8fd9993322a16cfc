#include <algorithm>
#include <map>
#include <set>

#include "model/availability/headroom.hpp"
#include "model/availability/occupancy.hpp"

namespace haplan::model {

namespace {

using Counts = std::vector<std::vector<int>>;  ///< [component][node]

/// Thousandths as a decimal; memory in Mi, rounded up.
std::string amount_text(const std::string& resource, std::int64_t amount) {
  if (resource == "memory") {
    const std::int64_t mebi = 1000LL * 1024 * 1024;
    return std::to_string((amount + mebi - 1) / mebi) + "Mi";
  }
  std::string text = std::to_string(amount / 1000);
  std::string fraction = std::to_string(1000 + amount % 1000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return fraction.empty() ? text : text + "." + fraction;
}

/// "1 node", "2 nodes".
std::string counted(std::size_t n, const char* noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

class PlacementChecker {
 public:
  PlacementChecker(const System& system, const LoadTable& table, const Deployment& deployment)
      : system_(system), table_(table), deployment_(deployment) {}

  std::set<std::string> seen;  ///< levels repeat each other
  std::vector<std::string> why;

  void run() {
    check_nodes();
    if (!why.empty()) return;
    check_claims();
    const Amounts amounts = amounts_of(system_);
    for (LevelId level = 0; level < system_.levels.size(); ++level) {
      const Counts counts = replicas_per_node(system_, table_, deployment_, level);
      check_capacity(amounts, counts);
      for (ComponentId id = 0; id < counts.size(); ++id) check_spread(id, counts[id]);
    }
  }

 private:
  void report(const std::string& sentence) {
    if (seen.insert(sentence).second) why.push_back(sentence);
  }

  void check_nodes() {
    for (ComponentId id = 0; id < system_.components.size(); ++id) {
      const Component& component = system_.components[id];
      if (!component.replicated()) continue;
      const ComponentPlan& plan = deployment_.components[id];
      const int replicas = largest_replicas(system_, table_, plan, id);
      if (plan.nodes.size() != static_cast<std::size_t>(replicas)) {
        report(component.name + " has " + counted(static_cast<std::size_t>(replicas), "replica") +
               " and " + counted(plan.nodes.size(), "node") + " to put them on");
      }
      for (const NodeId node : plan.nodes) {
        if (!std::binary_search(component.allowed.begin(), component.allowed.end(), node)) {
          report(component.name + " may not run on " + system_.nodes[node].name);
        }
      }
    }
  }

  void check_claims() {
    for (ClaimId claim = 0; claim < system_.claims.size(); ++claim) {
      if (!system_.claims[claim].read_write_once) continue;
      std::set<NodeId> nodes;
      for (ComponentId id = 0; id < system_.components.size(); ++id) {
        if (system_.components[id].storage.claim != claim) continue;
        const std::vector<NodeId>& used = deployment_.components[id].nodes;
        nodes.insert(used.begin(), used.end());
      }
      if (nodes.size() > 1) {
        report("claim " + system_.claims[claim].name +
               " is ReadWriteOnce, but its replicas are on " + std::to_string(nodes.size()) +
               " nodes");
      }
    }
  }

  void check_capacity(const Amounts& amounts, const Counts& counts) {
    for (NodeId node = 0; node < system_.nodes.size(); ++node) {
      for (std::size_t r = 0; r < amounts.resource.size(); ++r) {
        std::int64_t used = 0;
        for (ComponentId id = 0; id < counts.size(); ++id) {
          used += amounts.request[id][r] * counts[id][node];
        }
        if (used == 0 || used <= amounts.capacity[node][r]) continue;
        report(system_.nodes[node].name + " has " +
               amount_text(amounts.resource[r], amounts.capacity[node][r]) + " " +
               amounts.resource[r] + ", but " + amount_text(amounts.resource[r], used) +
               " is requested on it");
      }
    }
  }

  void check_spread(ComponentId id, const std::vector<int>& counts) {
    const Component& component = system_.components[id];
    if (!component.replicated() || !spreads_hard(system_, component)) return;
    const Spread& spread = component.spread;
    std::map<std::size_t, int> per_domain;
    for (const NodeId node : component.allowed) {
      const auto domain = spread_domain(system_, spread, node);
      if (domain) {
        per_domain[*domain] += counts[node];
      } else if (counts[node] > 0) {
        report(component.name + " spreads over " + spread.over + ", but " +
               system_.nodes[node].name + " is in none");
      }
    }
    if (per_domain.empty()) return;
    const auto less = [](const auto& a, const auto& b) { return a.second < b.second; };
    const auto [least, most] = std::minmax_element(per_domain.begin(), per_domain.end(), less);
    if (most->second - least->second <= spread.max_skew) return;
    report(component.name + " has " + counted(static_cast<std::size_t>(most->second), "replica") +
           " on " + domain_name(spread, most->first) + " and " + std::to_string(least->second) +
           " on " + domain_name(spread, least->first) + ": maxSkew is " +
           std::to_string(spread.max_skew));
  }

  [[nodiscard]] const std::string& domain_name(const Spread& spread, std::size_t domain) const {
    return spread.over == "node" ? system_.nodes[domain].name : system_.domains[domain].name;
  }

  const System& system_;
  const LoadTable& table_;
  const Deployment& deployment_;
};

}  // namespace

PlacementCheck check_placement(const System& system, const Deployment& deployment) {
  return check_placement(system, load_table(system), deployment);
}

PlacementCheck check_placement(const System& system, const LoadTable& table,
                               const Deployment& deployment) {
  if (system.nodes.empty()) return {};
  PlacementChecker checker(system, table, deployment);
  checker.run();
  return {checker.why.empty(), checker.why};
}

}  // namespace haplan::model
