#include "model/network/relevance.hpp"

#include <algorithm>
#include <limits>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr std::size_t kNoIndex = std::numeric_limits<std::size_t>::max();

struct Neighbour {
  std::size_t vertex;
  std::size_t link;
};

/// Depth-first search with a stack of links of its own, so that long chains do not exhaust the call stack.
class Blocks {
 public:
  explicit Blocks(const NetworkGraph& network)
      : neighbours_(network.vertices),
        depth_(network.vertices, kNoIndex),
        low_(network.vertices, 0),
        tree_(network.vertices, kNoIndex) {
    for (std::size_t l = 0; l < network.links.size(); ++l) {
      const auto [from, to] = network.links[l];
      HAPLAN_EXPECTS(from < network.vertices && to < network.vertices);
      if (from == to) continue;
      neighbours_[from].push_back({to, l});
      neighbours_[to].push_back({from, l});
    }
    for (std::size_t v = 0; v < network.vertices; ++v)
      if (depth_[v] == kNoIndex) search_from(v);
  }

  std::vector<std::vector<std::size_t>> take() { return std::move(found_); }
  [[nodiscard]] std::size_t tree_of(std::size_t vertex) const { return tree_[vertex]; }

 private:
  struct Visit {
    std::size_t vertex;
    std::size_t by_link;  ///< the link through which it was reached
    std::size_t next = 0;
    std::size_t links_before = 0;  ///< on the stack of links when it was reached
  };

  void search_from(std::size_t root) {
    std::vector<Visit> path;
    enter(root, kNoIndex, root, path);
    while (!path.empty()) {
      Visit& top = path.back();
      if (top.next == neighbours_[top.vertex].size()) {
        leave(path);
        continue;
      }
      const Neighbour to = neighbours_[top.vertex][top.next++];
      if (to.link == top.by_link) continue;
      if (depth_[to.vertex] == kNoIndex) {
        open_links_.push_back(to.link);
        enter(to.vertex, to.link, root, path);
      } else if (depth_[to.vertex] < depth_[top.vertex]) {
        open_links_.push_back(to.link);
        low_[top.vertex] = std::min(low_[top.vertex], depth_[to.vertex]);
      }
    }
  }

  void enter(std::size_t vertex, std::size_t by_link, std::size_t root, std::vector<Visit>& path) {
    depth_[vertex] = low_[vertex] = path.size();
    tree_[vertex] = root;
    path.push_back({vertex, by_link, 0, open_links_.size()});
  }

  void leave(std::vector<Visit>& path) {
    const Visit done = path.back();
    path.pop_back();
    if (path.empty()) return;
    const std::size_t parent = path.back().vertex;
    low_[parent] = std::min(low_[parent], low_[done.vertex]);
    if (low_[done.vertex] < depth_[parent]) return;
    // Nothing below reaches above the parent: the links since then, and the one to here, are a block.
    const auto first = open_links_.begin() + static_cast<std::ptrdiff_t>(done.links_before) - 1;
    found_.emplace_back(first, open_links_.end());
    std::sort(found_.back().begin(), found_.back().end());
    open_links_.erase(first, open_links_.end());
  }

  std::vector<std::vector<Neighbour>> neighbours_;
  std::vector<std::size_t> depth_;
  std::vector<std::size_t> low_;
  std::vector<std::size_t> tree_;
  std::vector<std::size_t> open_links_;
  std::vector<std::vector<std::size_t>> found_;
};

std::vector<std::size_t> vertices_of(const NetworkGraph& network,
                                     const std::vector<std::size_t>& block) {
  std::vector<std::size_t> vertices;
  for (const std::size_t link : block) {
    vertices.push_back(network.links[link].from);
    vertices.push_back(network.links[link].to);
  }
  std::sort(vertices.begin(), vertices.end());
  vertices.erase(std::unique(vertices.begin(), vertices.end()), vertices.end());
  return vertices;
}

}  // namespace

Relevance relevance(const NetworkGraph& network, std::span<const std::size_t> terminals) {
  HAPLAN_EXPECTS(!terminals.empty());
  Relevance result;
  result.required.assign(network.vertices, false);
  Blocks search(network);
  for (const std::size_t terminal : terminals) {
    HAPLAN_EXPECTS(terminal < network.vertices);
    result.required[terminal] = true;
    result.possible = result.possible && search.tree_of(terminal) == search.tree_of(terminals[0]);
  }
  if (!result.possible) return result;

  // Leaves of the tree of blocks that hold no terminal of their own are taken off until none is left.
  std::vector<std::vector<std::size_t>> blocks = search.take();
  std::vector<std::vector<std::size_t>> members;
  std::vector<std::vector<std::size_t>> blocks_at(network.vertices);
  std::vector<std::size_t> left_at(network.vertices, 0);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    members.push_back(vertices_of(network, blocks[b]));
    for (const std::size_t v : members[b]) {
      blocks_at[v].push_back(b);
      ++left_at[v];
    }
  }
  std::vector<bool> kept(blocks.size(), true);
  std::vector<std::size_t> open;
  for (std::size_t b = 0; b < blocks.size(); ++b) open.push_back(b);
  while (!open.empty()) {
    const std::size_t b = open.back();
    open.pop_back();
    if (!kept[b]) continue;
    const auto attached = std::count_if(members[b].begin(), members[b].end(), [&](std::size_t v) {
      return result.required[v] || left_at[v] > 1;
    });
    if (attached > 1) continue;
    kept[b] = false;
    for (const std::size_t v : members[b])
      if (--left_at[v] == 1) open.insert(open.end(), blocks_at[v].begin(), blocks_at[v].end());
  }
  for (std::size_t b = 0; b < blocks.size(); ++b)
    if (kept[b]) result.blocks.push_back(std::move(blocks[b]));
  for (std::size_t v = 0; v < network.vertices; ++v)
    result.required[v] = result.required[v] || left_at[v] > 1;
  return result;
}

}  // namespace haplan::model
