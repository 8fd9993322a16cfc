#include "planner/render/rolling.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

namespace haplan::planner {
namespace {

constexpr std::size_t kMostStates = 1000;

/// Nodes that are alike and hold as much: kind, old pods, new pods.
using Place = std::tuple<std::size_t, int, int>;
/// How many nodes are so; it is all that decides what can happen next.
using State = std::map<Place, int>;

State moved(State state, const Place& from, const Place& to) {
  if (--state[from] == 0) state.erase(from);
  ++state[to];
  return state;
}

class Search {
 public:
  explicit Search(const Rolling& rolling) : rolling_(rolling) {
    for (const auto& node : rolling.nodes) {
      std::size_t kind = 0;
      while (kind < kinds_.size() && !alike(*kinds_[kind], node)) ++kind;
      if (kind == kinds_.size()) kinds_.push_back(&node);
      ++start_[{kind, node.old, 0}];
      pods_ += node.old;
    }
  }

  std::optional<bool> run() {
    if (plenty()) return true;
    const bool ends = goes_on(start_);
    if (!ends) return false;
    if (seen_.size() > kMostStates) return std::nullopt;
    return true;
  }

 private:
  static bool alike(const RollingNode& a, const RollingNode& b) {
    return a.room == b.room && a.old == b.old && a.domains == b.domains;
  }

  /// Room for all new pods on every node, so that only rules decide; one alone always leaves its
  /// emptiest domain.
  [[nodiscard]] bool plenty() const {
    if (rolling_.alone || rolling_.skews.size() > 1) return false;
    return std::all_of(kinds_.begin(), kinds_.end(),
                       [&](const auto* node) { return node->room >= pods_; });
  }

  /// Whether the rules let a new pod go to a domain of each.
  [[nodiscard]] bool balanced(const State& state, const RollingNode& node) const {
    for (std::size_t rule = 0; rule < rolling_.skews.size(); ++rule) {
      if (node.domains[rule] < 0) return false;
      std::map<int, int> held;
      for (const auto& [place, count] : state) {
        const auto& [kind, old, fresh] = place;
        const int domain = kinds_[kind]->domains[rule];
        if (domain >= 0) held[domain] += fresh * count;
      }
      const auto least =
          std::min_element(held.begin(), held.end(),
                           [](const auto& a, const auto& b) { return a.second < b.second; });
      if (held[node.domains[rule]] + 1 - least->second > rolling_.skews[rule]) return false;
    }
    return true;
  }

  /// All states after one new pod has a node.
  [[nodiscard]] std::vector<State> placed(const State& state) const {
    std::vector<State> out;
    for (const auto& [place, count] : state) {
      const auto& [kind, old, fresh] = place;
      const auto& node = *kinds_[kind];
      if (old + fresh >= node.old + node.room || (rolling_.alone && old + fresh > 0)) continue;
      if (balanced(state, node)) out.push_back(moved(state, place, {kind, old, fresh + 1}));
    }
    return out;
  }

  /// All states after one old pod is gone.
  [[nodiscard]] static std::vector<State> removed(const State& state) {
    std::vector<State> out;
    for (const auto& [place, count] : state) {
      const auto& [kind, old, fresh] = place;
      if (old > 0) out.push_back(moved(state, place, {kind, old - 1, fresh}));
    }
    return out;
  }

  /// Whether no end is reached but that where all pods are new, as far as it was looked at.
  bool goes_on(const State& state) {
    const bool done = std::all_of(state.begin(), state.end(),
                                  [](const auto& one) { return std::get<1>(one.first) == 0; });
    if (done || seen_.size() > kMostStates || !seen_.insert(state).second) return true;
    for (const State& first : rolling_.surge ? placed(state) : removed(state)) {
      const auto next = rolling_.surge ? removed(first) : placed(first);
      if (next.empty()) return false;
      if (!std::all_of(next.begin(), next.end(), [&](const State& one) { return goes_on(one); }))
        return false;
    }
    return !rolling_.surge || !placed(state).empty();
  }

  const Rolling& rolling_;
  std::vector<const RollingNode*> kinds_;
  State start_;
  int pods_ = 0;
  std::set<State> seen_;
};

}  // namespace

std::optional<bool> always_ends(const Rolling& rolling) { return Search(rolling).run(); }

}  // namespace haplan::planner
