#include <algorithm>
#include <cmath>

#include "model/simulate/process.hpp"

/// What fails and recovers by itself, and what follows from it in the structure.
namespace haplan::model {

void Process::fail(std::uint32_t e) {
  const Element& element = layout_->elements[e];
  PhiloxStream& stream = streams_[e];
  std::uint32_t m = element.first_mode;
  if (element.end_mode - m > 1) {
    const double draw = stream.uniform();
    while (draw >= layout_->modes[m].until) ++m;
  }
  last_mode_ = m;
  mode_of_[e] = m;
  const ElementMode& mode = layout_->modes[m];
  double outage = mode.law.draw(stream);
  if (mode.exits && !layout_->assumptions.mean_back_off)
    outage += back_off(element.subject, outage);
  clocks_.set(e, now_ + outage);
  up_[e] = 0;
  ++failed_;
  if (mode.exposure > 0.0) misroute(e, mode);
  take_effect(e, false);
}

/// A crash less than ten minutes after the last restart waits, twice as long each time.
double Process::back_off(std::uint32_t r, double outage) {
  constexpr double kForgotten = 600.0;
  constexpr int kMostDoublings = 5;
  crashes_[r] = now_ - restarted_[r] < kForgotten ? crashes_[r] + 1 : 0;
  double wait = 0.0;
  if (crashes_[r] > 0)
    wait = std::min(300.0, 10.0 * std::exp2(std::min(crashes_[r] - 1, kMostDoublings)));
  restarted_[r] = now_ + outage + wait;
  return wait;
}

void Process::repair(std::uint32_t e) {
  up_[e] = 1;
  --failed_;
  clocks_.set(e, now_ + exponential(e, layout_->elements[e].mean_up));
  take_effect(e, true);
}

void Process::misroute(std::uint32_t e, const ElementMode& mode) {
  const std::size_t services = tally_.services.size();
  if (push_rate_ > 0.0) settle();
  const auto add = [&](std::uint32_t what) {
    const double* const lost =
        layout_->misrouted.data() + (level_ * layout_->elements.size() + what) * services;
    for (std::size_t s = 0; s < services; ++s)
      tally_.services[s].failed += weight_ * mode.exposure * lost[s];
  };
  const Element& element = layout_->elements[e];
  if (layout_->credit || element.kind == Element::Kind::replica) {
    add(e);
    return;
  }
  // Replicas are not at home: each that is lost takes its own share.
  for (std::uint32_t r = 0; r < place_.size(); ++r) {
    if (place_[r] == kNowhere || place_bad_[r] != 0) continue;
    bool inside = element.kind == Element::Kind::node && place_[r] == element.subject;
    if (element.kind == Element::Kind::domain)
      for (const std::uint32_t node : layout_->beneath[element.subject])
        inside = inside || place_[r] == node;
    if (inside) add(r);
  }
}

void Process::take_effect(std::uint32_t e, bool up) {
  const Element& element = layout_->elements[e];
  switch (element.kind) {
    case Element::Kind::replica: replica_bad(element.subject, up ? -1 : 1); break;
    case Element::Kind::node: node_changed(element.subject, up); break;
    case Element::Kind::domain: domain_changed(element.subject, up); break;
    case Element::Kind::vertex:
    case Element::Kind::link: network_dirty_ = true; break;
    case Element::Kind::claim:
    case Element::Kind::factor:
    case Element::Kind::external:
      if (active_[e] != 0) set_gate_inputs(e, up);
      break;
  }
}

void Process::set_gate_inputs(std::uint32_t e, bool up) {
  for (const std::uint32_t gate : layout_->inputs[e]) add_bad(gate, up ? -1 : 1);
}

void Process::add_bad(std::uint32_t gate, int by) {
  const int most = layout_->gates.most_bad[gate];
  const bool before = gate_bad_[gate] <= most;
  gate_bad_[gate] += by;
  const bool after = gate_bad_[gate] <= most;
  if (before == after) return;
  if (const std::uint32_t service = gate_service_[gate]; service != kNowhere) {
    service_now_[service] = after ? 1 : 0;
    dirty_ = true;
  }
  for (const std::uint32_t parent : layout_->parents[gate]) add_bad(parent, after ? -1 : 1);
}

void Process::replica_bad(std::uint32_t r, int by) {
  const bool before = bad_[r] == 0;
  bad_[r] = static_cast<std::uint8_t>(bad_[r] + by);
  const bool after = bad_[r] == 0;
  if (before == after) return;
  const std::uint32_t component = layout_->replicas[r].component;
  primaries_dirty_ = primaries_dirty_ || layout_->primary_of[component] != kNowhere;
  serving_[component] += after ? 1 : -1;
  check_need(component);
}

void Process::check_need(std::uint32_t component) {
  const std::uint8_t is_short = serving_[component] < need_[component] ? 1 : 0;
  if (is_short == short_[component]) return;
  short_[component] = is_short;
  add_bad(layout_->gates.of_component[component], is_short != 0 ? 1 : -1);
}

void Process::set_counts(std::uint32_t component, int need, int replicas) {
  need_[component] = need;
  const std::uint32_t first = layout_->first_replica[component];
  if (!layout_->credit && count_[component] > replicas) keep_spread(component, replicas);
  for (; count_[component] > replicas; --count_[component])
    replica_bad(first + static_cast<std::uint32_t>(count_[component]) - 1, 1);
  for (; count_[component] < replicas; ++count_[component]) {
    const std::uint32_t r = first + static_cast<std::uint32_t>(count_[component]);
    replica_bad(r, -1);
    if (!layout_->credit && !layout_->system.nodes.empty()) place_new(r);
  }
  check_need(component);
}

void Process::move_chain(std::uint32_t c) {
  const std::uint32_t component = layout_->chains[c];
  const StateChain& chain = *layout_->system.components[component].chain;
  const std::uint32_t slot = slots_.chains + c;
  const bool served = chain.serves[chain_state_[c]];
  const bool was_home = chain_state_[c] == chain_home_[c];
  const auto leaving = [&](std::size_t state) {
    double rate = 0.0;
    for (const ChainTransition& t : chain.transitions) rate += t.from == state ? t.rate : 0.0;
    return rate;
  };
  if (clocks_.at(slot) <= now_) {  // at the start nothing is pending
    const double all = leaving(chain_state_[c]);
    double ways = 0.0;
    for (const ChainTransition& t : chain.transitions)
      ways += t.from == chain_state_[c] && t.rate > 0.0 ? 1.0 : 0.0;
    // A biased cycle takes every way with the mean of its own and an even chance.
    const double even = even_ways_ ? 0.5 / ways : 0.0;
    const double own = even_ways_ ? 0.5 / all : 1.0 / all;
    double draw = streams_[slot].uniform();
    double chance = 0.0;
    double taken = 0.0;
    std::size_t to = chain_state_[c];
    for (const ChainTransition& t : chain.transitions)
      if (t.from == chain_state_[c] && t.rate > 0.0 && draw >= 0.0) {
        to = t.to;
        taken = t.rate / all;
        chance = own * t.rate + even;
        draw -= chance;
      }
    if (even_ways_ && chance > 0.0) weight_ *= taken / chance;
    chain_state_[c] = static_cast<std::uint32_t>(to);
  }
  const double rate = leaving(chain_state_[c]);
  clocks_.set(slot, rate > 0.0 ? now_ + exponential(slot, 1.0 / rate) : kNever);
  const bool home = chain_state_[c] == chain_home_[c];
  if (home != was_home) failed_ += home ? -1 : 1;
  const bool serves = chain.serves[chain_state_[c]];
  if (serves != served) add_bad(layout_->gates.of_component[component], serves ? -1 : 1);
}

void Process::connect() {
  network_dirty_ = false;
  const Layout& layout = *layout_;
  if (layout.gates.connected.empty()) return;
  const Network& network = layout.system.network;
  const std::uint32_t first = layout.vertex_element;
  const auto root = [this](std::uint32_t v) {
    while (union_[v] != v) v = union_[v] = union_[union_[v]];
    return v;
  };
  const auto vertices = static_cast<std::uint32_t>(network.vertices.size());
  for (std::uint32_t v = 0; v < vertices; ++v) union_[v] = v;
  for (std::uint32_t l = 0; l < network.links.size(); ++l) {
    const Link& link = network.links[l];
    const bool works =
        up_[first + vertices + l] != 0 && up_[first + link.a] != 0 && up_[first + link.b] != 0;
    if (works)
      union_[root(static_cast<std::uint32_t>(link.a))] = root(static_cast<std::uint32_t>(link.b));
  }
  for (std::size_t g = 0; g < connected_.size(); ++g) {
    const ConnectedGate& gate = layout.gates.connected[g];
    const std::uint32_t at = root(static_cast<std::uint32_t>(gate.terminals.front()));
    std::uint8_t joined = 1;
    for (const VertexId v : gate.terminals)
      if (up_[first + v] == 0 || root(static_cast<std::uint32_t>(v)) != at) joined = 0;
    if (joined == connected_[g]) continue;
    connected_[g] = joined;
    add_bad(gate.gate, joined != 0 ? -1 : 1);
  }
}

}  // namespace haplan::model
