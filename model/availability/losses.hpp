#pragma once

#include <string>
#include <vector>

#include "model/availability/lost.hpp"
#include "model/availability/service_levels.hpp"

/// Single losses: when a service is up again, and what happens to requests meanwhile. MODEL 5, loss drill. Times [s], infinite
/// where nothing brings it back. Nothing here is approximate: maxima and sums of given times. One loss and one service cost
/// O(levels * (components + replicas)).
namespace haplan::model {

/// When something serves again after a loss, and who decides it.
struct Return {
  double time = 0.0;  ///< [s]
  bool is_mean = false;
  std::string decided_by;
};

/// Worst case until one replicated component serves again: never if it does not before the loss; 0 if enough remains; the
/// failover's worst case if its primary may be hit (by hand, where too few sentinels are left); the worst rescheduling
/// delay of a movable one with headroom; the worst restart after a replica's own failure; else a mean, labelled so.
///   replica   of the component, at these settings
///   headroom  of the deployment
Return component_return(const System& system, const Deployment& deployment, ComponentId component,
                        const ReplicaModel& replica, const Loss& loss, const Toll& toll,
                        bool headroom);

/// Whether, and how surely, a failover succeeds with what a loss leaves: of redis-sentinel a majority of sentinels.
double success_after(const Component& component, const Toll& toll);

/// Replicas of the component that a loss takes at a level.
Toll toll_of(const ServiceContext& context, const Loss& loss, ComponentId component, LevelId level);

/// Some set of vertices that the service's gates want connected never is.
bool network_apart(const System& system, ServiceId service);

/// Figures of one loss for one service.
///   level  out, optional: the first one in which until_up is reached, or in which it is down before
LossFigures loss_figures(const ServiceContext& context, const Loss& loss, ServiceId service,
                         LevelId* level = nullptr);

/// The loss of each node.
std::vector<NodeLoss> node_losses(const ServiceContext& context, ServiceId service);

/// Every other single loss that can touch the service: ServiceFigures::losses.
std::vector<LossFigures> further_losses(const ServiceContext& context, ServiceId service);

/// The losses that further_losses looks at.
std::vector<Loss> further_losses_of(const ServiceContext& context, ServiceId service);

}  // namespace haplan::model
