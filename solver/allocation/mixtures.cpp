#include "solver/allocation/mixtures.hpp"

#include <algorithm>
#include <tuple>

#include "model/base/contract.hpp"
#include "solver/allocation/problem.hpp"

namespace haplan::solver::allocation {

namespace {

struct State {
  int units = 0;
  std::vector<int> counts;
  std::vector<std::int64_t> amounts;
  std::vector<double> at_most;  ///< P(at most i units work), i below the largest need

  [[nodiscard]] bool no_worse(const State& other) const {
    if (units > other.units) return false;
    for (std::size_t i = at_most.size(); i-- > 0;)
      if (at_most[i] > other.at_most[i]) return false;
    for (std::size_t r = 0; r < amounts.size(); ++r)
      if (amounts[r] > other.amounts[r]) return false;
    return true;
  }

  /// With one more unit, the state is no worse for being better before: all is monotone in `at_most`.
  void add(const Kind& kind, std::size_t index) {
    ++units;
    ++counts[index];
    for (std::size_t r = 0; r < amounts.size(); ++r) amounts[r] += kind.amounts[r];
    for (std::size_t i = at_most.size(); i-- > 0;)
      at_most[i] = kind.unavailability * at_most[i] +
                   (i > 0 ? (1.0 - kind.unavailability) * at_most[i - 1] : 0.0);
  }

  [[nodiscard]] bool within(const std::vector<std::int64_t>& limits, int most) const {
    if (units > most) return false;
    for (std::size_t r = 0; r < limits.size(); ++r)
      if (amounts[r] > limits[r]) return false;
    return true;
  }
};

/// What is no worse than another has no more units; of equals the first kinds are preferred.
bool before(const State& a, const State& b) {
  return std::tie(a.units, a.amounts, a.at_most, b.counts) <
         std::tie(b.units, b.amounts, b.at_most, a.counts);
}

std::vector<State> front(std::vector<State> states) {
  // In this order nothing is no worse than what stands before it, except equals.
  std::ranges::sort(states, before);
  std::vector<State> kept;
  for (State& state : states) {
    // Neighbours resemble each other most.
    const bool beaten = std::any_of(kept.rbegin(), kept.rend(),
                                    [&](const State& other) { return other.no_worse(state); });
    if (!beaten) kept.push_back(std::move(state));
  }
  return kept;
}

}  // namespace

std::vector<Mixture> mixtures(const std::vector<Kind>& kinds, const std::vector<int>& needs,
                              const std::vector<std::int64_t>& limits, int most) {
  HAPLAN_EXPECTS(!needs.empty() && std::ranges::min(needs) >= 1);
  State none;
  none.counts.assign(kinds.size(), 0);
  none.amounts.assign(limits.size(), 0);
  none.at_most.assign(static_cast<std::size_t>(std::ranges::max(needs)), 1.0);
  std::vector<State> states{none};
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    HAPLAN_EXPECTS(kinds[k].amounts.size() == limits.size());
    std::vector<State> next = states;
    for (State state : states)
      for (int count = 0; count < kinds[k].most; ++count) {
        state.add(kinds[k], k);
        if (!state.within(limits, most)) break;
        next.push_back(state);
      }
    states = front(std::move(next));
  }
  std::vector<Mixture> found;
  for (State& state : states) {
    if (state.units == 0) continue;
    std::vector<double> down;
    for (const int need : needs) down.push_back(state.at_most[static_cast<std::size_t>(need) - 1]);
    found.push_back({std::move(state.counts), std::move(state.amounts), std::move(down)});
  }
  return found;
}

}  // namespace haplan::solver::allocation
