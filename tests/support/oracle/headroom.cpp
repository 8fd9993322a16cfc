#include <algorithm>
#include <map>

#include "tests/support/oracle/parts.hpp"

// Headroom by trying every assignment of the displaced replicas.
namespace haplan::test::oracle {

namespace {

struct Attempt {
  const model::System& system;
  model::NodeId lost;
  std::vector<model::ComponentId> displaced;  ///< one entry per replica to move
  std::vector<std::vector<int>> count;        ///< [component][node], without the lost node
  std::vector<model::Resources> used;         ///< per node
  std::vector<std::optional<model::NodeId>> claim_node;  ///< where a ReadWriteOnce claim went
};

std::int64_t amount(const model::Resources& resources, const std::string& name) {
  const auto found = resources.find(name);
  return found == resources.end() ? 0 : found->second;
}

/// Absent cpu, memory and pods are unlimited, other absent resources are not there; an empty
/// capacity is unlimited.
bool fits(const model::Resources& capacity, const model::Resources& used) {
  if (capacity.empty()) return true;
  for (const auto& [name, value] : used) {
    const bool listed = capacity.count(name) > 0;
    const bool free = !listed && (name == "cpu" || name == "memory" || name == "pods");
    if (!free && value > amount(capacity, name)) return false;
  }
  return true;
}

void add_pod(model::Resources& used, const model::Component& component, int sign) {
  for (const auto& [name, value] : component.requests) used[name] += sign * value;
  used["pods"] += sign * 1000;
}

/// A ReadWriteOnce claim forces all replicas onto one node, whatever the spread rule says.
bool spreads(const model::System& system, const model::Component& component) {
  const auto& claim = component.storage.claim;
  return component.spread.hard && !(claim && system.claims[*claim].read_write_once);
}

bool spread_kept(const Attempt& a, model::ComponentId c) {
  const model::Component& component = a.system.components[c];
  if (!spreads(a.system, component)) return true;
  std::map<std::size_t, int> per_domain;
  for (const model::NodeId node : component.allowed) {
    if (node == a.lost) continue;
    const auto domain = spread_domain(a.system, node, component.spread.over);
    if (domain) per_domain[*domain] += a.count[c][node];
  }
  int low = 1 << 20, high = 0;
  for (const auto& [domain, value] : per_domain) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  return per_domain.empty() || high - low <= component.spread.max_skew;
}

bool place(Attempt& a, std::size_t next) {
  if (next == a.displaced.size()) {
    return std::all_of(a.displaced.begin(), a.displaced.end(),
                       [&](auto c) { return spread_kept(a, c); });
  }
  const model::ComponentId c = a.displaced[next];
  const model::Component& component = a.system.components[c];
  const auto& claim = component.storage.claim;
  const bool together = claim && a.system.claims[*claim].read_write_once;
  for (const model::NodeId node : component.allowed) {
    if (node == a.lost) continue;
    // A hard rule over a level keeps pods off nodes that stand in no domain of that level.
    if (spreads(a.system, component) && !spread_domain(a.system, node, component.spread.over))
      continue;
    if (together && a.claim_node[*claim] && *a.claim_node[*claim] != node) continue;
    const auto before = together ? a.claim_node[*claim] : std::nullopt;
    add_pod(a.used[node], component, 1);
    ++a.count[c][node];
    if (together) a.claim_node[*claim] = node;
    const bool good = fits(a.system.nodes[node].capacity, a.used[node]) && place(a, next + 1);
    add_pod(a.used[node], component, -1);
    --a.count[c][node];
    if (together) a.claim_node[*claim] = before;
    if (good) return true;
  }
  return false;
}

}  // namespace

std::optional<std::size_t> spread_domain(const model::System& system, model::NodeId node,
                                         const std::string& over) {
  if (over == "node") return node;
  for (auto d = system.nodes[node].parent; d; d = system.domains[*d].parent) {
    if (system.domains[*d].level == over) return d;
  }
  return std::nullopt;
}

bool headroom(const model::System& system, const model::Deployment& deployment, const Load& load) {
  for (model::NodeId lost = 0; lost < system.nodes.size(); ++lost) {
    Attempt a{system,
              lost,
              {},
              {},
              std::vector<model::Resources>(system.nodes.size()),
              std::vector<std::optional<model::NodeId>>(system.claims.size())};
    for (std::size_t c = 0; c < system.components.size(); ++c) {
      a.count.emplace_back(system.nodes.size(), 0);
      if (!system.components[c].replicated()) continue;
      for (int i = 0; i < load.replicas[largest_level(load)][c]; ++i) {
        const model::NodeId node = deployment.components[c].nodes[static_cast<std::size_t>(i)];
        if (node != lost) {
          ++a.count[c][node];
          add_pod(a.used[node], system.components[c], 1);
        } else if (system.components[c].movable) {
          a.displaced.push_back(c);
        }
      }
    }
    if (!place(a, 0)) return false;
  }
  return true;
}

}  // namespace haplan::test::oracle
