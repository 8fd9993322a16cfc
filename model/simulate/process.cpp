#include "model/simulate/process.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr double kRebase = 4.0e9;  ///< [s] beyond which local times would lose microseconds

}  // namespace

Process::Slots Process::slots_of(const Layout& layout) {
  Slots slots{};
  std::size_t next = layout.elements.size();
  const auto take = [&next](std::size_t count) {
    const auto first = static_cast<std::uint32_t>(next);
    next += count;
    return first;
  };
  slots.chains = take(layout.chains.size());
  slots.ages = take(layout.system.nodes.size());
  slots.ramps = take(layout.ramps.size());
  slots.primaries = take(layout.primaries.size());
  slots.pods = take(layout.credit ? 0 : layout.replicas.size());
  slots.level_up = take(1);
  slots.level_back = take(1);
  slots.ramp_step = take(1);
  slots.drain = take(1);
  slots.window = take(1);
  slots.count = take(0);
  return slots;
}

Process::Process(const Layout& layout, std::uint64_t seed, std::uint64_t path)
    : layout_(&layout),
      slots_(slots_of(layout)),
      seed_(seed),
      clocks_(slots_.count),
      up_(layout.elements.size(), 1),
      active_(layout.elements.size(), 1),
      mode_of_(layout.elements.size(), 0),
      gate_bad_(layout.gates.most_bad.size(), 0),
      service_now_(layout.system.services.size(), 1),
      service_up_(layout.system.services.size(), 1),
      gate_service_(layout.gates.most_bad.size(), kNowhere),
      connected_(layout.gates.connected.size(), 1),
      union_(layout.system.network.vertices.size(), 0),
      chain_state_(layout.chains.size(), 0),
      chain_home_(layout.chains.size(), 0),
      bad_(layout.replicas.size(), 0),
      serving_(layout.system.components.size(), 0),
      need_(layout.system.components.size(), 0),
      count_(layout.system.components.size(), 0),
      short_(layout.system.components.size(), 0),
      place_(layout.replicas.size(), kNowhere),
      place_bad_(layout.replicas.size(), 0),
      blocked_(layout.system.nodes.size(), 0),
      reachable_(layout.system.nodes.size(), 1),
      age_(layout.system.nodes.size(), 0),
      notice_(layout.system.nodes.size(), 0.0),
      restarted_(layout.replicas.size(), -kNever),
      crashes_(layout.replicas.size(), 0),
      pod_(layout.replicas.size(), Pod::running),
      due_(layout.replicas.size(), 0),
      primary_(layout.primaries.size(), 0),
      recovering_(layout.primaries.size(), 0),
      gap_(layout.system.levels.size(), 0.0),
      stay_(layout.system.levels.size(), 0.0),
      ramp_short_(layout.ramps.size(), 0),
      ramp_next_(layout.ramps.size(), kNever),
      ramp_then_(layout.ramps.size(), kNever),
      window_down_(layout.system.services.size(), 0.0) {
  for (std::uint32_t slot = 0; slot <= slots_.count; ++slot)
    streams_.emplace_back(seed, path, slot);
  tally_.services.resize(layout.system.services.size());
  start();
}

void Process::start() {
  const Layout& layout = *layout_;
  for (ServiceId s = 0; s < layout.gates.of_service.size(); ++s)
    gate_service_[layout.gates.of_service[s]] = static_cast<std::uint32_t>(s);
  for (std::uint32_t gate = 0; gate < gate_bad_.size(); ++gate)
    if (layout.gates.most_bad[gate] < 0) {  // asks for more members than it has
      for (const std::uint32_t parent : layout.parents[gate]) add_bad(parent, 1);
    }
  for (ComponentId id = 0; id < layout.replica_count.size(); ++id)
    count_[id] = serving_[id] = static_cast<int>(layout.replica_count[id]);
  for (std::uint32_t c = 0; c < layout.replica_count.size(); ++c)
    if (layout.replica_count[c] > 0) set_counts(c, layout.demand.need[0][c], count_[c]);
  for (std::uint32_t r = 0; r < layout.replicas.size(); ++r) place_[r] = layout.replicas[r].home;
  for (std::uint32_t c = 0; c < layout.chains.size(); ++c) {
    const StateChain& chain = *layout.system.components[layout.chains[c]].chain;
    while (chain_state_[c] < chain.states.size() && !chain.serves[chain_state_[c]])
      ++chain_state_[c];
    const bool serves = chain_state_[c] < chain.states.size();
    if (!serves) chain_state_[c] = 0;
    chain_home_[c] = chain_state_[c];
    if (!serves) add_bad(layout.gates.of_component[layout.chains[c]], 1);
    move_chain(c);
  }
  for (std::uint32_t e = 0; e < layout.elements.size(); ++e) {
    const Element& element = layout.elements[e];
    if (element.rate > 0.0) {
      clocks_.set(e, exponential(e, element.mean_up));
    }
    if (element.lost) {
      up_[e] = 0;
      take_effect(e, false);
    }
  }
  for (std::uint32_t k = 0; k < primary_.size(); ++k)
    primary_[k] = layout.first_replica[layout.primaries[k].component];
  network_dirty_ = true;
  start_calendar();
  connect();
  check_primaries();
  service_up_ = service_now_;
  clocks_.set(slots_.window, layout.window);
}

double Process::exponential(std::uint32_t slot, double mean) {
  return -mean * std::log(streams_[slot].uniform());
}

void Process::play(double until) {
  while (origin_ + clocks_.first_time() <= until) step();
  now_ = std::max(now_, until - origin_);
  settle();
}

void Process::play_cycle() {
  if (layout_->failable == 0 && layout_->chains.empty()) return;
  bool away = failed_ > 0;
  while (!away || failed_ > 0) {
    step();
    away = away || failed_ > 0;
  }
  settle();
  tally_.cycles += weight_;
}

void Process::step() {
  now_ = clocks_.first_time();
  HAPLAN_EXPECTS(now_ < kNever);
  ++tally_.events;
  if (sink_)
    traced(clocks_.first_entity());
  else
    dispatch(clocks_.first_entity());
}

void Process::dispatch(std::uint32_t slot) {
  const Slots& at = slots_;
  if (slot < at.chains) {
    if (up_[slot] != 0) {
      fail(slot);
      finish(Counted::yes);
    } else {
      repair(slot);
      finish(Counted::no);
    }
  } else if (slot < at.ages) {
    move_chain(slot - at.chains);
    finish(Counted::yes);
  } else if (slot < at.ramps) {
    age_node(slot - at.ages);
    finish(Counted::no);
  } else if (slot < at.primaries) {
    toggle_ramp(slot - at.ramps);
    finish(Counted::no);
  } else if (slot < at.pods) {
    failover_due(slot - at.primaries);
    finish(Counted::no);
  } else if (slot < at.level_up) {
    pod_due(slot - at.pods);
    finish(Counted::yes);
  } else if (slot == at.level_up) {
    LevelId next = layout_->level_clocks[level_].above.front();
    for (const LevelId above : layout_->level_clocks[level_].above)
      if (gap_[above] < gap_[next]) next = above;
    enter_level(next);
  } else if (slot == at.level_back) {
    return_from_level();
    finish(Counted::no);
  } else if (slot == at.ramp_step) {
    play_ramp_steps();
    finish(Counted::yes);
  } else if (slot == at.drain) {
    drain_event();
  } else {
    close_window();
    rebase();
  }
}

void Process::finish(Counted counted) {
  if (network_dirty_) connect();
  if (primaries_dirty_) check_primaries();
  if (dirty_) commit(counted);
}

void Process::commit(Counted counted, const std::vector<bool>* services) {
  settle();
  const bool all = !layout_->assumptions.memoryless_calendar;
  for (std::size_t s = 0; s < service_up_.size(); ++s) {
    if (service_now_[s] == service_up_[s]) continue;
    service_up_[s] = service_now_[s];
    if (service_now_[s] != 0) continue;
    fallen_ = fallen_ || !target_ || *target_ == s;
    if (all || (counted == Counted::yes && (services == nullptr || (*services)[s])))
      tally_.services[s].outages += weight_;
  }
  dirty_ = false;
}

void Process::settle() {
  const double length = now_ - last_;
  if (!(length > 0.0)) return;
  double weighted = weight_ * length;
  if (push_rate_ > 0.0) {
    // The likelihood ratio grows as long as nothing fails.
    weighted = weight_ * std::expm1(push_rate_ * length) / push_rate_;
    weight_ *= std::exp(push_rate_ * length);
  }
  tally_.time += weighted;
  const std::vector<double>& rate = layout_->request_rate[level_];
  for (std::size_t s = 0; s < service_up_.size(); ++s) {
    ServiceTally& service = tally_.services[s];
    service.requests += rate[s] * weighted;
    if (service_up_[s] != 0) continue;
    service.down += weighted;
    service.failed += rate[s] * weighted;
    window_down_[s] += weighted;
  }
  last_ = now_;
}

void Process::close_window() {
  settle();
  for (std::size_t s = 0; s < window_down_.size(); ++s) {
    tally_.services[s].window_downtime.push_back(window_down_[s]);
    window_down_[s] = 0.0;
  }
  clocks_.set(slots_.window, now_ + layout_->window);
}

void Process::rebase() {
  if (now_ < kRebase) return;
  const double by = now_;
  clocks_.shift(by);
  origin_ += by;
  now_ -= by;
  last_ -= by;
  arrived_ -= by;
  drain_began_ -= by;
  for (double& time : restarted_) time -= by;
}

void Process::clear_tally() {
  settle();
  const std::size_t services = tally_.services.size();
  tally_ = Tally{};
  tally_.services.resize(services);
  std::fill(window_down_.begin(), window_down_.end(), 0.0);
  clocks_.set(slots_.window, now_ + layout_->window);
}

}  // namespace haplan::model
