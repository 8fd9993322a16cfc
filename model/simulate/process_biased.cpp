#include <algorithm>
#include <cmath>

#include "model/base/contract.hpp"
#include "model/simulate/process.hpp"

/// Failure biasing: a likelihood ratio keeps the expectations.
namespace haplan::model {

void Process::play_cycle_biased(double push, std::optional<ServiceId> target) {
  HAPLAN_EXPECTS(push >= 0.0 && push < 1.0);
  if (layout_->failable == 0) return;
  settle();
  weight_ = 1.0;
  fallen_ = false;
  target_ = target;
  const std::uint32_t bias = slots_.count;
  // Where no service goes down, pushing on and on would never let a cycle end.
  constexpr int kMostPushed = 8;
  int pushed = 0;
  bool away = failed_ > 0;
  while (!away || failed_ > 0) {
    const Exposure exposure = look_around();
    const double left = exposure.next_repair - now_;
    const bool biased =
        failed_ > 0 && !fallen_ && pushed < kMostPushed && exposure.count > 0 && left > 0.0;
    // One more failure comes before the next repair with probability `push`.
    push_rate_ = biased && left < kNever ? -std::log1p(-push) / left : 0.0;
    const double share = push_rate_ / std::max(1.0, exposure.count);
    std::uint32_t slot = clocks_.first_entity();
    const double extra = push_rate_ > 0.0 ? now_ + exponential(bias, 1.0 / push_rate_) : kNever;
    if (extra < clocks_.first_time()) {
      slot = any_exposed();
      ++pushed;
    }
    now_ = std::min(extra, clocks_.first_time());
    HAPLAN_EXPECTS(now_ < kNever);
    settle();
    if (!away && !fallen_ && slot < slots_.chains) slot = first_to_fail(slot, push);
    const double rate = exposed_rate(slot);
    if (rate > 0.0 && share > 0.0) weight_ *= rate / (rate + share);
    push_rate_ = 0.0;
    ++tally_.events;
    clocks_.set(slot, now_);
    dispatch(slot);
    away = away || failed_ > 0;
  }
  settle();
  tally_.cycles += weight_;
  weight_ = 1.0;
}

/// [1/s] at which something works that the bias may end sooner: an element, a chain that serves, the time between
/// drains; 0 for all else.
double Process::exposed_rate(std::uint32_t slot) const {
  if (slot < slots_.chains)
    return up_[slot] != 0 && clocks_.at(slot) < kNever ? layout_->elements[slot].rate : 0.0;
  if (slot < slots_.ages) {
    const std::uint32_t c = slot - slots_.chains;
    const StateChain& chain = *layout_->system.components[layout_->chains[c]].chain;
    double rate = 0.0;
    if (chain.serves[chain_state_[c]])
      for (const ChainTransition& t : chain.transitions)
        rate += t.from == chain_state_[c] ? t.rate : 0.0;
    return rate;
  }
  const bool may_drain = slot == slots_.drain && drained_ == kNowhere && layout_->system.drain &&
                         layout_->assumptions.memoryless_calendar;
  if (!may_drain) return 0.0;
  const Drain& drain = *layout_->system.drain;
  return 1.0 / (drain.every / static_cast<double>(layout_->system.nodes.size()) - drain.per_node);
}

Process::Exposure Process::look_around() const {
  Exposure result;
  for (std::uint32_t slot = 0; slot < slots_.ages; ++slot) {
    if (exposed_rate(slot) > 0.0)
      result.count += 1.0;
    else
      result.next_repair = std::min(result.next_repair, clocks_.at(slot));
  }
  for (std::uint32_t slot = slots_.primaries; slot < slots_.level_up; ++slot)
    result.next_repair = std::min(result.next_repair, clocks_.at(slot));
  if (exposed_rate(slots_.drain) > 0.0) result.count += 1.0;
  return result;
}

/// Anything exposed, with equal chances.
std::uint32_t Process::any_exposed() {
  PhiloxStream& stream = streams_[slots_.count];
  for (;;) {
    auto slot = static_cast<std::uint32_t>(stream.uniform() * (slots_.ages + 1));
    if (slot == slots_.ages) slot = slots_.drain;
    if (exposed_rate(slot) > 0.0) return slot;
  }
}

/// The first failure of a cycle comes when it comes, but with probability `push` it is that of any element: else what
/// rarely fails first would hardly be seen.
std::uint32_t Process::first_to_fail(std::uint32_t natural, double push) {
  double total = 0.0;
  double count = 0.0;
  for (std::uint32_t e = 0; e < slots_.chains; ++e) {
    const double rate = exposed_rate(e);
    total += rate;
    count += rate > 0.0 ? 1.0 : 0.0;
  }
  PhiloxStream& stream = streams_[slots_.count];
  std::uint32_t first = natural;
  if (stream.uniform() < push) {
    clocks_.set(natural, now_ + exponential(natural, layout_->elements[natural].mean_up));
    do first = static_cast<std::uint32_t>(stream.uniform() * slots_.chains);
    while (exposed_rate(first) == 0.0);
  }
  const double usual = layout_->elements[first].rate / total;
  weight_ *= usual / ((1.0 - push) * usual + push / count);
  return first;
}

void Process::restream(std::uint64_t path) {
  for (std::uint32_t slot = 0; slot < streams_.size(); ++slot)
    streams_[slot] = PhiloxStream(seed_, path, slot);
  for (std::uint32_t e = 0; e < layout_->elements.size(); ++e)
    if (up_[e] != 0 && clocks_.at(e) < kNever)
      clocks_.set(e, now_ + exponential(e, layout_->elements[e].mean_up));
  for (std::uint32_t c = 0; c < layout_->chains.size(); ++c) {
    const StateChain& chain = *layout_->system.components[layout_->chains[c]].chain;
    double rate = 0.0;
    for (const ChainTransition& t : chain.transitions)
      rate += t.from == chain_state_[c] ? t.rate : 0.0;
    const std::uint32_t slot = slots_.chains + c;
    if (rate > 0.0) clocks_.set(slot, now_ + exponential(slot, 1.0 / rate));
  }
  if (!layout_->assumptions.memoryless_calendar) return;
  if (layout_->system.drain && drained_ == kNowhere) schedule_drain();
  double next = kNever;
  for (LevelId level = 0; level < gap_.size(); ++level) {
    const LevelClock& clock = layout_->level_clocks[level];
    if (!clock.below) continue;
    gap_[level] = exponential(slots_.level_up, clock.mean_gap);
    if (*clock.below != level_) continue;
    gap_[level] += now_ - arrived_;
    next = std::min(next, gap_[level]);
  }
  if (next < kNever) clocks_.set(slots_.level_up, arrived_ + next);
}

}  // namespace haplan::model
