#pragma once

#include <optional>
#include <vector>

#include "model/availability/placement_space.hpp"
#include "model/availability/worlds.hpp"

/// A large cluster with no more nodes than a question about a few replicas needs.
namespace haplan::model {

struct ReducedCluster {
  System system;          ///< with the nodes kept
  Deployment deployment;  ///< no nodes where some were not kept
  std::vector<Bystanders> beside;
};

/// Keeps of every kind of equal nodes the first by name: as many as the components can use all together, and two more
/// than any of them uses, so that every placement has its like among them and a drained node's replicas an empty
/// node to go to. Pinned placements keep their nodes.
///   space       of the whole cluster
///   components  those that are placed; the others' nodes may be left out
///   returns     nothing when nodes and groups of bystanders are more than `most`
std::optional<ReducedCluster> reduced_cluster(const System& system, const Deployment& deployment,
                                              const PlacementSpace& space,
                                              const std::vector<ComponentId>& components,
                                              std::size_t most);

}  // namespace haplan::model
