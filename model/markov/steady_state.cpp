#include "model/markov/steady_state.hpp"

#include "model/markov/components.hpp"
#include "model/markov/elimination.hpp"

namespace haplan::model {

std::vector<double> dense_rates(const Chain& chain, std::span<const std::uint32_t> states) {
  std::vector<std::uint32_t> index(chain.state_count(), 0);
  for (std::uint32_t i = 0; i < states.size(); ++i) index[states[i]] = i;
  std::vector<double> rates(states.size() * states.size(), 0.0);
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto to = chain.targets(states[i]);
    const auto rate = chain.rates(states[i]);
    // Nothing leaves a bottom component, so every target is one of the states.
    for (std::size_t k = 0; k < to.size(); ++k) rates[i * states.size() + index[to[k]]] = rate[k];
  }
  return rates;
}

Result<std::vector<double>> steady_state(std::size_t n, const std::vector<RatedEdge>& edges) {
  const Result<Chain> chain = chain_of(n, edges);
  if (!chain) return tl::unexpected(chain.error());
  const BottomComponents bottoms = bottom_components(*chain);
  if (bottoms.count != 1) {
    return tl::unexpected(Error{Fault::not_unique,
                                "the long-run probabilities of the chain depend on its first state",
                                ""});
  }
  const std::vector<std::uint32_t> states = bottoms.states(0);
  const Eliminated inner = eliminate(dense_rates(*chain, states), states.size());
  std::vector<double> probability(n, 0.0);
  for (std::size_t i = 0; i < states.size(); ++i) probability[states[i]] = inner.probability[i];
  return probability;
}

}  // namespace haplan::model
