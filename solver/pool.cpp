#include "solver/pool.hpp"

#include <algorithm>

#include "model/recovery/domain.hpp"

namespace haplan::solver {

using namespace model;

std::vector<bool> least_reliable_nodes(const System& system) {
  std::vector<bool> pool(system.nodes.size(), false);
  const Node* worst = nullptr;
  double most = -1.0;
  for (const Node& node : system.nodes) {
    if (node.down) continue;
    const double lost = down_probability(node.modes, false);
    if (lost <= most) continue;
    most = lost;
    worst = &node;
  }
  if (worst == nullptr) return pool;
  for (NodeId n = 0; n < pool.size(); ++n)
    pool[n] = !system.nodes[n].down && fail_alike(system.nodes[n].modes, worst->modes);
  if (system.drain && !std::ranges::all_of(pool, [](bool in) { return in; }))
    pool.assign(pool.size(), false);
  return pool;
}

}  // namespace haplan::solver
