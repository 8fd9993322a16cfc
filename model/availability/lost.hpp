#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/availability/evaluate.hpp"

/// What a loss takes, on top of what is down for good: nodes and replicas. MODEL 2, 5 (loss drill).
namespace haplan::model {

/// What `state: down` takes before anything is lost.
struct Absence {
  std::vector<bool> nodes;  ///< per node: down for good, or in a domain that is; empty when none is
  /// The only such node, and that because it is down itself: its movable replicas run elsewhere, given headroom.
  std::optional<NodeId> replaced;
};

Absence absence_of(const System& system);

/// What is lost at once.
struct Loss {
  LossKind kind = LossKind::node;
  std::size_t subject = 0;  ///< NodeId, DomainId or ComponentId
  std::vector<bool> nodes;  ///< per node: lost, reachable before; empty when no place is lost
  double repair = 0.0;      ///< [s] mean until it is back by itself: nodes, domains and externals
  bool reschedules =
      false;            ///< movable replicas may start elsewhere: nothing but a single node is down
  bool absent = false;  ///< the node or domain was down for good already
  Absence before;
  /// What runs elsewhere is lost with it: no credit is taken with two nodes unreachable, or a domain around one.
  bool ends_replacement = false;
};

Loss loss_of_node(const System& system, NodeId node);
/// All nodes beneath the domain go at once; nothing is rescheduled.
Loss loss_of_domain(const System& system, DomainId domain);
Loss loss_of_replica(const System& system, ComponentId component);
Loss loss_of_primary(const System& system, ComponentId component);
Loss loss_of_external(const System& system, ComponentId component);
/// Several nodes at once that nothing brings back: what a what-if takes down for good.
///   themselves  they are down or gone themselves, not a domain around them
Loss loss_of_nodes(const System& system, const std::vector<NodeId>& nodes, bool themselves);

/// Domains that count as zones: those of level "zone", or all where no level is called so.
std::vector<DomainId> zones(const System& system);

/// It has a primary or a leader: primary-replica and quorum.
bool has_primary(const Component& component);

/// A replica of it can fail by itself.
bool can_lose_replica(const Component& component);

/// A domain is the node's ancestor.
bool lies_in(const System& system, NodeId node, DomainId domain);

/// How many replicas of a component go, of how many.
struct Toll {
  int replicas = 0;  ///< at the level
  int need = 0;
  int absent = 0;  ///< that do not serve before the loss
  int lost = 0;    ///< that served before
  /// Unreachable nodes after the loss that hold no replica of it; counted where `sentinels` is given.
  int nodes_alone = 0;

  [[nodiscard]] int serving() const { return replicas - absent; }  ///< before the loss
  [[nodiscard]] int left() const { return replicas - absent - lost; }
  [[nodiscard]] bool down_before() const { return serving() < need; }
};

/// What a loss takes of one component. Replicas on nodes that are down for good serve only if they run elsewhere.
///   nodes     of its replicas in placement order, at least `replicas`; empty without a cluster
///   headroom  of the deployment
///   cost      O(replicas + nodes)
Toll toll_on(const System& system, const Loss& loss, ComponentId component,
             std::span<const NodeId> nodes, int replicas, int need, bool headroom);

}  // namespace haplan::model
