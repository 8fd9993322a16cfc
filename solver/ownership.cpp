#include "solver/ownership.hpp"

#include <algorithm>

namespace haplan::solver {

using namespace model;

std::vector<std::size_t> own_nodes(Series& series, Choices& choices,
                                   const std::vector<std::vector<NodeId>>& witness, const Box& box,
                                   ServiceId service) {
  const std::size_t count = choices.problem.system.components.size();
  std::vector<std::size_t> own(count, 0);
  std::vector<ComponentId> owner(choices.problem.system.nodes.size(), count);
  std::vector<double> gain(count, 0.0);  // of one node more
  const auto ask = [&](ComponentId c) {
    gain[c] = 0.0;
    if (own[c] >= witness[c].size()) return;
    const ComponentId other = owner[witness[c][own[c]]];
    if (other != count && other != c) return;
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
    owner[node] = best;
    for (const ComponentId c : candidates)
      if (c == best || (own[c] < witness[c].size() && witness[c][own[c]] == node)) ask(c);
  }
}

}  // namespace haplan::solver
