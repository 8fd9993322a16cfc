#include "model/network/reduction.hpp"

#include <algorithm>
#include <map>

#include "model/network/relevance.hpp"

namespace haplan::model {

namespace {

/// One biconnected component while it shrinks. Links are kept per vertex in a map from the other end, so that two
/// links between the same vertices meet at once.
class BlockReducer {
 public:
  BlockReducer(const NetworkGraph& network, const std::vector<bool>& required, Parts& parts)
      : network_(network), required_(required), parts_(parts) {}

  void add(std::size_t from, std::size_t to, Parts::Id part) {
    const auto [at, added] = neighbours_[from].try_emplace(to, part);
    if (!added) at->second = parts_.parallel(at->second, part);
    neighbours_[to][from] = at->second;
  }

  void run() {
    std::vector<std::size_t> open;
    for (const auto& [vertex, links] : neighbours_) open.push_back(vertex);
    std::reverse(open.begin(), open.end());
    while (!open.empty()) {
      const std::size_t vertex = open.back();
      open.pop_back();
      const auto found = neighbours_.find(vertex);
      if (found == neighbours_.end() || found->second.size() != 2) continue;
      const auto [a, first] = *found->second.begin();
      const auto [b, second] = *std::next(found->second.begin());
      if (required_[vertex] && !(required_[a] && required_[b])) continue;
      const Parts::Id joined =
          required_[vertex] ? parts_.hung(first, second) : through(first, vertex, second);
      neighbours_.erase(found);
      neighbours_[a].erase(vertex);
      neighbours_[b].erase(vertex);
      add(a, b, joined);
      open.push_back(a);
      open.push_back(b);
    }
  }

  /// A single link goes into the series, anything larger is a core.
  void finish(Reduction& reduction) const {
    if (neighbours_.size() == 2) {
      reduction.series.push_back(neighbours_.begin()->second.begin()->second);
      return;
    }
    Core core;
    std::map<std::size_t, std::size_t> index;
    for (const auto& [vertex, links] : neighbours_) {
      index[vertex] = core.vertices.size();
      core.vertices.push_back({required_[vertex], std::nullopt});
      if (!required_[vertex] && network_.fails(vertex))
        core.vertices.back().part = parts_.element(vertex);
    }
    for (const auto& [vertex, links] : neighbours_)
      for (const auto& [other, part] : links)
        if (vertex < other) core.links.push_back({index[vertex], index[other], part});
    reduction.cores.push_back(std::move(core));
  }

 private:
  Parts::Id through(Parts::Id first, std::size_t vertex, Parts::Id second) {
    if (network_.fails(vertex)) first = parts_.series(first, parts_.element(vertex));
    return parts_.series(first, second);
  }

  const NetworkGraph& network_;
  const std::vector<bool>& required_;
  Parts& parts_;
  std::map<std::size_t, std::map<std::size_t, Parts::Id>> neighbours_;
};

}  // namespace

Reduction reduce(const NetworkGraph& network, std::span<const std::size_t> terminals) {
  Reduction reduction;
  const Relevance relevant = relevance(network, terminals);
  reduction.possible = relevant.possible;
  if (!relevant.possible) return reduction;
  for (std::size_t v = 0; v < network.vertices; ++v)
    if (relevant.required[v] && network.fails(v))
      reduction.series.push_back(reduction.parts.element(v));
  for (const std::vector<std::size_t>& block : relevant.blocks) {
    BlockReducer reducer(network, relevant.required, reduction.parts);
    for (const std::size_t link : block)
      reducer.add(network.links[link].from, network.links[link].to,
                  reduction.parts.element(network.element_of_link(link)));
    reducer.run();
    reducer.finish(reduction);
  }
  return reduction;
}

}  // namespace haplan::model
