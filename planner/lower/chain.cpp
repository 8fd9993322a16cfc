#include <algorithm>

#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

std::vector<std::vector<bool>> reachability(const model::StateChain& chain) {
  const std::size_t n = chain.states.size();
  std::vector<std::vector<bool>> reach(n, std::vector<bool>(n, false));
  for (std::size_t start = 0; start < n; ++start) {
    std::vector<std::size_t> open{start};
    reach[start][start] = true;
    while (!open.empty()) {
      const std::size_t state = open.back();
      open.pop_back();
      for (const auto& edge : chain.transitions)
        if (edge.from == state && edge.rate > 0.0 && !reach[start][edge.to]) {
          reach[start][edge.to] = true;
          open.push_back(edge.to);
        }
    }
  }
  return reach;
}

/// The first state of every set of states that the chain, once there, never leaves.
std::vector<std::size_t> traps(const model::StateChain& chain) {
  const auto reach = reachability(chain);
  std::vector<std::size_t> firsts;
  for (std::size_t s = 0; s < chain.states.size(); ++s) {
    bool bottom = true;
    bool first = true;
    for (std::size_t t = 0; t < chain.states.size(); ++t) {
      if (!reach[s][t]) continue;
      bottom = bottom && reach[t][s];
      first = first && t >= s;
    }
    if (bottom && first) firsts.push_back(s);
  }
  return firsts;
}

double transition_rate(Context& context, const Value& value) {
  const Value* given = nullptr;
  bool several = false;
  for (const char* name : {"mtbf", "mean", "rate"})
    if (const Value* found = field(&value, name)) {
      several = given != nullptr;
      given = found;
    }
  if (!given) {
    report(context, "HA004", "a transition needs one of mtbf, mean and rate", value.where);
    return 0.0;
  }
  if (several)
    report(context, "HA072", "a transition has only one of mtbf, mean and rate", given->key);
  require_positive(context, *given);
  if (given->value <= 0.0) return 0.0;
  return written_rate(value);
}

void add_transitions(Context& context, const Value& list, model::StateChain& chain) {
  const auto index = [&](const Value& transition, const char* end) -> std::optional<std::size_t> {
    const Value* name = field(&transition, end);
    if (!name) {
      report(context, "HA004", "a transition has no \"" + std::string(end) + "\"",
             transition.where);
      return std::nullopt;
    }
    const auto found = std::find(chain.states.begin(), chain.states.end(), name->text);
    if (found != chain.states.end()) return found - chain.states.begin();
    report(context, "HA075", "unknown state \"" + name->text + "\"", name->where,
           suggest_word(name->text, chain.states));
    return std::nullopt;
  };
  for (const Value& transition : list.items) {
    const auto from = index(transition, "from");
    const auto to = index(transition, "to");
    const double rate = transition_rate(context, transition);
    if (from && to) chain.transitions.push_back({.from = *from, .to = *to, .rate = rate});
  }
}

}  // namespace

void lower_chain(Context& context, model::ComponentId id) {
  const Value& value = *context.component_values[id];
  model::StateChain chain;
  const Value* states = field(&value, "states");
  if (!states || states->fields.empty()) {
    report(context, "HA004", "a markov component needs \"states\"", value.key,
           "add \"states\", each with serves: true or false");
    return;
  }
  for (const auto& [name, state] : states->fields) {
    chain.states.push_back(name);
    const Value* serves = field(&state, "serves");
    if (!serves)
      report(context, "HA004", "state \"" + name + "\" does not say whether it serves", state.key,
             "add \"serves: true\" or \"serves: false\"");
    chain.serves.push_back(serves && serves->boolean);
  }
  if (std::find(chain.serves.begin(), chain.serves.end(), true) == chain.serves.end())
    report(context, "HA076", "no state of this chain serves", states->key,
           "give at least one state \"serves: true\"");
  const std::size_t before = context.diagnostics.size();
  if (const Value* transitions = field(&value, "transitions"))
    add_transitions(context, *transitions, chain);
  if (context.diagnostics.size() == before) {
    const std::vector<std::size_t> ends = traps(chain);
    if (ends.size() > 1)
      report(context, "HA077",
             "the chain has several ends that it never leaves, so its long-run figures depend on "
             "where it starts",
             states->key,
             "add a transition out of \"" + chain.states[ends[0]] + "\" or of \"" +
                 chain.states[ends[1]] + "\"");
  }
  context.system().components[id].chain = std::move(chain);
}

}  // namespace haplan::planner::lowering
