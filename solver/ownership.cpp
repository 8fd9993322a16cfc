#include "solver/ownership.hpp"

#include <algorithm>

namespace haplan::solver {

using namespace model;

std::vector<std::size_t> own_nodes(Series& series, Choices& choices,
                                   const std::vector<std::vector<NodeId>>& witness, const Box& box,
                                   ServiceId service, bool spare) {
  const std::size_t count = choices.problem.system.components.size();
  std::vector<std::size_t> own(count, 0);
  std::vector<ComponentId> owner(choices.problem.system.nodes.size(), count);
  std::vector<double> gain(count, 0.0);  // of one node more
  std::vector<int> free(series.domains().size(), 0);
  for (std::size_t d = 0; d < free.size(); ++d)
    for (NodeId node = 0; node < owner.size(); ++node)
      if (series.below(node, series.domains()[d])) ++free[d];
  const auto last = [&](NodeId node) {
    for (std::size_t d = 0; d < free.size(); ++d)
      if (spare && free[d] <= 1 && series.below(node, series.domains()[d])) return true;
    return false;
  };
  const auto ask = [&](ComponentId c) {
    gain[c] = 0.0;
    if (own[c] >= witness[c].size()) return;
    const ComponentId other = owner[witness[c][own[c]]];
    if (other != count && other != c) return;
    if (other == count && last(witness[c][own[c]])) return;
    const std::vector<double> with = series.worth(box, c, own[c] + 1);
    const std::vector<double> without = series.worth(box, c, own[c]);
    for (std::size_t o = 0; o < with.size(); ++o) gain[c] = std::max(gain[c], with[o] - without[o]);
  };
  std::vector<ComponentId> candidates;
  for (const ComponentId c : choices.replicated)
    if (series.may_own(service, c)) candidates.push_back(c);
  for (const ComponentId c : candidates) ask(c);
  for (;;) {
    ComponentId best = count;
    for (const ComponentId c : candidates)
      if (gain[c] > 0.0 && (best == count || gain[c] > gain[best])) best = c;
    if (best == count) return own;
    const NodeId node = witness[best][own[best]];
    ++own[best];
    for (std::size_t d = 0; d < free.size() && owner[node] == count; ++d)
      if (series.below(node, series.domains()[d])) --free[d];
    owner[node] = best;
    for (const ComponentId c : candidates) {
      if (gain[c] <= 0.0) continue;
      const NodeId next = own[c] < witness[c].size() ? witness[c][own[c]] : node;
      if (c == best || next == node || (owner[next] == count && last(next))) ask(c);
    }
  }
}

}  // namespace haplan::solver
