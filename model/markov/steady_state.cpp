#include "model/markov/steady_state.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr std::size_t kUnseen = std::numeric_limits<std::size_t>::max();

using Adjacency = std::vector<std::vector<std::size_t>>;

/// Strongly connected components by Tarjan's algorithm with an explicit stack, so that long chains
/// do not overflow the call stack. Components are numbered in the order in which they close: what
/// they lead to comes first.
class StrongComponents {
 public:
  explicit StrongComponents(const Adjacency& next)
      : next_(next),
        component_of(next.size(), kUnseen),
        seen_at_(next.size(), kUnseen),
        low_(next.size(), 0) {
    for (std::size_t root = 0; root < next_.size(); ++root) {
      if (seen_at_[root] == kUnseen) explore(root);
    }
  }

 private:
  struct Frame {
    std::size_t state;
    std::size_t edge;
  };

  void explore(std::size_t root) {
    std::vector<Frame> calls;
    open(root, calls);
    while (!calls.empty()) {
      auto& [state, edge] = calls.back();
      if (edge < next_[state].size()) {
        const std::size_t target = next_[state][edge++];
        if (seen_at_[target] == kUnseen) {
          open(target, calls);
        } else if (component_of[target] == kUnseen) {
          low_[state] = std::min(low_[state], seen_at_[target]);
        }
        continue;
      }
      const std::size_t done = state;
      calls.pop_back();
      if (!calls.empty()) {
        low_[calls.back().state] = std::min(low_[calls.back().state], low_[done]);
      }
      if (low_[done] == seen_at_[done]) close(done);
    }
  }

  void open(std::size_t state, std::vector<Frame>& calls) {
    seen_at_[state] = low_[state] = clock_++;
    open_.push_back(state);
    calls.push_back({state, 0});
  }

  void close(std::size_t root) {
    std::size_t state = 0;
    do {
      state = open_.back();
      open_.pop_back();
      component_of[state] = count;
    } while (state != root);
    ++count;
  }

  const Adjacency& next_;

 public:
  std::vector<std::size_t> component_of;
  std::size_t count = 0;

 private:
  std::vector<std::size_t> seen_at_;
  std::vector<std::size_t> low_;
  std::vector<std::size_t> open_;
  std::size_t clock_ = 0;
};

/// States of the only component that nothing leaves, ascending; empty when there are several.
std::vector<std::size_t> bottom_states(const Adjacency& next) {
  const StrongComponents components(next);
  std::vector<bool> leaves(components.count, false);
  for (std::size_t from = 0; from < next.size(); ++from) {
    for (const std::size_t to : next[from]) {
      if (components.component_of[from] != components.component_of[to]) {
        leaves[components.component_of[from]] = true;
      }
    }
  }
  if (std::count(leaves.begin(), leaves.end(), false) != 1) return {};
  const auto bottom =
      static_cast<std::size_t>(std::find(leaves.begin(), leaves.end(), false) - leaves.begin());
  std::vector<std::size_t> states;
  for (std::size_t state = 0; state < next.size(); ++state) {
    if (components.component_of[state] == bottom) states.push_back(state);
  }
  return states;
}

/// Elimination of an irreducible chain: `rates` is n x n by rows, off-diagonal >= 0, and is
/// overwritten. State k is removed, last first, by sending what enters it where it would leave it
/// to; then each probability follows from those before it. Only sums, products and quotients of
/// positive numbers.
std::vector<double> eliminate(std::vector<double> rates, std::size_t n) {
  const auto rate = [&rates, n](std::size_t from, std::size_t to) -> double& {
    return rates[from * n + to];
  };
  for (std::size_t k = n - 1; k > 0; --k) {
    double leaving = 0.0;
    for (std::size_t j = 0; j < k; ++j) leaving += rate(k, j);
    for (std::size_t i = 0; i < k; ++i) {
      if (rate(i, k) == 0.0) continue;
      rate(i, k) /= leaving;
      for (std::size_t j = 0; j < k; ++j) rate(i, j) += rate(i, k) * rate(k, j);
    }
  }
  std::vector<double> probability(n, 0.0);
  probability[0] = 1.0;
  double sum = 1.0;
  for (std::size_t k = 1; k < n; ++k) {
    for (std::size_t i = 0; i < k; ++i) probability[k] += probability[i] * rate(i, k);
    sum += probability[k];
  }
  for (double& p : probability) p /= sum;
  return probability;
}

}  // namespace

Result<std::vector<double>> steady_state(std::size_t n, const std::vector<RatedEdge>& edges) {
  if (n == 0) return tl::unexpected(Error{Fault::invalid_input, "a chain needs a state", ""});
  Adjacency next(n);
  for (const RatedEdge& edge : edges) {
    HAPLAN_EXPECTS(edge.from < n && edge.to < n);
    if (!(edge.rate > 0.0) || !std::isfinite(edge.rate)) {
      return tl::unexpected(
          Error{Fault::invalid_input, "rates of a chain must be positive and finite", ""});
    }
    if (edge.from != edge.to) next[edge.from].push_back(edge.to);
  }
  const std::vector<std::size_t> states = bottom_states(next);
  if (states.empty()) {
    return tl::unexpected(Error{Fault::not_unique,
                                "the long-run probabilities of the chain depend on its first state",
                                ""});
  }
  std::vector<std::size_t> index(n, kUnseen);
  for (std::size_t i = 0; i < states.size(); ++i) index[states[i]] = i;
  std::vector<double> rates(states.size() * states.size(), 0.0);
  for (const RatedEdge& edge : edges) {
    // Nothing leaves the bottom component, so an edge from it stays in it.
    if (index[edge.from] != kUnseen && edge.from != edge.to) {
      rates[index[edge.from] * states.size() + index[edge.to]] += edge.rate;
    }
  }
  const std::vector<double> inner = eliminate(std::move(rates), states.size());
  std::vector<double> probability(n, 0.0);
  for (std::size_t i = 0; i < states.size(); ++i) probability[states[i]] = inner[i];
  return probability;
}

}  // namespace haplan::model
