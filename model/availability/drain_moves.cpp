#include "model/availability/drain_moves.hpp"

#include <algorithm>
#include <bit>

#include "model/availability/occupancy.hpp"

namespace haplan::model {

namespace {

std::uint64_t bit(NodeId node) { return std::uint64_t{1} << node; }

NodeLayers layers_of(const std::vector<int>& count) {
  NodeLayers layers;
  for (NodeId node = 0; node < count.size(); ++node) {
    const auto replicas = static_cast<std::size_t>(count[node]);
    if (layers.size() < replicas) layers.resize(replicas, 0);
    for (std::size_t j = 0; j < replicas; ++j) layers[j] |= bit(node);
  }
  return layers;
}

/// The `picks` lowest nodes of a set.
std::uint64_t lowest(std::uint64_t set, int picks) {
  std::uint64_t result = 0;
  for (int i = 0; i < picks && set != 0; ++i) {
    const std::uint64_t next = set & (~set + 1);
    result |= next;
    set ^= next;
  }
  return result;
}

}  // namespace

NodeLayers node_layers(const std::vector<NodeId>& nodes) {
  const NodeId largest = nodes.empty() ? 0 : *std::ranges::max_element(nodes);
  std::vector<int> count(largest + 1, 0);
  for (const NodeId node : nodes) ++count[node];
  return layers_of(count);
}

namespace {

/// std::popcount without a call, which it is where the machine's own instruction cannot be taken for granted.
int bits_of(std::uint64_t x) {
  x -= (x >> 1U) & 0x5555555555555555U;
  x = (x & 0x3333333333333333U) + ((x >> 2U) & 0x3333333333333333U);
  x = (x + (x >> 4U)) & 0x0F0F0F0F0F0F0F0FU;
  return static_cast<int>((x * 0x0101010101010101U) >> 56U);
}

}  // namespace

int reachable_replicas(const NodeLayers& layers, std::uint64_t unreachable) {
  int count = 0;
  for (const std::uint64_t layer : layers) count += bits_of(layer & ~unreachable);
  return count;
}

DrainMoves drain_moves(const System& system, ComponentId component,
                       const std::vector<NodeId>& nodes, NodeId drained,
                       const std::vector<Bystanders>& beside) {
  const Component& what = system.components[component];
  std::vector<int> count(system.nodes.size(), 0);
  for (const NodeId node : nodes) ++count[node];
  int moving = std::exchange(count[drained], 0);
  DrainMoves result;
  std::uint64_t empty_beside = 0;
  for (std::size_t group = 0; group < beside.size(); ++group)
    if (beside[group].allowed[component]) empty_beside |= bit(system.nodes.size() + group);
  result.before = layers_of(count);
  std::vector<NodeId> may;
  for (const NodeId node : what.allowed)
    if (node != drained) may.push_back(node);
  if (shares_one_node(system, what)) {
    // All together to the first node that every user of the claim may use.
    for (const Component& user : system.components)
      if (user.storage.claim == what.storage.claim)
        std::erase_if(
            may, [&user](NodeId node) { return !std::ranges::binary_search(user.allowed, node); });
    result.settled = result.before;
    if (moving == 0 || may.empty()) return result;
    for (const NodeId node : may) result.emptiest |= bit(node);
    result.first = bit(may.front());
    result.picks = moving;
    result.beside = empty_beside;
    return result;
  }
  while (moving > 0 && !may.empty()) {
    int least = count[may.front()];
    for (const NodeId node : may) least = std::min(least, count[node]);
    std::uint64_t emptiest = 0;
    int size = 0;
    for (const NodeId node : may)
      if (count[node] == least) {
        emptiest |= bit(node);
        ++size;
      }
    if (moving < size) {
      result.emptiest = emptiest;
      result.picks = moving;
      result.first = lowest(emptiest, moving);
      if (least == 0) result.beside = empty_beside;
      break;
    }
    for (const NodeId node : may)
      if ((emptiest & bit(node)) != 0) ++count[node];
    moving -= size;
  }
  result.settled = layers_of(count);
  return result;
}

int reachable_after(const DrainMoves& moved, std::uint64_t unreachable, Moves moves) {
  const int settled = reachable_replicas(moved.settled, unreachable);
  if (moved.picks == 0) return settled;
  // A claim's users land together: all of the picks on one node.
  const bool together = std::popcount(moved.first) == 1 && moved.picks > 1;
  const int weight = together ? moved.picks : 1;
  const int picks = together ? 1 : moved.picks;
  // Any number of a group may be lost.
  const int lost =
      (moved.beside & unreachable) != 0 ? picks : std::popcount(moved.emptiest & unreachable);
  const int safe = std::popcount(moved.emptiest & ~unreachable);
  switch (moves) {
    case Moves::exact: return settled + weight * std::popcount(moved.first & ~unreachable);
    case Moves::fewest: return settled + weight * (picks - std::min(picks, lost));
    case Moves::most: return settled + weight * std::min(picks, safe);
  }
  return settled;
}

}  // namespace haplan::model
