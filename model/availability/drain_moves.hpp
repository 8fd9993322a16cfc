#pragma once

#include <cstdint>
#include <vector>

#include "model/availability/worlds.hpp"

/// Where the replicas of a component are while a node is drained, as sets of nodes.
namespace haplan::model {

/// A multiset of nodes: layer j holds the nodes with more than j replicas.
using NodeLayers = std::vector<std::uint64_t>;

NodeLayers node_layers(const std::vector<NodeId>& nodes);

/// Replicas on nodes that are not in `unreachable`.
int reachable_replicas(const NodeLayers& layers, std::uint64_t unreachable);

/// Replicas go "to the first of the emptiest nodes": names decide between equally empty ones, so permuting equal nodes
/// changes a figure by a little. `fewest` and `most` bound it: in every world the moved replicas prefer, among equally
/// empty nodes, the unreachable ones or the others. Permuting equal nodes changes neither.
enum class Moves { exact, fewest, most };

/// What a drain of one node leads to once the replicas have moved.
struct DrainMoves {
  NodeLayers before;  ///< those not on the drained node
  NodeLayers
      settled;  ///< after the move, whatever the names: those that stay and those that had no choice
  std::uint64_t beside = 0;    ///< groups of bystanders, as empty as `emptiest` and among them
  std::uint64_t emptiest = 0;  ///< equally empty nodes, of which `picks` get one more replica each
  int picks = 0;
  std::uint64_t first = 0;  ///< those that get it, by name
};

/// MODEL 2, maintenance; the same rule as nodes_during_drain.
///   beside  groups of bystanders; with any, each kind of node must have two empty ones more than replicas move
DrainMoves drain_moves(const System& system, ComponentId component,
                       const std::vector<NodeId>& nodes, NodeId drained,
                       const std::vector<Bystanders>& beside = {});

/// Replicas that are reachable after the move.
int reachable_after(const DrainMoves& moved, std::uint64_t unreachable, Moves moves);

}  // namespace haplan::model
