#pragma once

#include <string>
#include <vector>

#include "model/base/stop.hpp"
#include "model/packing/arrivals.hpp"
#include "model/system/deployment.hpp"
#include "model/system/load.hpp"

/// Whether replicas fit where they are, and where they would go if a node were lost.
namespace haplan::model {

/// Whether the replicas of a deployment fit their nodes' capacities at every level, and obey
/// allowed nodes, hard spread rules and ReadWriteOnce claims. Reasons in `why` when not, one
/// sentence each without a period. A ReadWriteOnce claim overrides the spread rule of its users:
/// they can only share a node.
struct PlacementCheck {
  bool ok = true;
  std::vector<std::string> why;
};
PlacementCheck check_placement(const System& system, const Deployment& deployment);

/// Headroom: for every single node, all movable replicas on it (at the level with most replicas,
/// the first of equal ones) fit on the other nodes together with what is there, hard spread rules
/// kept over the nodes that are left; one answer per deployment. MODEL 2. True without nodes or
/// movable replicas; false when the packing's work limit is hit or it is stopped. `down` nodes count like others: it
/// matters only when a node is the only one lost, and then no other is down.
bool has_headroom(const System& system, const Deployment& deployment);

/// The same with a table computed before.
bool has_headroom(const System& system, const LoadTable& table, const Deployment& deployment,
                  const Stop& stop = {});

/// Whether there is headroom whatever the order in which the pods of a lost node arrive, and whichever node that takes
/// it each one gets: what kube-scheduler does in the worst case. Pinned ones go to the nodes of their plan only. `unknown`
/// beyond a limit of work.
///   replaced  components that do not count as movable, but whose pods start elsewhere as well, and take room
///   stranded  a component with a pod left over; set with `strands`
///   lost      the node that was lost then
EveryOrder headroom_in_every_order(const System& system, const LoadTable& table,
                                   const Deployment& deployment,
                                   const std::vector<ComponentId>& replaced = {},
                                   ComponentId* stranded = nullptr, NodeId* lost = nullptr);
/// The same of all pods of a deployment on empty nodes, at the level with most replicas: pinned ones go to their own nodes, any other
/// to whichever node its rules allow.
EveryOrder start_in_every_order(const System& system, const LoadTable& table,
                                const Deployment& deployment, ComponentId* stranded = nullptr);

/// Components that make a start succeed in every order when they are pinned to the nodes of the deployment: none of
/// them can be left out. Empty: none do, or it is not known.
///   precondition  some order strands a pod
std::vector<ComponentId> pins_for_start(const System& system, const LoadTable& table,
                                        const Deployment& deployment);

PlacementCheck check_placement(const System& system, const LoadTable& table,
                               const Deployment& deployment);

}  // namespace haplan::model
