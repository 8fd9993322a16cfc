#include "model/network/order.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr std::size_t kMostStarts = 64;
constexpr std::size_t kMostBeamVertices = 128;
constexpr std::size_t kBeam = 64;
constexpr double kWorthSearching = 3e4;  ///< below this estimate a better order saves nothing
constexpr double kGrowth = 3.0;          ///< states per vertex of the frontier

struct Neighbour {
  std::size_t vertex;
  std::size_t link;
};
using Neighbours = std::vector<std::vector<Neighbour>>;

double states(std::size_t frontier) { return std::pow(kGrowth, static_cast<double>(frontier)); }

class Candidates {
 public:
  Candidates(std::size_t vertices, std::span<const NetworkLink> links)
      : links_(links), neighbours_(vertices) {
    for (std::size_t l = 0; l < links.size(); ++l) {
      HAPLAN_EXPECTS(links[l].from != links[l].to);
      neighbours_[links[l].from].push_back({links[l].to, l});
      neighbours_[links[l].to].push_back({links[l].from, l});
    }
    best_.work = std::numeric_limits<double>::infinity();
  }

  [[nodiscard]] const Neighbours& neighbours() const { return neighbours_; }
  [[nodiscard]] const LinkOrder& best() const { return best_; }

  /// Both readings of a sequence of vertices, forwards and backwards.
  void consider(std::vector<std::size_t> sequence) {
    for (int turn = 0; turn < 2; ++turn) {
      keep(by_elimination(sequence));
      keep(by_entry(sequence));
      std::reverse(sequence.begin(), sequence.end());
    }
  }

 private:
  /// All open links of each vertex in turn, those to vertices of the frontier first.
  [[nodiscard]] std::vector<std::size_t> by_elimination(
      const std::vector<std::size_t>& sequence) const {
    std::vector<std::size_t> order;
    std::vector<bool> seen(links_.size(), false);
    std::vector<bool> entered(neighbours_.size(), false);
    for (const std::size_t v : sequence) {
      for (const bool already : {true, false})
        for (const auto& [to, link] : neighbours_[v])
          if (!seen[link] && entered[to] == already) {
            seen[link] = true;
            order.push_back(link);
          }
      entered[v] = true;
      for (const auto& [to, link] : neighbours_[v]) entered[to] = true;
    }
    return order;
  }

  /// The links of each vertex to those before it, the oldest first.
  [[nodiscard]] std::vector<std::size_t> by_entry(const std::vector<std::size_t>& sequence) const {
    std::vector<std::size_t> position(neighbours_.size());
    for (std::size_t i = 0; i < sequence.size(); ++i) position[sequence[i]] = i;
    std::vector<std::size_t> order;
    std::vector<std::pair<std::size_t, std::size_t>> earlier;
    for (const std::size_t v : sequence) {
      earlier.clear();
      for (const auto& [to, link] : neighbours_[v])
        if (position[to] < position[v]) earlier.emplace_back(position[to], link);
      std::sort(earlier.begin(), earlier.end());
      for (const auto& [at, link] : earlier) order.push_back(link);
    }
    return order;
  }

  void keep(std::vector<std::size_t> order) {
    LinkOrder candidate = measured(neighbours_.size(), links_, std::move(order));
    if (candidate.work < best_.work) best_ = std::move(candidate);
  }

  std::span<const NetworkLink> links_;
  Neighbours neighbours_;
  LinkOrder best_;
};

std::vector<std::size_t> breadth_first(const Neighbours& neighbours, std::size_t start) {
  std::vector<std::size_t> sequence;
  std::vector<bool> seen(neighbours.size(), false);
  const auto search = [&](std::size_t from) {
    seen[from] = true;
    sequence.push_back(from);
    for (std::size_t i = sequence.size() - 1; i < sequence.size(); ++i) {
      std::vector<std::size_t> next;
      for (const auto& [to, link] : neighbours[sequence[i]])
        if (!seen[to]) {
          seen[to] = true;
          next.push_back(to);
        }
      std::stable_sort(next.begin(), next.end(), [&](std::size_t a, std::size_t b) {
        return neighbours[a].size() < neighbours[b].size();
      });
      sequence.insert(sequence.end(), next.begin(), next.end());
    }
  };
  search(start);
  for (std::size_t v = 0; v < neighbours.size(); ++v)
    if (!seen[v]) search(v);
  return sequence;
}

/// Always eliminates the vertex of the frontier that brings the fewest new ones, the oldest of equals.
std::vector<std::size_t> greedy(const Neighbours& neighbours, std::size_t start) {
  std::vector<std::size_t> sequence;
  std::vector<bool> entered(neighbours.size(), false);
  std::vector<std::size_t> frontier{start};
  entered[start] = true;
  std::size_t unseen = 0;
  while (sequence.size() < neighbours.size()) {
    if (frontier.empty()) {  // another component
      while (entered[unseen]) ++unseen;
      frontier.push_back(unseen);
      entered[unseen] = true;
    }
    std::size_t best = 0;
    std::ptrdiff_t least = std::numeric_limits<std::ptrdiff_t>::max();
    for (std::size_t i = 0; i < frontier.size(); ++i) {
      const auto& around = neighbours[frontier[i]];
      const auto fresh = std::count_if(around.begin(), around.end(),
                                       [&](const Neighbour& n) { return !entered[n.vertex]; });
      if (fresh < least) {
        least = fresh;
        best = i;
      }
    }
    const std::size_t vertex = frontier[best];
    frontier.erase(frontier.begin() + static_cast<std::ptrdiff_t>(best));
    sequence.push_back(vertex);
    for (const auto& [to, link] : neighbours[vertex])
      if (!entered[to]) {
        entered[to] = true;
        frontier.push_back(to);
      }
  }
  return sequence;
}

/// Sets of eliminated vertices, one more vertex a round; of equal sets the cheapest way there is kept.
class BeamSearch {
 public:
  explicit BeamSearch(const Neighbours& neighbours) : neighbours_(neighbours) {}

  [[nodiscard]] std::vector<std::size_t> run() {
    const std::size_t n = neighbours_.size();
    std::vector<Set> around(n);
    for (std::size_t v = 0; v < n; ++v)
      for (const auto& [to, link] : neighbours_[v]) around[v][to / 64] |= bit(to);
    std::vector<State> beam(1);
    std::vector<std::vector<Step>> steps;
    for (std::size_t round = 0; round < n; ++round) {
      std::vector<State> next = successors(beam, around);
      std::stable_sort(next.begin(), next.end(),
                       [](const State& a, const State& b) { return a.work < b.work; });
      if (next.size() > kBeam) next.resize(kBeam);
      steps.emplace_back();
      for (const State& state : next) steps.back().push_back(state.step);
      beam = std::move(next);
    }
    std::vector<std::size_t> sequence(n);
    std::size_t at = 0;
    for (std::size_t round = n; round-- > 0; at = steps[round][at].parent)
      sequence[round] = steps[round][at].vertex;
    return sequence;
  }

 private:
  using Set = std::array<std::uint64_t, kMostBeamVertices / 64>;
  struct Step {
    std::size_t parent = 0;
    std::size_t vertex = 0;
  };
  struct State {
    double work = 0.0;
    Set gone{};
    Set frontier{};
    Step step;
  };
  struct SetHash {
    std::size_t operator()(const Set& set) const {
      std::uint64_t h = 0;
      for (const std::uint64_t word : set) h = (h ^ word) * 0x9E3779B97F4A7C15ULL;
      return static_cast<std::size_t>(h ^ (h >> 32U));
    }
  };

  static std::uint64_t bit(std::size_t vertex) { return std::uint64_t{1} << (vertex % 64); }

  [[nodiscard]] std::vector<State> successors(const std::vector<State>& beam,
                                              const std::vector<Set>& around) const {
    std::vector<State> next;
    std::unordered_map<Set, std::size_t, SetHash> index;
    for (std::size_t parent = 0; parent < beam.size(); ++parent) {
      may_abandon();
      const State& state = beam[parent];
      const bool fresh_start =
          std::ranges::all_of(state.frontier, [](std::uint64_t word) { return word == 0; });
      for (std::size_t v = 0; v < neighbours_.size(); ++v) {
        if ((state.gone[v / 64] & bit(v)) != 0) continue;
        if (!fresh_start && (state.frontier[v / 64] & bit(v)) == 0) continue;
        State made = eliminated(state, around[v], v);
        made.step = {parent, v};
        const auto [at, added] = index.try_emplace(made.gone, next.size());
        if (added)
          next.push_back(made);
        else if (made.work < next[at->second].work)
          next[at->second] = made;
      }
    }
    return next;
  }

  static State eliminated(const State& state, const Set& around, std::size_t v) {
    State made = state;
    made.gone[v / 64] |= bit(v);
    std::size_t open = 0;
    std::size_t peak = 0;
    for (std::size_t w = 0; w < around.size(); ++w) {
      const std::uint64_t reached = around[w] & ~state.gone[w];
      open += static_cast<std::size_t>(std::popcount(reached));
      made.frontier[w] |= reached;
      if (w == v / 64) made.frontier[w] |= bit(v);
      peak += static_cast<std::size_t>(std::popcount(made.frontier[w]));
    }
    made.frontier[v / 64] &= ~bit(v);
    made.work += static_cast<double>(open) * states(peak);
    return made;
  }

  const Neighbours& neighbours_;
};

}  // namespace

LinkOrder measured(std::size_t vertices, std::span<const NetworkLink> links,
                   std::vector<std::size_t> order) {
  HAPLAN_EXPECTS(order.size() == links.size());
  std::vector<std::size_t> left(vertices, 0);
  std::vector<bool> entered(vertices, false);
  for (const NetworkLink& link : links) {
    ++left[link.from];
    ++left[link.to];
  }
  LinkOrder result;
  std::size_t frontier = 0;
  for (const std::size_t link : order) {
    for (const std::size_t v : {links[link].from, links[link].to}) {
      if (!entered[v]) ++frontier;
      entered[v] = true;
    }
    result.max_frontier = std::max(result.max_frontier, frontier);
    result.work += states(frontier);
    for (const std::size_t v : {links[link].from, links[link].to})
      if (--left[v] == 0) --frontier;
  }
  result.links = std::move(order);
  return result;
}

LinkOrder link_order(std::size_t vertices, std::span<const NetworkLink> links) {
  Candidates candidates(vertices, links);
  const std::size_t stride = (vertices + kMostStarts - 1) / kMostStarts;
  for (std::size_t start = 0; start < vertices; start += std::max<std::size_t>(stride, 1)) {
    candidates.consider(breadth_first(candidates.neighbours(), start));
    candidates.consider(greedy(candidates.neighbours(), start));
  }
  if (candidates.best().work > kWorthSearching && vertices <= kMostBeamVertices)
    candidates.consider(BeamSearch(candidates.neighbours()).run());
  return candidates.best();
}

}  // namespace haplan::model
