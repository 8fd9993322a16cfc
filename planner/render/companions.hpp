#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/system/deployment.hpp"
#include "model/system/system.hpp"

/// The pods that share a ReadWriteOnce claim, and so a node.
namespace haplan::planner {

/// Labels of pods.
using Labels = std::vector<std::pair<std::string, std::string>>;
/// Labels of pods, with the values that each may have.
using LabelSelector = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// Whether all users of the component's claim have to share one node, which no spread rule survives.
bool bound_to_one_node(const model::System& system, const model::Component& component);

/// Pods of all users of the component's ReadWriteOnce claim at most, autoscaled ones too; 0: it has
/// none.
int pods_of_claim(const model::System& system, const model::Deployment& deployment,
                  const model::Component& component);

/// Nodes on which the component's pods may be: those allowed, or those of the plan where it is
/// pinned. Users of a ReadWriteOnce claim share one node, so the first of them must not go where
/// another may not.
std::set<model::NodeId> usable_nodes(const model::System& system,
                                     const model::Deployment& deployment, model::ComponentId id);

/// Pods of each component on a node.
using Crowd = std::vector<std::size_t>;
/// What the plan has on a node.
///   with_claim  all users of the claim of `id` are there, wherever the plan has them
Crowd crowd_on(const model::System& system, const model::Deployment& deployment,
               model::ComponentId id, model::NodeId node, bool with_claim);

/// How many pods of a component fit on a node beside what is there.
///   returns  -1: what is there does not fit
int room_on(const model::System& system, model::ComponentId id, model::NodeId node,
            const Crowd& there);

/// How many more pods of a component fit on the node of its ReadWriteOnce claim, where the first pod
/// of it to come has chosen the fullest node that all users may use; -1: there is one on which they
/// do not all fit.
int room_of_claim(const model::System& system, const model::Deployment& deployment,
                  model::ComponentId id);

/// One selector for pods with any of these sets of labels: equal but for the values of one label,
/// so that it finds no others. Empty: there is none.
///   sets  not empty
LabelSelector one_selector(const std::vector<Labels>& sets);

}  // namespace haplan::planner
