#include "model/availability/lost.hpp"

#include <algorithm>
#include <limits>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double mean_repair(const std::vector<DomainMode>& modes) {
  double rate = 0.0;
  double weighted = 0.0;
  for (const DomainMode& mode : modes) {
    rate += mode.rate;
    weighted += mode.rate * mode.repair;
  }
  return rate > 0.0 ? weighted / rate : kInfinity;
}

bool domains_up(const System& system, NodeId node) {
  for (auto parent = system.nodes[node].parent; parent; parent = system.domains[*parent].parent)
    if (system.domains[*parent].down) return false;
  return true;
}

Loss loss_of(const System& system, LossKind kind, std::size_t subject) {
  Loss loss{.kind = kind, .subject = subject, .nodes = {}, .before = absence_of(system)};
  return loss;
}

/// Of these nodes those are lost that were reachable.
void lose(Loss& loss, std::vector<bool> nodes) {
  for (NodeId node = 0; node < loss.before.nodes.size(); ++node)
    if (loss.before.nodes[node]) nodes[node] = false;
  loss.nodes = std::move(nodes);
  loss.ends_replacement =
      loss.before.replaced && std::ranges::find(loss.nodes, true) != loss.nodes.end();
}

}  // namespace

Absence absence_of(const System& system) {
  Absence absence;
  std::vector<NodeId> gone;
  for (NodeId node = 0; node < system.nodes.size(); ++node)
    if (system.nodes[node].down || !domains_up(system, node)) gone.push_back(node);
  if (gone.empty()) return absence;
  absence.nodes.assign(system.nodes.size(), false);
  for (const NodeId node : gone) absence.nodes[node] = true;
  if (gone.size() == 1 && domains_up(system, gone.front())) absence.replaced = gone.front();
  return absence;
}

Loss loss_of_node(const System& system, NodeId node) {
  Loss loss = loss_of(system, LossKind::node, node);
  std::vector<bool> nodes(system.nodes.size(), false);
  nodes[node] = true;
  lose(loss, std::move(nodes));
  loss.absent = !loss.nodes[node];
  loss.repair = mean_repair(system.nodes[node].modes);
  loss.reschedules = loss.before.nodes.empty();
  return loss;
}

Loss loss_of_domain(const System& system, DomainId domain) {
  Loss loss = loss_of(system, LossKind::domain, domain);
  std::vector<bool> nodes;
  for (NodeId node = 0; node < system.nodes.size(); ++node)
    nodes.push_back(lies_in(system, node, domain));
  lose(loss, std::move(nodes));
  if (loss.before.replaced && lies_in(system, *loss.before.replaced, domain))
    loss.ends_replacement = true;
  for (std::optional<DomainId> d = domain; d; d = system.domains[*d].parent)
    loss.absent = loss.absent || system.domains[*d].down;
  loss.repair = mean_repair(system.domains[domain].modes);
  return loss;
}

Loss loss_of_nodes(const System& system, const std::vector<NodeId>& nodes, bool themselves) {
  Loss loss = loss_of(system, LossKind::node, nodes.empty() ? 0 : nodes.front());
  std::vector<bool> gone(system.nodes.size(), false);
  for (const NodeId node : nodes) gone[node] = true;
  lose(loss, std::move(gone));
  loss.repair = kInfinity;
  loss.reschedules = themselves && nodes.size() == 1 && loss.before.nodes.empty();
  return loss;
}

Loss loss_of_replica(const System& system, ComponentId component) {
  return loss_of(system, LossKind::replica, component);
}

Loss loss_of_primary(const System& system, ComponentId component) {
  return loss_of(system, LossKind::primary, component);
}

Loss loss_of_external(const System& system, ComponentId component) {
  HAPLAN_EXPECTS(system.components[component].external.has_value());
  Loss loss = loss_of(system, LossKind::external, component);
  loss.repair = system.components[component].external->repair;
  return loss;
}

std::vector<DomainId> zones(const System& system) {
  std::vector<DomainId> named;
  std::vector<DomainId> all;
  for (DomainId d = 0; d < system.domains.size(); ++d) {
    all.push_back(d);
    if (system.domains[d].level == "zone") named.push_back(d);
  }
  return named.empty() ? all : named;
}

bool has_primary(const Component& component) {
  return component.type == ComponentType::primary_replica ||
         component.type == ComponentType::quorum;
}

bool can_lose_replica(const Component& component) {
  const auto fails = [](const Component& body) {
    return body.replica_unavailability.has_value() || !body.modes.empty();
  };
  if (!component.variants.empty()) return std::ranges::any_of(component.variants, fails);
  return component.replicated() && fails(component);
}

bool lies_in(const System& system, NodeId node, DomainId domain) {
  for (auto parent = system.nodes[node].parent; parent; parent = system.domains[*parent].parent)
    if (*parent == domain) return true;
  return false;
}

Toll toll_on(const System& system, const Loss& loss, ComponentId id, std::span<const NodeId> nodes,
             int replicas, int need, bool headroom) {
  Toll toll{.replicas = replicas, .need = need};
  const Absence& before = loss.before;
  const auto absent = [&](NodeId node) { return !before.nodes.empty() && before.nodes[node]; };
  const auto lost = [&](NodeId node) { return !loss.nodes.empty() && loss.nodes[node]; };
  const bool moved = system.components[id].movable && headroom;
  if (!nodes.empty() && (!before.nodes.empty() || !loss.nodes.empty())) {
    const auto placed = nodes.first(static_cast<std::size_t>(replicas));
    for (const NodeId node : placed) {
      const bool elsewhere = moved && before.replaced == node;
      if (absent(node) && !elsewhere)
        ++toll.absent;
      else if (lost(node) || (elsewhere && loss.ends_replacement))
        ++toll.lost;
    }
    const auto& failover = system.components[id].failover;
    for (NodeId node = 0; failover && failover->sentinels && node < system.nodes.size(); ++node)
      if ((absent(node) || lost(node)) && std::ranges::find(placed, node) == placed.end())
        ++toll.nodes_alone;
  }
  const bool by_itself = loss.kind == LossKind::replica || loss.kind == LossKind::primary;
  if (by_itself && loss.subject == id) toll.lost = std::min(1, toll.serving());
  return toll;
}

}  // namespace haplan::model
