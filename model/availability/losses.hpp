#pragma once

#include <string>
#include <vector>

#include "model/availability/service_levels.hpp"

/// Single losses: when a service is up again, and what happens to requests meanwhile. MODEL 5, loss drill. Times [s], infinite
/// where nothing brings it back. Nothing here is approximate: maxima and sums of given times. One loss and one service cost
/// O(levels * (components + replicas)).
namespace haplan::model {

/// What is lost at once.
struct Loss {
  LossKind kind = LossKind::node;
  std::size_t subject = 0;   ///< NodeId, DomainId or ComponentId
  std::vector<bool> nodes;   ///< per node: lost; empty when no node is
  double repair = 0.0;       ///< [s] mean until it is back by itself: nodes, domains and externals
  bool reschedules = false;  ///< movable replicas may start elsewhere: a single node, no domain
};

Loss loss_of_node(const System& system, NodeId node);
/// All nodes beneath the domain go at once; nothing is rescheduled.
Loss loss_of_domain(const System& system, DomainId domain);
Loss loss_of_replica(ComponentId component);
Loss loss_of_primary(ComponentId component);
Loss loss_of_external(const System& system, ComponentId component);
/// Several nodes at once that nothing brings back: what a what-if takes down for good.
Loss loss_of_nodes(const System& system, const std::vector<NodeId>& nodes);

/// Domains that count as zones: those of level "zone", or all where no level is called so.
std::vector<DomainId> zones(const System& system);

/// It has a primary or a leader: primary-replica and quorum.
bool has_primary(const Component& component);

/// A replica of it can fail by itself.
bool can_lose_replica(const Component& component);

/// A domain is the node's ancestor.
bool lies_in(const System& system, NodeId node, DomainId domain);

/// When something serves again after a loss, and who decides it.
struct Return {
  double time = 0.0;  ///< [s]
  bool is_mean = false;
  std::string decided_by;
};

/// How many replicas of a component go, of how many.
struct Toll {
  int replicas = 0;  ///< at the level
  int need = 0;
  int lost = 0;

  [[nodiscard]] int left() const { return replicas - lost; }
};

/// Worst case until one replicated component serves again: 0 if enough remains; the failover's worst case if its
/// primary may be hit; the worst rescheduling delay of a movable one with headroom; the worst restart after a
/// replica's own failure; else a mean, labelled so.
///   replica   of the component, at these settings
///   headroom  of the deployment
Return component_return(const System& system, const Deployment& deployment, ComponentId component,
                        const ReplicaModel& replica, const Loss& loss, const Toll& toll,
                        bool headroom);

/// Replicas of the component that a loss takes at a level.
Toll toll_of(const ServiceContext& context, const Loss& loss, ComponentId component, LevelId level);

/// Figures of one loss for one service.
///   level  out, optional: the first one in which until_up is reached
LossFigures loss_figures(const ServiceContext& context, const Loss& loss, ServiceId service,
                         LevelId* level = nullptr);

/// The loss of each node.
std::vector<NodeLoss> node_losses(const ServiceContext& context, ServiceId service);

/// Every other single loss that can touch the service: ServiceFigures::losses.
std::vector<LossFigures> further_losses(const ServiceContext& context, ServiceId service);

/// The losses that further_losses looks at.
std::vector<Loss> further_losses_of(const ServiceContext& context, ServiceId service);

}  // namespace haplan::model
