#include "model/availability/reaches.hpp"

#include <algorithm>

#include "model/availability/occupancy.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

/// Per domain: some node is in it.
std::vector<bool> used_domains(const System& system) {
  std::vector<bool> used(system.domains.size(), false);
  for (const Node& node : system.nodes)
    for (auto above = node.parent; above; above = system.domains[*above].parent)
      used[*above] = true;
  return used;
}

std::vector<Condition> conditions(const System& system) {
  constexpr std::size_t kMostDomains = 40;
  std::vector<Condition> given;
  std::vector<DomainId> may_fail;
  double all_up = 1.0;
  const std::vector<bool> used = used_domains(system);
  for (DomainId d = 0; d < system.domains.size(); ++d) {
    const Domain& domain = system.domains[d];
    if (domain.down || domain.modes.empty() || !used[d]) continue;
    may_fail.push_back(d);
    all_up *= up_probability(domain.modes, false);
  }
  System up = system;
  for (const DomainId d : may_fail) up.domains[d].modes.clear();
  given.push_back({all_up, up, make_cluster(up)});
  if (may_fail.size() > kMostDomains) return given;
  for (const DomainId lost : may_fail) {
    double mass = down_probability(system.domains[lost].modes, false);
    for (const DomainId d : may_fail)
      if (d != lost) mass *= up_probability(system.domains[d].modes, false);
    System down = up;
    down.domains[lost].down = true;
    given.push_back({mass, down, make_cluster(down)});
  }
  return given;
}

Reaches::Reaches(const System& system) : system_(system), conditions_(conditions(system)) {
  for (ComponentId c = 0; c < system.components.size(); ++c) {
    ComponentId first = 0;
    const auto alike = [&](const Component& a, const Component& b) {
      const bool together = shares_one_node(system, a);
      return a.allowed == b.allowed && together == shares_one_node(system, b) &&
             (!together || a.storage.claim == b.storage.claim);
    };
    while (!alike(system.components[first], system.components[c])) ++first;
    group_.push_back(first);
  }
  for (NodeId node = 0; node < system.nodes.size(); ++node) {
    const auto alike = [&](NodeId other) {
      const Node& a = system.nodes[node];
      const Node& b = system.nodes[other];
      return a.down == b.down && a.modes == b.modes &&
             std::ranges::all_of(system.components, [&](const Component& c) {
               return std::ranges::binary_search(c.allowed, node) ==
                      std::ranges::binary_search(c.allowed, other);
             });
    };
    NodeId first = 0;
    while (first < node && !(sort_[first] == first && alike(first))) ++first;
    sort_.push_back(first);
  }
  std::vector<std::size_t> depth(system.domains.size(), 0);
  for (DomainId d = 0; d < depth.size(); ++d) {
    deepest_first_.push_back(d);
    for (auto above = system.domains[d].parent; above; above = system.domains[*above].parent)
      ++depth[d];
  }
  std::ranges::stable_sort(deepest_first_, std::ranges::greater{},
                           [&](DomainId d) { return depth[d]; });
  for (const Condition& given : conditions_) domain_sort_.push_back(sorts_of_domains(given.system));
  domain_sort_.push_back(sorts_of_domains(system));
}

std::vector<std::size_t> Reaches::sorts_of_domains(const System& system) const {
  const std::size_t size = system.domains.size();
  std::vector<std::vector<std::size_t>> nodes(size);    // sorts of those directly in it
  std::vector<std::vector<std::size_t>> domains(size);  // the same of domains
  for (NodeId node = 0; node < system.nodes.size(); ++node)
    if (system.nodes[node].parent) nodes[*system.nodes[node].parent].push_back(sort_[node]);
  for (auto& own : nodes) std::ranges::sort(own);
  std::vector<std::size_t> sort(size, 0);
  std::vector<DomainId> known;  // each the first of its sort
  for (const DomainId d : deepest_first_) {
    std::ranges::sort(domains[d]);
    const Domain& what = system.domains[d];
    const auto same = std::ranges::find_if(known, [&](DomainId other) {
      const Domain& own = system.domains[other];
      return own.down == what.down && own.modes == what.modes && nodes[other] == nodes[d] &&
             domains[other] == domains[d];
    });
    sort[d] = same == known.end() ? d : *same;
    if (same == known.end()) known.push_back(d);
    if (what.parent) domains[*what.parent].push_back(sort[d]);
  }
  return sort;
}

std::vector<std::size_t> Reaches::shape(std::size_t condition,
                                        const std::vector<NodeId>& nodes) const {
  using Parts = std::vector<std::vector<std::size_t>>;
  const auto joined = [](Parts& parts, std::vector<std::size_t> shape) {
    std::ranges::sort(parts);
    shape.push_back(parts.size());
    for (const auto& part : parts) {
      shape.push_back(part.size());
      shape.insert(shape.end(), part.begin(), part.end());
    }
    return shape;
  };
  std::vector<NodeId> sorted = nodes;
  std::ranges::sort(sorted);
  std::vector<Parts> below(system_.domains.size());
  Parts top;
  const auto put = [&](std::optional<DomainId> parent, std::vector<std::size_t> part) {
    (parent ? below[*parent] : top).push_back(std::move(part));
  };
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto last = std::find_if(first, sorted.end(), [&](NodeId n) { return n != *first; });
    put(system_.nodes[*first].parent, {sort_[*first], static_cast<std::size_t>(last - first)});
    first = last;
  }
  for (const DomainId d : deepest_first_)
    if (!below[d].empty())
      put(system_.domains[d].parent, joined(below[d], {domain_sort_[condition][d]}));
  return joined(top, {});
}

const Reach& Reaches::whole(const Cluster& cluster, ComponentId component,
                            const std::vector<NodeId>& nodes) {
  const auto [found, fresh] = known_.try_emplace(
      {conditions_.size(), group_[component], shape(conditions_.size(), nodes)}, Reach{});
  if (fresh) found->second = reach_of_placement(system_, cluster, component, nodes);
  return found->second;
}

const Reach& Reaches::under(std::size_t condition, ComponentId component,
                            const std::vector<NodeId>& nodes) {
  const auto [found, fresh] =
      known_.try_emplace({condition, group_[component], shape(condition, nodes)}, Reach{});
  const Condition& given = conditions_[condition];
  if (fresh) found->second = reach_of_placement(given.system, given.cluster, component, nodes);
  return found->second;
}

}  // namespace haplan::model
